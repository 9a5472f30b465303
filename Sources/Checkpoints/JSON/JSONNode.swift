/// A JSON value as a checkpoint's files hold it: the order of keys is kept, duplicated keys were refused.
package enum JSONNode: Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONNode])
  case object([(key: String, value: JSONNode)])

  /// The member of an object, compared as UTF-8; `nil` for another kind of value or a missing key.
  package subscript(key: String) -> JSONNode? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  package var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  package var integer: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  package var array: [JSONNode]? {
    if case .array(let values) = self { values } else { nil }
  }

  package var members: [(key: String, value: JSONNode)]? {
    if case .object(let members) = self { members } else { nil }
  }

  package var isNull: Bool {
    if case .null = self { true } else { false }
  }

  /// What it is, for messages: `a string`, `an object`.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer, .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
