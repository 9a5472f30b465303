/// What `/openapi.json` says of encoding.
extension EncodeRoutes {
  package static func description(_ limits: ServiceLimits) -> APIDescription {
    APIDescription(
      paths: #"""
        {
          "/v1/encode": {
            "post": {
              "operationId": "encode",
              "summary": "Vectors of queries or passages, for another engine that keeps passages of the same space.",
              "requestBody": {
                "required": true,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/EncodeRequest"}}}
              },
              "responses": {
                "200": {
                  "description": "One vector for each query or passage, in their order.",
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/EncodeAnswer"}}}
                },
                "409": {
                  "description": "Passages were asked for, and the encoder encodes queries alone.",
                  "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                }
              }
            }
          }
        }
        """#,
      schemas: #"""
        {
          "EncodeRequest": {
            "type": "object",
            "additionalProperties": false,
            "oneOf": [{"required": ["queries"]}, {"required": ["passages"]}],
            "properties": {
              "queries": {
                "type": "array", "minItems": 1, "maxItems": \#(limits.batch),
                "items": {
                  "type": "object",
                  "additionalProperties": false,
                  "oneOf": [{"required": ["messages"]}, {"required": ["query"]}],
                  "properties": {
                    "messages": {"$ref": "#/components/schemas/Messages"},
                    "query": {"$ref": "#/components/schemas/Words"},
                    "form": {"$ref": "#/components/schemas/Form"},
                    "rewrite": {"$ref": "#/components/schemas/Words"}
                  }
                }
              },
              "passages": {
                "type": "array", "minItems": 1, "maxItems": \#(limits.batch),
                "items": {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["text"],
                  "properties": {"title": {"type": "string"}, "text": {"type": "string"}}
                }
              },
              "format": {
                "enum": ["pieces", "indices"], "default": "pieces",
                "description": "pieces: a weight by each piece of the vocabulary; indices: two arrays, as Qdrant takes them."
              }
            }
          },
          "EncodeAnswer": {
            "type": "object",
            "required": ["vectors", "encoder", "passage_space", "timing"],
            "properties": {
              "vectors": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["tokens", "truncated"],
                  "properties": {
                    "vector": {"type": "object", "additionalProperties": {"type": "number"}},
                    "indices": {"type": "array", "items": {"type": "integer"}},
                    "values": {"type": "array", "items": {"type": "number"}},
                    "tokens": {"type": "integer"}, "truncated": {"type": "boolean"}
                  }
                }
              },
              "encoder": {"type": "string"},
              "passage_space": {"type": "string", "description": "The digest of the encoder of the index's passages."},
              "timing": {"$ref": "#/components/schemas/Timing"}
            }
          }
        }
        """#)
  }
}
