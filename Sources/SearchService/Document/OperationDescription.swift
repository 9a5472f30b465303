/// What `/openapi.json` says of what operators ask.
extension OperationRoutes {
  package static let description = APIDescription(
    paths: #"""
      {
        "/healthz": {
          "get": {
            "operationId": "health", "summary": "Whether the process lives.", "x-open": true,
            "responses": {"200": {"description": "It does.", "content": {"application/json": {"schema": {
              "$ref": "#/components/schemas/Status"}}}}}
          }
        },
        "/readyz": {
          "get": {
            "operationId": "ready", "summary": "Whether it takes requests.", "x-open": true,
            "responses": {"200": {"description": "It does.", "content": {"application/json": {"schema": {
              "$ref": "#/components/schemas/Status"}}}}}
          }
        },
        "/metrics": {
          "get": {
            "operationId": "metrics", "summary": "What the service counted, in Prometheus's text format.",
            "responses": {"200": {"description": "Samples.", "content": {"text/plain": {"schema": {"type": "string"}}}}}
          }
        },
        "/openapi.json": {
          "get": {
            "operationId": "openapi", "summary": "This document.", "x-open": true,
            "responses": {"200": {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {
              "type": "object"}}}}}
          }
        },
        "/v1/info": {
          "get": {
            "operationId": "info", "summary": "What is served, and within which limits.",
            "responses": {"200": {"description": "Encoder, index and limits.", "content": {"application/json": {
              "schema": {"$ref": "#/components/schemas/Info"}}}}}
          }
        }
      }
      """#,
    schemas: #"""
      {
        "Status": {
          "type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}
        },
        "Info": {
          "type": "object",
          "required": ["version", "encoder", "index", "limits", "keys", "features"],
          "properties": {
            "version": {"type": "string"},
            "encoder": {
              "type": "object",
              "required": ["name", "digest", "kind", "form", "max_tokens", "encodes_passages"],
              "properties": {
                "name": {"type": "string"}, "digest": {"type": "string"}, "kind": {"enum": ["bm25", "splade"]},
                "form": {"$ref": "#/components/schemas/Form"}, "max_tokens": {"type": ["integer", "null"]},
                "encodes_passages": {"type": "boolean"}
              }
            },
            "index": {
              "type": "object",
              "required": ["passages", "weights", "passage_space", "texts"],
              "properties": {
                "passages": {"type": "integer"}, "weights": {"enum": ["u8", "f16", "f32"]},
                "passage_space": {"type": "string"}, "texts": {"type": "boolean"}
              }
            },
            "limits": {
              "type": "object",
              "required": ["body_bytes", "messages", "k", "batch", "request_seconds"],
              "properties": {
                "body_bytes": {"type": "integer"}, "messages": {"type": "integer"}, "k": {"type": "integer"},
                "batch": {"type": "integer"}, "request_seconds": {"type": "number"}
              }
            },
            "keys": {"type": "boolean", "description": "Whether a key is needed."},
            "features": {"type": "array", "items": {"type": "string"}}
          }
        }
      }
      """#)
}
