/// Messages of Protocol Buffers as bytes, as far as CIFF needs them: fields that have their default value are left out.
struct ProtobufBytes {
  private(set) var bytes: [UInt8] = []

  /// The bytes that a number takes.
  static func size(_ value: UInt64) -> Int { (70 - (value | 1).leadingZeroBitCount) / 7 }

  mutating func reset() { bytes.removeAll(keepingCapacity: true) }

  mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

  mutating func append(varint value: UInt64) {
    var left = value
    while left >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: left) | 0x80)
      left >>= 7
    }
    bytes.append(UInt8(left))
  }

  mutating func append(_ field: UInt64, number: some BinaryInteger) {
    guard number != 0 else { return }
    append(varint: field << 3)
    append(varint: UInt64(number))
  }

  mutating func append(_ field: UInt64, double: Double) {
    guard double != 0 else { return }
    append(varint: field << 3 | 1)
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: double.bitPattern >> shift))
    }
  }

  mutating func append(_ field: UInt64, text: String) {
    guard !text.isEmpty else { return }
    beginField(field, count: text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  /// The head of a field that is a message or a text of `count` bytes, which come next.
  mutating func beginField(_ field: UInt64, count: Int) {
    append(varint: field << 3 | 2)
    append(varint: UInt64(count))
  }

  /// The bytes of a number's field; 0 where it is left out.
  static func size(ofField number: some BinaryInteger) -> Int { number == 0 ? 0 : 1 + size(UInt64(number)) }
}
