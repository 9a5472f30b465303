package import Diagnostics
package import StrictJSON

/// What a route group adds to `/openapi.json`: its paths and its schemas, as JSON objects.
package struct APIDescription: Sendable {
  package var paths: String
  package var schemas: String

  package init(paths: String, schemas: String = "{}") {
    self.paths = paths
    self.schemas = schemas
  }
}

/// `/openapi.json`: made of what is really served with these limits, so that a client that keeps to it is never refused.
package struct OpenAPIDocument: Sendable {
  package let json: JSONValue

  /// - Throws: `internalFault` when a description is not JSON.
  package init(_ descriptions: [APIDescription], version: String, hasKeys: Bool) throws(ParlanceError) {
    var paths = JSONObject()
    var schemas = JSONObject()
    for description in [Self.shared] + descriptions {
      for (path, value) in try Self.object(description.paths) { paths[path] = value }
      for (name, value) in try Self.object(description.schemas) { schemas[name] = value }
    }
    for (path, item) in paths {
      var methods = item.object ?? [:]
      for (method, operation) in methods {
        methods[method] = Self.completed(operation, hasKeys: hasKeys)
      }
      paths[path] = .object(methods)
    }
    var components: JSONObject = ["schemas": .object(schemas)]
    if hasKeys {
      components["securitySchemes"] = .object([
        "bearer": .object(["type": .string("http"), "scheme": .string("bearer")])
      ])
    }
    json = .object([
      "openapi": .string("3.1.0"),
      "info": .object([
        "title": .string("Parlance"), "version": .string(version),
        "description": .string("Conversational search with learned-sparse vectors: messages in, passages out."),
      ]),
      // Relative to the document's own address: a proxy may give the service a path of a host.
      "servers": .array([.object(["url": .string(".")])]),
      "paths": .object(paths), "components": .object(components),
    ])
  }

  package var route: Route {
    let response = APIResponse.json(json)
    return Route("GET", "/openapi.json", access: .open) { _ in response }
  }

  /// Adds the problems that every operation may answer with, and what opens it.
  private static func completed(_ operation: JSONValue, hasKeys: Bool) -> JSONValue {
    var operation = operation.object ?? [:]
    let isOpen = operation["x-open"]?.bool ?? false
    operation["x-open"] = nil
    let writes = operation["x-writes"]?.bool ?? false
    operation["x-writes"] = nil
    var responses = operation["responses"]?.object ?? [:]
    var statuses = [(421, "The Host is none of this service's names."), (500, "The service failed.")]
    statuses.append((503, "Not now: shutting down, or out of time."))
    if !isOpen { statuses.append((429, "The queue is full.")) }
    if hasKeys, !isOpen { statuses.append((401, "The key is missing or unknown.")) }
    if hasKeys, writes { statuses.append((403, "The key may not write.")) }
    if operation["requestBody"] != nil {
      statuses += [
        (400, "The request is not what it should be."),
        (413, "The body is too large."), (415, "The body is not application/json."),
      ]
    }
    for (status, text) in statuses.sorted(by: { $0.0 < $1.0 }) {
      responses[String(status)] = .object([
        "description": .string(text),
        "content": .object([
          "application/problem+json": .object([
            "schema": .object(["$ref": .string("#/components/schemas/Problem")])
          ])
        ]),
      ])
    }
    operation["responses"] = .object(responses)
    if hasKeys, !isOpen { operation["security"] = .array([.object(["bearer": .array([])])]) }
    return .object(operation)
  }

  private static func object(_ text: String) throws(ParlanceError) -> JSONObject {
    do {
      return try JSONValue(parsing: Array(text.utf8), file: "openapi").object ?? [:]
    } catch {
      throw ParlanceError(.internalFault, "a description of the API is not JSON: \(error)")
    }
  }

  private static let shared = APIDescription(
    paths: "{}",
    schemas: #"""
      {
        "Problem": {
          "type": "object",
          "description": "RFC 9457.",
          "required": ["type", "title", "status", "detail"],
          "properties": {
            "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
            "detail": {"type": "string"},
            "field": {"type": "string", "description": "The field of the body that is meant."},
            "instance": {"type": "string", "description": "Names the request in the service's log."}
          }
        },
        "Timing": {
          "type": "object",
          "description": "Milliseconds by stage.",
          "required": ["total_ms"],
          "properties": {
            "queue_ms": {"type": "number"}, "encode_ms": {"type": "number"}, "search_ms": {"type": "number"},
            "explain_ms": {"type": "number"}, "total_ms": {"type": "number"}
          }
        }
      }
      """#)
}
