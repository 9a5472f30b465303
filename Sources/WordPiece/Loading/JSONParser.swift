import Diagnostics

/// Reads one JSON document (RFC 8259) strictly: UTF-8, no lone surrogates, nothing after the end.
///
/// A parser of its own, since Foundation's puts keys into a dictionary of `String`, in which canonically equivalent pieces of
/// a vocabulary become one.
struct JSONParser {
  private let bytes: [UInt8]
  private let file: String
  private var index = 0

  /// - Throws: `badInput` with file and line.
  static func parse(_ bytes: [UInt8], file: String) throws(ParlanceError) -> JSONField {
    var parser = JSONParser(bytes: bytes, file: file)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.index = 3 }
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    if parser.index < bytes.count { throw parser.error("expected the end of the document, found more") }
    return JSONField(value: value, path: "", file: file)
  }

  private init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  private func error(_ message: String) -> ParlanceError {
    let line = 1 + bytes[..<min(index, bytes.count)].count { $0 == 0x0A }
    return ParlanceError(.badInput, "not valid JSON: " + message, at: .init(file: file, line: line))
  }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  private mutating func value(depth: Int) throws(ParlanceError) -> JSONValue {
    if depth > 64 { throw error("nested deeper than 64 levels") }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return .object(try object(depth))
    case UInt8(ascii: "["): return .array(try array(depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case nil: throw error("the document ends too early")
    default: return .number(try number())
    }
  }

  private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(ParlanceError) -> JSONValue {
    let text = "\(word)"
    guard bytes[index...].starts(with: text.utf8) else { throw error("expected \(text)") }
    index += text.utf8.count
    return value
  }

  private mutating func object(_ depth: Int) throws(ParlanceError) -> [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = []
    index += 1
    skipSpace()
    if current == UInt8(ascii: "}") {
      index += 1
      return members
    }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw error("expected a key in quotation marks") }
      let key = try string()
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw error("expected a colon after a key") }
      index += 1
      members.append((key, try value(depth: depth + 1)))
      skipSpace()
      guard let byte = current else { throw error("the document ends inside an object") }
      index += 1
      if byte == UInt8(ascii: "}") { return members }
      guard byte == UInt8(ascii: ",") else { throw error("expected a comma or } in an object") }
    }
  }

  private mutating func array(_ depth: Int) throws(ParlanceError) -> [JSONValue] {
    var values: [JSONValue] = []
    index += 1
    skipSpace()
    if current == UInt8(ascii: "]") {
      index += 1
      return values
    }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      guard let byte = current else { throw error("the document ends inside an array") }
      index += 1
      if byte == UInt8(ascii: "]") { return values }
      guard byte == UInt8(ascii: ",") else { throw error("expected a comma or ] in an array") }
    }
  }

  private mutating func number() throws(ParlanceError) -> Double {
    let start = index
    while let byte = current, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) { index += 1 }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
    let isWellFormed =
      digits.first.map { (0x30...0x39).contains($0) } == true && text.utf8.last.map { $0 >= 0x30 && $0 <= 0x39 } == true
      && !(digits.first == UInt8(ascii: "0") && digits.dropFirst().first.map { (0x30...0x39).contains($0) } == true)
    guard isWellFormed, text.utf8.count - digits.count <= 1, let number = Double(text), number.isFinite else {
      throw error("expected a value")
    }
    return number
  }

  private mutating func string() throws(ParlanceError) -> String {
    index += 1
    let start = index
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
    if current == UInt8(ascii: "\"") {
      let text = try decode(bytes[start..<index])
      index += 1
      return text
    }
    var content = Array(bytes[start..<index])
    while let byte = current {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return try decode(content[...])
      case UInt8(ascii: "\\"): content.append(contentsOf: String(try escape()).utf8)
      case ..<0x20: throw error("a control character in a string")
      default: content.append(byte)
      }
    }
    throw error("the document ends inside a string")
  }

  private func decode(_ slice: ArraySlice<UInt8>) throws(ParlanceError) -> String {
    guard let text = String(validating: slice, as: UTF8.self) else { throw error("a string is not UTF-8") }
    return text
  }

  private mutating func escape() throws(ParlanceError) -> Unicode.Scalar {
    guard let byte = current else { throw error("the document ends inside a string") }
    index += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "u"):
      var unit = try hexadecimal()
      if 0xD800..<0xDC00 ~= unit, bytes[index...].starts(with: "\\u".utf8) {
        index += 2
        let low = try hexadecimal()
        guard 0xDC00..<0xE000 ~= low else { throw error("a lone surrogate in a string") }
        unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(unit) else { throw error("a lone surrogate in a string") }
      return scalar
    default: throw error("an unknown escape in a string")
    }
  }

  private mutating func hexadecimal() throws(ParlanceError) -> UInt32 {
    guard index + 4 <= bytes.count, bytes[index..<index + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
    else { throw error("expected four hexadecimal digits after \\u") }
    index += 4
    return unit
  }
}
