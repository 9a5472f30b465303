import BinaryFiles
public import Diagnostics

/// Reads one JSON text (RFC 8259), value by value, straight from the bytes of a line or a file.
///
/// The reader says what it expects and gets it or an error that names the line, the column and what stands there:
///
///     var json = JSONCursor(line, at: lines.location)
///     try json.beginObject()
///     while let key = try json.nextKey() {
///       switch key {
///       case "id": id = try json.string()
///       default: try json.skipValue()
///       }
///     }
///     try json.end()
///
/// It is strict: no comments, no trailing commas, no lone surrogate escapes, no numbers that are none in JSON. Keys that
/// occur twice are the reader's to refuse (`duplicateKey`). The bytes must be UTF-8, as those of `LineReader` are.
public struct JSONCursor: ~Escapable {
  let bytes: RawSpan
  /// Where the next token begins, from 0.
  var at = 0
  /// Whether the innermost array or object still waits for its first element.
  private var isFirst = false
  var depth = 0
  /// The place that errors name.
  public let location: ParlanceError.Location

  /// Deeper values are refused, so that no line can exhaust the stack.
  static let maximumDepth = 256

  /// - Parameters:
  ///   - bytes: the text, UTF-8.
  ///   - location: the file and the line; without a line the text is a whole file, and errors find theirs.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, at location: ParlanceError.Location) {
    self.bytes = bytes
    self.location = location
  }

  /// What kind of value comes next.
  public enum Kind: String, Sendable {
    case object = "an object"
    case array = "an array"
    case string = "a string"
    case number = "a number"
    case bool = "true or false"
    case null = "null"
  }

  /// - Throws: `badInput` when there is no value.
  public mutating func peek() throws(ParlanceError) -> Kind {
    skipSpace()
    switch byte {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    default: throw expected("a value")
    }
  }

  // MARK: Objects and arrays

  /// Enters an object.
  public mutating func beginObject() throws(ParlanceError) {
    try expect(.object)
    try enter()
  }

  /// The next member's key, with the cursor before its value; `nil` once the object is over.
  public mutating func nextKey() throws(ParlanceError) -> String? {
    guard try advance(to: UInt8(ascii: "}"), "\",\" or \"}\"") else { return nil }
    guard byte == UInt8(ascii: "\"") else { throw expected("a key in quotation marks") }
    let key = try string()
    skipSpace()
    guard byte == UInt8(ascii: ":") else { throw expected("\":\" behind the key") }
    at += 1
    return key
  }

  /// Enters an array.
  public mutating func beginArray() throws(ParlanceError) {
    try expect(.array)
    try enter()
  }

  /// Whether there is a next element, with the cursor before it; `false` once the array is over.
  public mutating func nextElement() throws(ParlanceError) -> Bool {
    try advance(to: UInt8(ascii: "]"), "\",\" or \"]\"")
  }

  private mutating func enter() throws(ParlanceError) {
    guard depth < Self.maximumDepth else { throw error("expected at most \(Self.maximumDepth) levels of nesting") }
    depth += 1
    at += 1
    isFirst = true
  }

  private mutating func advance(to end: UInt8, _ separators: String) throws(ParlanceError) -> Bool {
    skipSpace()
    if byte == end {
      at += 1
      depth -= 1
      isFirst = false
      return false
    }
    if !isFirst {
      guard byte == UInt8(ascii: ",") else { throw expected(separators) }
      at += 1
      skipSpace()
      if byte == end { throw expected("another element behind the comma") }
    }
    isFirst = false
    return true
  }

  // MARK: The rest

  public mutating func bool() throws(ParlanceError) -> Bool {
    try expect(.bool)
    if byte == UInt8(ascii: "t") {
      try word("true")
      return true
    }
    try word("false")
    return false
  }

  public mutating func null() throws(ParlanceError) {
    try expect(.null)
    try word("null")
  }

  /// Passes over the next value, which is checked like any other.
  public mutating func skipValue() throws(ParlanceError) {
    switch try peek() {
    case .object:
      try beginObject()
      while try nextKey() != nil { try skipValue() }
    case .array:
      try beginArray()
      while try nextElement() { try skipValue() }
    case .string: _ = try string()
    case .number: _ = try number()
    case .bool: _ = try bool()
    case .null: try null()
    }
  }

  /// - Throws: `badInput` unless nothing but white space is left.
  public mutating func end() throws(ParlanceError) {
    skipSpace()
    guard at == bytes.byteCount else { throw expected("the end of the text behind the value") }
  }

  // MARK: Errors

  /// The error for a value that is not what the reader needs; it names the column.
  public func error(_ message: String) -> ParlanceError {
    var place = location
    var column = at + 1
    if place.line == nil {
      // A whole file: the cursor has seen no line ends yet.
      let before = bytes.extracting(0..<min(at, bytes.byteCount)).array()
      place.line = 1 + before.count { $0 == UInt8(ascii: "\n") }
      column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
    }
    return ParlanceError(.badInput, "\(message) (column \(column))", at: place)
  }

  /// The error for a key that an object has twice.
  public func duplicateKey(_ key: String) -> ParlanceError {
    error("expected the key \"\(key)\" once, it is there twice")
  }

  /// The error for what stands here in place of `what`.
  public func expected(_ what: String) -> ParlanceError {
    error("expected \(what), found \(found)")
  }

  /// Words that may stand in an error. Others may be words of a conversation, which no message repeats.
  private static let knownWords: Set<String> = [
    "true", "false", "null", "True", "False", "None", "NaN", "nan", "Infinity", "inf", "undefined",
  ]

  private var found: String {
    guard at < bytes.byteCount else { return location.line == nil ? "the end of the file" : "the end of the line" }
    switch byte {
    case UInt8(ascii: "{"): return Kind.object.rawValue
    case UInt8(ascii: "["): return Kind.array.rawValue
    case UInt8(ascii: "\""): return Kind.string.rawValue
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return Kind.number.rawValue
    case 0x21..<0x7F:
      let word = bytes.extracting(at..<min(at + 12, bytes.byteCount)).array().prefix { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
      }
      let found = String(decoding: word.isEmpty ? [byte] : word, as: UTF8.self)
      return word.isEmpty || Self.knownWords.contains(found) ? "\"\(found)\"" : "a bare word"
    default: return "byte 0x\(String(byte, radix: 16))"
    }
  }

  mutating func expect(_ kind: Kind) throws(ParlanceError) {
    guard try peek() == kind else { throw expected(kind.rawValue) }
  }

  // MARK: Bytes

  /// The byte at the cursor; 0 at the end, which no token begins with.
  var byte: UInt8 { at < bytes.byteCount ? bytes.byte(at: at) : 0 }

  mutating func skipSpace() {
    while byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
      || byte == UInt8(ascii: "\n")
    {
      at += 1
    }
  }

  private mutating func word(_ word: StaticString) throws(ParlanceError) {
    for expectedByte in word.description.utf8 {
      guard byte == expectedByte else { throw expected(word.description) }
      at += 1
    }
  }
}
