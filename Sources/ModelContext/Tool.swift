import StrictJSON

/// What a model is told about a tool, so that it knows when to call it and how.
struct Tool: Sendable {
  var name: String
  var title: String
  var description: String
  /// JSON Schema, 2020-12.
  var inputSchema: JSONValue
  var outputSchema: JSONValue

  var json: JSONValue {
    .object([
      "name": .string(name), "title": .string(title), "description": .string(description),
      "inputSchema": inputSchema, "outputSchema": outputSchema,
      // Searching changes nothing and knows no world but its index.
      "annotations": .object([
        "readOnlyHint": .bool(true), "idempotentHint": .bool(true), "openWorldHint": .bool(false),
      ]),
    ])
  }
}

/// What a tool has to say about a call that it cannot do: the model reads it, and may do better.
struct ToolFault: Error, Hashable, Sendable {
  var message: String

  init(_ message: String) { self.message = message }
}

/// Pieces of JSON Schema.
enum Schema {
  static func string(_ description: String) -> JSONValue {
    .object(["type": "string", "description": .string(description)])
  }

  static func string(_ description: String, oneOf values: [String]) -> JSONValue {
    .object(["type": "string", "enum": .array(values.map { .string($0) }), "description": .string(description)])
  }

  static func integer(_ description: String, _ range: ClosedRange<Int>, standard: Int) -> JSONValue {
    .object([
      "type": "integer", "minimum": .integer(Int64(range.lowerBound)), "maximum": .integer(Int64(range.upperBound)),
      "default": .integer(Int64(standard)), "description": .string(description),
    ])
  }

  static func plain(_ type: String, _ description: String) -> JSONValue {
    .object(["type": .string(type), "description": .string(description)])
  }

  static func array(of items: JSONValue, _ description: String, atLeast count: Int = 0) -> JSONValue {
    var schema: JSONObject = ["type": "array", "items": items, "description": .string(description)]
    if count > 0 { schema["minItems"] = .integer(Int64(count)) }
    return .object(schema)
  }

  /// An object with these members and no others.
  static func object(
    _ properties: JSONObject, required: [String], description: String? = nil, isClosed: Bool = true
  ) -> JSONValue {
    var schema: JSONObject = [
      "type": "object", "properties": .object(properties), "required": .array(required.map { .string($0) }),
    ]
    if let description { schema["description"] = .string(description) }
    if isClosed { schema["additionalProperties"] = .bool(false) }
    return .object(schema)
  }
}
