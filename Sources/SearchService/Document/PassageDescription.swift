/// What `/openapi.json` says of passages.
extension PassageRoutes {
  package static func description(_ limits: ServiceLimits) -> APIDescription {
    let problem = ##""content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}"##
    let id =
      ##""parameters": [{"name": "id", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/PassageID"}}]"##
    let unknown = ##""404": {"description": "There is no passage with this id.", \##(problem)}"##
    let conflict = ##""409": {"description": "The index is not what it was, or has no texts.", \##(problem)}"##
    func body(_ schema: String) -> String {
      ##""requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/\##(schema)"}}}}"##
    }
    func answer(_ text: String, _ schema: String) -> String {
      ##""200": {"description": "\##(text)", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/\##(schema)"}}}}"##
    }
    return APIDescription(
      paths: #"""
        {
          "/v1/passages": {
            "post": {
              "operationId": "addPassages", "x-writes": true,
              "summary": "Add passages, or replace those with the same ids: all of them in one step.",
              \#(body("NewPassages")),
              "responses": {\#(answer("They are on the disk, and found from now on.", "PassagesAdded")), \#(conflict)}
            }
          },
          "/v1/deletions": {
            "post": {
              "operationId": "deletePassages", "x-writes": true,
              "summary": "Delete passages in one step; ids that are not there are passed over.",
              \#(body("PassageIDs")),
              "responses": {\#(answer("They are gone.", "PassagesDeleted")), \#(conflict)}
            }
          },
          "/v1/passages/{id}": {
            "get": {
              "operationId": "getPassage", "summary": "A passage as it is now.", \#(id),
              "responses": {\#(answer("The passage.", "Passage")), \#(unknown), \#(conflict)}
            },
            "delete": {
              "operationId": "deletePassage", "x-writes": true, "summary": "Delete a passage.", \#(id),
              "responses": {"204": {"description": "It is gone."}, \#(unknown), \#(conflict)}
            }
          }
        }
        """#,
      schemas: #"""
        {
          "PassageID": {
            "type": "string", "minLength": 1, "maxLength": \#(PassageFields.longestID),
            "description": "Without white space and control characters of ASCII.",
            "pattern": "^[^\\u0000-\\u0020\\u007f\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+$"
          },
          "PassageMetadata": {
            "type": "object", "description": "Whatever there is to filter by, or to know.",
            "propertyNames": {"not": {"enum": ["_id", "title", "text"]}}
          },
          "Passage": {
            "type": "object",
            "required": ["id", "title", "text", "metadata"],
            "properties": {
              "id": {"$ref": "#/components/schemas/PassageID"}, "title": {"type": "string"}, "text": {"type": "string"},
              "metadata": {"$ref": "#/components/schemas/PassageMetadata"}
            }
          },
          "NewPassages": {
            "type": "object",
            "additionalProperties": false,
            "required": ["passages"],
            "properties": {
              "passages": {
                "type": "array", "minItems": 1, "maxItems": \#(limits.batch),
                "description": "Of two with the same id the later one counts.",
                "items": {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["id", "text"],
                  "properties": {
                    "id": {"$ref": "#/components/schemas/PassageID"}, "title": {"type": "string"},
                    "text": {"type": "string"}, "metadata": {"$ref": "#/components/schemas/PassageMetadata"}
                  }
                }
              }
            }
          },
          "PassageIDs": {
            "type": "object",
            "additionalProperties": false,
            "required": ["ids"],
            "properties": {
              "ids": {
                "type": "array", "minItems": 1, "maxItems": \#(limits.batch),
                "items": {"$ref": "#/components/schemas/PassageID"}
              }
            }
          },
          "PassagesAdded": {
            "type": "object",
            "required": ["added", "replaced", "truncated", "empty", "passages", "timing"],
            "properties": {
              "added": {"type": "integer"}, "replaced": {"type": "integer"},
              "truncated": {"type": "integer", "description": "How many are longer than the model reads."},
              "empty": {"type": "integer", "description": "How many have no term, so that no query finds them."},
              "passages": {"type": "integer", "description": "How many the index has now."},
              "timing": {"$ref": "#/components/schemas/Timing"}
            }
          },
          "PassagesDeleted": {
            "type": "object",
            "required": ["deleted", "passages", "timing"],
            "properties": {
              "deleted": {"type": "integer"}, "passages": {"type": "integer"},
              "timing": {"$ref": "#/components/schemas/Timing"}
            }
          }
        }
        """#)
  }
}
