import Diagnostics

/// A JSON document as a tree. Keys keep their order and are compared as UTF-8 bytes, so that two pieces that look alike
/// but differ in normal form stay two.
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])

  /// What a person calls it in an error message.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// A value with the way to it (`model.vocab`), so that an error can say where it stands.
struct JSONField {
  var value: JSONValue
  var path: String
  var file: String

  func error(_ message: String) -> ParlanceError {
    ParlanceError(.badInput, message, at: .init(file: file, component: path.isEmpty ? nil : path))
  }

  private func expected(_ what: String) -> ParlanceError { error("expected \(what), found \(value.kind)") }

  /// The member of that name, or nil where it is missing or null.
  func optional(_ key: String) throws(ParlanceError) -> JSONField? {
    guard case .object(let members) = value else { throw expected("an object") }
    var found: JSONField?
    for member in members where member.key.utf8.elementsEqual(key.utf8) {
      let path = path.isEmpty ? key : path + "." + key
      if found != nil { throw JSONField(value: value, path: path, file: file).error("the key appears twice") }
      found = JSONField(value: member.value, path: path, file: file)
    }
    if case .null? = found?.value { return nil }
    return found
  }

  func required(_ key: String) throws(ParlanceError) -> JSONField {
    guard let found = try optional(key) else { throw error("expected the key \"\(key)\", which is missing") }
    return found
  }

  func bool() throws(ParlanceError) -> Bool {
    guard case .bool(let flag) = value else { throw expected("true or false") }
    return flag
  }

  func string() throws(ParlanceError) -> String {
    guard case .string(let string) = value else { throw expected("a string") }
    return string
  }

  /// A whole number from 0 to `limit`.
  func integer(upTo limit: Int) throws(ParlanceError) -> Int {
    guard case .number(let number) = value else { throw expected("a whole number") }
    guard let integer = Int(exactly: number), 0...limit ~= integer else {
      throw error("expected a whole number from 0 to \(limit), found \(number)")
    }
    return integer
  }

  func elements() throws(ParlanceError) -> [JSONField] {
    guard case .array(let values) = value else { throw expected("an array") }
    return values.enumerated().map { JSONField(value: $1, path: "\(path)[\($0)]", file: file) }
  }

  /// The members of an object, in the order of the file.
  func members() throws(ParlanceError) -> [(key: String, value: JSONValue)] {
    guard case .object(let members) = value else { throw expected("an object") }
    return members
  }
}
