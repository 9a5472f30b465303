import Diagnostics
import StrictJSON

/// A value with the way to it (`model.vocab`), so that an error can say where it stands.
struct JSONField {
  var value: JSONValue
  var path: String
  var file: String

  /// A whole document.
  static func parse(_ bytes: [UInt8], file: String) throws(ParlanceError) -> JSONField {
    JSONField(value: try JSONValue(parsing: bytes, file: file), path: "", file: file)
  }

  func error(_ message: String) -> ParlanceError {
    ParlanceError(.badInput, message, at: .init(file: file, component: path.isEmpty ? nil : path))
  }

  private func expected(_ what: String) -> ParlanceError { error("expected \(what), found \(value.kind)") }

  /// The member of that name, or nil where it is missing or null.
  func optional(_ key: String) throws(ParlanceError) -> JSONField? {
    guard let object = value.object else { throw expected("an object") }
    guard let member = object[key], !member.isNull else { return nil }
    return JSONField(value: member, path: path.isEmpty ? key : path + "." + key, file: file)
  }

  func required(_ key: String) throws(ParlanceError) -> JSONField {
    guard let found = try optional(key) else { throw error("expected the key \"\(key)\", which is missing") }
    return found
  }

  func bool() throws(ParlanceError) -> Bool {
    guard let flag = value.bool else { throw expected("true or false") }
    return flag
  }

  func string() throws(ParlanceError) -> String {
    guard let string = value.string else { throw expected("a string") }
    return string
  }

  /// A whole number from 0 to `limit`.
  func integer(upTo limit: Int) throws(ParlanceError) -> Int {
    guard let number = value.double else { throw expected("a whole number") }
    guard let integer = value.integer, 0...limit ~= integer else {
      throw error("expected a whole number from 0 to \(limit), found \(number)")
    }
    return integer
  }

  func elements() throws(ParlanceError) -> [JSONField] {
    guard let values = value.array else { throw expected("an array") }
    return values.enumerated().map { JSONField(value: $1, path: "\(path)[\($0)]", file: file) }
  }

  /// The members of an object, in the order of the file.
  func members() throws(ParlanceError) -> JSONObject {
    guard let object = value.object else { throw expected("an object") }
    return object
  }
}
