package import LineFiles
package import Diagnostics

extension JSONValue {
  /// Reads the next value, whatever it is.
  ///
  /// - Throws: `badInput`, also for an object that has a key twice.
  package init(reading json: inout JSONCursor) throws(ParlanceError) {
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
    case .object:
      var members: [String: JSONValue] = [:]
      try json.beginObject()
      while let key = try json.nextKey() {
        guard members.updateValue(try JSONValue(reading: &json), forKey: key) == nil else {
          throw json.duplicateKey(key)
        }
      }
      self = .object(members)
    }
  }

  /// Appends the value; the keys of objects are in the order of their UTF-8 bytes.
  ///
  /// Numbers that JSON does not have (`nan`, infinities) become `null`.
  package func write(to json: inout JSONText) {
    switch self {
    case .null: json.append(raw: "null")
    case .bool(let value): json.append(raw: value ? "true" : "false")
    case .integer(let value): json.append(integer: value)
    case .number(let value): if value.isFinite { json.append(double: value) } else { json.append(raw: "null") }
    case .string(let value): json.append(string: value)
    case .array(let elements):
      json.append(raw: "[")
      for (index, element) in elements.enumerated() {
        if index > 0 { json.append(raw: ",") }
        element.write(to: &json)
      }
      json.append(raw: "]")
    case .object(let members):
      json.append(raw: "{")
      for (index, key) in members.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }).enumerated() {
        if index > 0 { json.append(raw: ",") }
        json.append(string: key)
        json.append(raw: ":")
        members[key]?.write(to: &json)
      }
      json.append(raw: "}")
    }
  }
}

extension JSONValue: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
