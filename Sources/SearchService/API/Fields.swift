import Diagnostics
package import StrictJSON

/// The members of an object of a request's body, read with errors that name the field.
package struct Fields: Sendable {
  package let object: JSONObject
  /// Where the object stands in the body, such as `messages[2]`; empty for the body itself.
  package let path: String

  /// - Parameter names: what the object may have; `nil` for one that may have anything, of which only what is asked for is read.
  package init(_ value: JSONValue, at path: String = "", names: Set<String>? = nil) throws(Problem) {
    guard let object = value.object else {
      throw .invalid("expected an object, found \(value.kind)", at: path)
    }
    self.object = object
    self.path = path
    guard let names else { return }
    for key in object.keys where !names.contains(key) {
      throw .invalid("expected one of \(names.sorted().joined(separator: ", ")), found another field", at: place(key))
    }
  }

  /// Reads a body, which must be one object of JSON.
  package init(of request: APIRequest, names: Set<String>) throws(Problem) {
    let type = (request.headers["content-type"] ?? "").prefix { $0 != ";" && $0 != " " }
    guard type.lowercased() == "application/json" else {
      throw Problem(415, "Unsupported media type", "expected the content type application/json")
    }
    let encoding = request.headers["content-encoding"] ?? "identity"
    guard encoding.lowercased() == "identity" else {
      throw Problem(415, "Unsupported media type", "expected a body without a content encoding, such as gzip")
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: request.body, file: "body")
    } catch {
      throw .invalid("the body is not JSON: \(error.message)", at: "")
    }
    try self.init(value, names: names)
  }

  package func place(_ key: String) -> String {
    path.isEmpty ? String(key.prefix(64)) : "\(path).\(key.prefix(64))"
  }

  package func has(_ key: String) -> Bool { object[key] != nil }

  package func string(_ key: String) throws(Problem) -> String? {
    guard let value = object[key] else { return nil }
    guard let string = value.string else {
      throw .invalid("expected a string, found \(value.kind)", at: place(key))
    }
    return string
  }

  package func bool(_ key: String) throws(Problem) -> Bool? {
    guard let value = object[key] else { return nil }
    guard let bool = value.bool else {
      throw .invalid("expected true or false, found \(value.kind)", at: place(key))
    }
    return bool
  }

  package func integer(_ key: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
    guard let value = object[key] else { return nil }
    guard let number = value.integer, range.contains(number) else {
      throw .invalid("expected a whole number from \(range.lowerBound) to \(range.upperBound)", at: place(key))
    }
    return number
  }

  package func array(_ key: String, count: ClosedRange<Int>) throws(Problem) -> [JSONValue]? {
    guard let value = object[key] else { return nil }
    guard let elements = value.array else {
      throw .invalid("expected an array, found \(value.kind)", at: place(key))
    }
    guard count.contains(elements.count) else {
      throw .invalid(
        "expected \(count.lowerBound) to \(count.upperBound) elements, found \(elements.count)", at: place(key))
    }
    return elements
  }

  /// One of a few words.
  package func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, of type: Choice.Type
  ) throws(Problem) -> Choice? where Choice.RawValue == String {
    guard let word = try string(key) else { return nil }
    guard let choice = Choice(rawValue: word) else {
      throw .invalid(
        "expected one of \(type.allCases.map(\.rawValue).joined(separator: ", "))", at: place(key))
    }
    return choice
  }
}
