extension JSONValue {
  /// Appends the value, the members of objects in their order.
  ///
  /// Numbers that JSON does not have (`nan`, infinities) become `null`.
  public func write(to json: inout JSONText) {
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
      for (index, member) in members.enumerated() {
        if index > 0 { json.append(raw: ",") }
        json.append(string: member.key)
        json.append(raw: ":")
        member.value.write(to: &json)
      }
      json.append(raw: "}")
    }
  }

  /// The value as one line of JSON.
  public var text: String {
    var json = JSONText()
    write(to: &json)
    return json.string
  }
}
