package import Diagnostics

/// A strict reader of JSON (RFC 8259): bad UTF-8, lone surrogates, duplicated keys, deep nesting and anything after the
/// value are errors with their byte position.
///
/// The files of a checkpoint come from anywhere; `JSONDecoder` lets the last of two equal keys win, which would let a
/// safetensors header name one tensor twice.
package struct JSONParser {
  /// Deeper nesting than any file of a checkpoint has.
  static let depthLimit = 64

  private let bytes: [UInt8]
  private let file: String
  private var position = 0

  private init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// - Throws: `badInput` that names `file` and the byte at which the text stops being JSON.
  package static func parse(_ bytes: [UInt8], file: String) throws(ParlanceError) -> JSONNode {
    var parser = JSONParser(bytes, file: file)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.position = 3 }
    let node = try parser.value(depth: 0)
    parser.skipSpace()
    if parser.position < bytes.count { throw parser.fault("more text after the JSON value") }
    return node
  }

  private func fault(_ message: String) -> ParlanceError {
    ParlanceError(.badInput, "not valid JSON: \(message), at byte \(position)", at: .init(file: file))
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(ParlanceError) {
    guard next == UInt8(ascii: character) else { throw fault("expected `\(character)`") }
    position += 1
  }

  private mutating func value(depth: Int) throws(ParlanceError) -> JSONNode {
    if depth > Self.depthLimit { throw fault("nested more than \(Self.depthLimit) deep") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case nil: throw fault("the text ends where a value should be")
    case let byte? where byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
      return try number()
    default: throw fault("no value begins here")
    }
  }

  private mutating func literal(_ text: StaticString, _ node: JSONNode) throws(ParlanceError) -> JSONNode {
    let expected = Array("\(text)".utf8)
    guard bytes[position...].starts(with: expected) else { throw fault("expected `\(text)`") }
    position += expected.count
    return node
  }

  private mutating func object(depth: Int) throws(ParlanceError) -> JSONNode {
    try expect("{")
    var members: [(key: String, value: JSONNode)] = []
    var seen: Set<[UInt8]> = []
    skipSpace()
    if next == UInt8(ascii: "}") {
      position += 1
      return .object([])
    }
    while true {
      skipSpace()
      let key = try string()
      if !seen.insert(Array(key.utf8)).inserted { throw fault("the key `\(key)` stands twice") }
      skipSpace()
      try expect(":")
      members.append((key, try value(depth: depth + 1)))
      skipSpace()
      if next == UInt8(ascii: ",") {
        position += 1
        continue
      }
      try expect("}")
      return .object(members)
    }
  }

  private mutating func array(depth: Int) throws(ParlanceError) -> JSONNode {
    try expect("[")
    var values: [JSONNode] = []
    skipSpace()
    if next == UInt8(ascii: "]") {
      position += 1
      return .array([])
    }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      if next == UInt8(ascii: ",") {
        position += 1
        continue
      }
      try expect("]")
      return .array(values)
    }
  }

  private mutating func number() throws(ParlanceError) -> JSONNode {
    let start = position
    var isInteger = true
    if next == UInt8(ascii: "-") { position += 1 }
    let leading = position
    skipDigits()
    let digits = position - leading
    if digits == 0 || (digits > 1 && bytes[leading] == UInt8(ascii: "0")) { throw fault("not a number") }
    if next == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      if skipDigits() == 0 { throw fault("a digit must follow the decimal point") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      if skipDigits() == 0 { throw fault("a digit must follow the exponent") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw fault("a number out of range") }
    return .number(value)
  }

  @discardableResult
  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = next, byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") { position += 1 }
    return position - start
  }

  private mutating func string() throws(ParlanceError) -> String {
    try expect("\"")
    var content: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else { throw fault("a string that is not UTF-8") }
        return text
      case UInt8(ascii: "\\"):
        try escape(into: &content)
      case 0..<0x20:
        throw fault("a control character in a string")
      default:
        content.append(byte)
      }
    }
    throw fault("the text ends inside a string")
  }

  private mutating func escape(into content: inout [UInt8]) throws(ParlanceError) {
    guard let byte = next else { throw fault("the text ends inside a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"): content.append(contentsOf: String(try unicodeEscape()).utf8)
    default: throw fault("an unknown escape in a string")
    }
  }

  private mutating func unicodeEscape() throws(ParlanceError) -> Character {
    var code = try fourHexDigits()
    if (0xD800..<0xDC00).contains(code) {
      guard next == UInt8(ascii: "\\") else { throw fault("a lone surrogate in a string") }
      position += 1
      try expect("u")
      let low = try fourHexDigits()
      guard (0xDC00..<0xE000).contains(low) else { throw fault("a lone surrogate in a string") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw fault("a lone surrogate in a string") }
    return Character(scalar)
  }

  private mutating func fourHexDigits() throws(ParlanceError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw fault("the text ends inside a string") }
    var code: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw fault("four hexadecimal digits must follow \\u")
      }
      code = code << 4 | UInt32(digit)
    }
    position += 4
    return code
  }
}
