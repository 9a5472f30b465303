import BinaryFiles
import StrictJSON

/// JSON values as bytes: a tag, then what it needs. Numbers keep every bit, which text would not promise.
///
///     0 null   1 false   2 true   3 integer (i64)   4 number (f64)   5 string (u32 length, bytes)
///     6 array (u32 count, values)   7 object (u32 count, then for each key, ascending by bytes: string, value)
enum MetadataCodec {
  /// Deeper than any reader of ours lets in.
  private static let deepest = 1024

  static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes.append(0)
    case .bool(let value): bytes.append(value ? 2 : 1)
    case .integer(let value):
      bytes.append(3)
      bytes.append(littleEndian: value)
    case .number(let value):
      bytes.append(4)
      bytes.append(littleEndian: value.bitPattern)
    case .string(let value):
      bytes.append(5)
      append(value, to: &bytes)
    case .array(let values):
      bytes.append(6)
      bytes.append(littleEndian: UInt32(values.count))
      for value in values { append(value, to: &bytes) }
    case .object(let members):
      bytes.append(7)
      bytes.append(littleEndian: UInt32(members.count))
      for (key, value) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        append(key, to: &bytes)
        append(value, to: &bytes)
      }
    }
  }

  private static func append(_ string: String, to bytes: inout [UInt8]) {
    bytes.append(littleEndian: UInt32(string.utf8.count))
    bytes.append(contentsOf: string.utf8)
  }

  /// - Returns: `nil` unless the bytes are one value and nothing else.
  static func value(in bytes: RawSpan) -> JSONValue? {
    var position = 0
    let value = value(in: bytes, at: &position, depth: 0)
    return position == bytes.byteCount ? value : nil
  }

  private static func value(in bytes: RawSpan, at position: inout Int, depth: Int) -> JSONValue? {
    guard depth < deepest, let tag = number(UInt8.self, in: bytes, at: &position) else { return nil }
    switch tag {
    case 0: return .null
    case 1: return .bool(false)
    case 2: return .bool(true)
    case 3: return number(Int64.self, in: bytes, at: &position).map { .integer($0) }
    case 4: return number(UInt64.self, in: bytes, at: &position).map { .number(Double(bitPattern: $0)) }
    case 5: return string(in: bytes, at: &position).map { .string($0) }
    case 6:
      guard let count = number(UInt32.self, in: bytes, at: &position) else { return nil }
      var values: [JSONValue] = []
      for _ in 0..<count {
        guard let value = value(in: bytes, at: &position, depth: depth + 1) else { return nil }
        values.append(value)
      }
      return .array(values)
    case 7:
      guard let count = number(UInt32.self, in: bytes, at: &position) else { return nil }
      var members = JSONObject()
      for _ in 0..<count {
        guard let key = string(in: bytes, at: &position),
          let value = value(in: bytes, at: &position, depth: depth + 1)
        else { return nil }
        members[key] = value
      }
      return .object(members)
    default: return nil
    }
  }

  private static func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type, in bytes: RawSpan, at position: inout Int
  ) -> Number? {
    guard bytes.byteCount - position >= MemoryLayout<Number>.size else { return nil }
    defer { position += MemoryLayout<Number>.size }
    return bytes.load(type, at: position)
  }

  private static func string(in bytes: RawSpan, at position: inout Int) -> String? {
    guard let count = number(UInt32.self, in: bytes, at: &position).map(Int.init),
      count <= bytes.byteCount - position
    else { return nil }
    defer { position += count }
    return String(validating: bytes.extracting(position..<position + count).array(), as: UTF8.self)
  }
}
