/// What `/openapi.json` says of sessions.
extension SessionRoutes {
  package static func description(_ limits: ServiceLimits) -> APIDescription {
    let id =
      ##""parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}]"##
    let problem = ##""content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}"##
    let unknown = ##""404": {"description": "There is no such session.", \##(problem)}"##
    let full = ##""409": {"description": "The conversation is full, or has no question yet.", \##(problem)}"##
    let session = ##""content": {"application/json": {"schema": {"$ref": "#/components/schemas/Session"}}}"##
    func body(_ schema: String) -> String {
      ##""requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/\##(schema)"}}}}"##
    }
    return APIDescription(
      paths: #"""
        {
          "/v1/sessions": {
            "post": {
              "operationId": "createSession", "summary": "Begin a conversation that the service keeps.",
              \#(body("NewSession")),
              "responses": {"201": {"description": "It is kept.", \#(session)}}
            }
          },
          "/v1/sessions/{id}": {
            "get": {
              "operationId": "getSession", "summary": "A conversation with its messages.", \#(id),
              "responses": {"200": {"description": "The conversation.", \#(session)}, \#(unknown)}
            },
            "delete": {
              "operationId": "deleteSession", "summary": "Forget a conversation.", \#(id),
              "responses": {"204": {"description": "It is forgotten."}, \#(unknown)}
            }
          },
          "/v1/sessions/{id}/messages": {
            "post": {
              "operationId": "appendMessages", "summary": "Add messages to a conversation.", \#(id),
              \#(body("SessionMessages")),
              "responses": {"200": {"description": "They are kept.", \#(session)}, \#(unknown), \#(full)}
            }
          },
          "/v1/sessions/{id}/search": {
            "post": {
              "operationId": "searchSession",
              "summary": "Add a question to a conversation, if there is one, and find passages for its last question.",
              \#(id), \#(body("SessionSearch")),
              "responses": {
                "200": {
                  "description": "The passages, best first.",
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SearchAnswer"}}}
                },
                \#(unknown), \#(full)
              }
            }
          }
        }
        """#,
      schemas: #"""
        {
          "AnyMessages": {
            "type": "array", "minItems": 1, "maxItems": \#(limits.messages),
            "items": {"$ref": "#/components/schemas/Message"}
          },
          "NewSession": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
              "messages": {
                "type": "array", "maxItems": \#(limits.messages), "items": {"$ref": "#/components/schemas/Message"}
              },
              "ttl_seconds": {
                "type": "integer", "minimum": \#(timesToLive.lowerBound), "maximum": \#(timesToLive.upperBound),
                "default": \#(standardTimeToLive), "description": "How long it lives after its last message."
              }
            }
          },
          "SessionMessages": {
            "type": "object",
            "additionalProperties": false,
            "required": ["messages"],
            "properties": {"messages": {"$ref": "#/components/schemas/AnyMessages"}}
          },
          "SessionSearch": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
              "query": {"$ref": "#/components/schemas/Words"},
              "form": {"$ref": "#/components/schemas/Form"},
              "rewrite": {"$ref": "#/components/schemas/Words"},
              "k": {"type": "integer", "minimum": 1, "maximum": \#(limits.k), "default": \#(min(10, limits.k))},
              "filter": {"$ref": "#/components/schemas/Filter"},
              "explain": {"type": "boolean", "default": false},
              "texts": {"type": "boolean", "default": true}
            }
          },
          "Session": {
            "type": "object",
            "required": ["id", "count", "ttl_seconds", "expires_at"],
            "properties": {
              "id": {"type": "string"}, "count": {"type": "integer", "description": "How many messages it has."},
              "ttl_seconds": {"type": "integer"},
              "expires_at": {"type": "integer", "description": "Seconds since 1970."},
              "messages": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["role", "content"],
                  "properties": {"role": {"type": "string"}, "content": {"type": "string"}}
                }
              }
            }
          }
        }
        """#)
  }
}
