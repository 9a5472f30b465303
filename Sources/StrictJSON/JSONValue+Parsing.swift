import BinaryFiles
public import Diagnostics

extension JSONValue {
  /// Reads a whole file's bytes as one value; a byte order mark is passed over.
  ///
  /// - Parameter file: the file's path, for errors, which also name the line and the column.
  /// - Throws: `badInput` for anything that RFC 8259 does not allow, for text that is not UTF-8, for a key that an object
  ///   has twice, and for more than 256 levels of nesting.
  public init(parsing bytes: [UInt8], file: String) throws(ParlanceError) {
    try self.init(parsing: bytes.rawSpan, file: file)
  }

  public init(parsing bytes: RawSpan, file: String) throws(ParlanceError) {
    var text = bytes
    if text.byteCount >= 3, text.byte(at: 0) == 0xEF, text.byte(at: 1) == 0xBB, text.byte(at: 2) == 0xBF {
      text = text.extracting(3..<text.byteCount)
    }
    if let offset = invalidUTF8Offset(in: text) {
      throw ParlanceError(.badInput, "expected UTF-8, byte \(offset + 1) is not", at: .init(file: file))
    }
    var json = JSONCursor(text, at: .init(file: file))
    try self.init(reading: &json)
    try json.end()
  }

  /// Reads the next value, whatever it is.
  ///
  /// - Throws: `badInput`, also for an object that has a key twice.
  public init(reading json: inout JSONCursor) throws(ParlanceError) {
    switch try json.peek() {
    case .null:
      try json.null()
      self = .null
    case .bool: self = .bool(try json.bool())
    case .string: self = .string(try json.string())
    case .number:
      switch try json.number() {
      case .integer(let value): self = .integer(value)
      case .double(let value): self = .number(value)
      }
    case .array:
      var elements: [JSONValue] = []
      try json.beginArray()
      while try json.nextElement() { elements.append(try JSONValue(reading: &json)) }
      self = .array(elements)
    case .object: self = .object(try JSONObject(reading: &json))
    }
  }
}

extension JSONObject {
  /// Reads the next value, which must be an object.
  ///
  /// - Throws: `badInput`, also for a key that is there twice.
  public init(reading json: inout JSONCursor) throws(ParlanceError) {
    self.init()
    try json.beginObject()
    while let key = try json.nextKey() {
      guard self[key] == nil else { throw json.duplicateKey(key) }
      self[key] = try JSONValue(reading: &json)
    }
  }
}
