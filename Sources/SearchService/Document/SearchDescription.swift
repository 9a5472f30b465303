import InvertedIndex

/// What `/openapi.json` says of searching.
extension SearchRoutes {
  package static func description(_ limits: ServiceLimits) -> APIDescription {
    APIDescription(
      paths: #"""
        {
          "/v1/search": {
            "post": {
              "operationId": "search",
              "summary": "Find passages for the last question of a conversation.",
              "requestBody": {
                "required": true,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SearchRequest"}}}
              },
              "responses": {
                "200": {
                  "description": "The passages, best first.",
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SearchAnswer"}}}
                },
                "409": {
                  "description": "The index has no metadata to filter by.",
                  "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                }
              }
            }
          }
        }
        """#,
      schemas: #"""
        {
          "Words": {
            "type": "string",
            "description": "At least one character that is neither a blank nor a control character of ASCII.",
            "pattern": "[^\\u0000-\\u0020\\u007f\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
          },
          "TextPart": {
            "type": "object",
            "required": ["type", "text"],
            "properties": {"type": {"const": "text"}, "text": {"type": "string"}}
          },
          "Content": {
            "anyOf": [
              {"type": "string"},
              {"type": "array", "items": {"$ref": "#/components/schemas/TextPart"}}
            ]
          },
          "Question": {
            "type": "object",
            "description": "What the user says; the last such message of a conversation is the question.",
            "required": ["role", "content"],
            "properties": {
              "role": {"const": "user"},
              "content": {
                "anyOf": [
                  {"$ref": "#/components/schemas/Words"},
                  {
                    "type": "array",
                    "items": {"$ref": "#/components/schemas/TextPart"},
                    "contains": {
                      "type": "object",
                      "required": ["text"],
                      "properties": {"text": {"$ref": "#/components/schemas/Words"}}
                    }
                  }
                ]
              }
            }
          },
          "Message": {
            "description": "As OpenAI writes it. Only what user and assistant say is searched with.",
            "anyOf": [
              {"$ref": "#/components/schemas/Question"},
              {
                "type": "object",
                "required": ["role"],
                "properties": {
                  "role": {"const": "assistant"},
                  "content": {"anyOf": [{"$ref": "#/components/schemas/Content"}, {"type": "null"}]}
                }
              },
              {
                "type": "object",
                "required": ["role", "content"],
                "properties": {
                  "role": {"enum": ["system", "developer", "tool", "function"]},
                  "content": {"$ref": "#/components/schemas/Content"}
                }
              }
            ]
          },
          "Messages": {
            "type": "array",
            "minItems": 1,
            "maxItems": \#(limits.messages),
            "items": {"$ref": "#/components/schemas/Message"},
            "contains": {"$ref": "#/components/schemas/Question"}
          },
          "SearchRequest": {
            "type": "object",
            "additionalProperties": false,
            "oneOf": [{"required": ["messages"]}, {"required": ["query"]}],
            "properties": {
              "messages": {"$ref": "#/components/schemas/Messages"},
              "query": {"$ref": "#/components/schemas/Words"},
              "form": {"$ref": "#/components/schemas/Form"},
              "rewrite": {"$ref": "#/components/schemas/Words"},
              "k": {"type": "integer", "minimum": 1, "maximum": \#(limits.k), "default": \#(min(10, limits.k))},
              "filter": {"$ref": "#/components/schemas/Filter"},
              "explain": {"type": "boolean", "default": false},
              "texts": {"type": "boolean", "default": true}
            }
          },
          "Filter": {
            "type": "object",
            "description": "Conditions by field of the metadata; all of them have to hold.",
            "maxProperties": \#(PassageFilter.mostConditions),
            "additionalProperties": {
              "anyOf": [
                {"$ref": "#/components/schemas/FilterValue"},
                {
                  "type": "array", "description": "Any of these.", "maxItems": \#(PassageFilter.mostValues),
                  "items": {"$ref": "#/components/schemas/FilterValue"}
                },
                {
                  "type": "object",
                  "description": "A number between bounds, at most one on each side.",
                  "additionalProperties": false,
                  "minProperties": 1,
                  "properties": {
                    "gt": {"type": "number"}, "gte": {"type": "number"}, "lt": {"type": "number"},
                    "lte": {"type": "number"}
                  },
                  "not": {"anyOf": [{"required": ["gt", "gte"]}, {"required": ["lt", "lte"]}]}
                }
              ]
            }
          },
          "FilterValue": {
            "type": ["string", "number", "boolean"], "minimum": -9007199254740991, "maximum": 9007199254740991,
            "description": "Greater whole numbers are not told from their neighbours; ids of that size are strings."
          },
          "Form": {
            "enum": ["last-turn", "user-turns", "conversation"],
            "description": "Which words are searched for; by default those that the model was trained on."
          },
          "Highlights": {
            "type": "array",
            "items": {
              "type": "object",
              "description": "A word that shares a term with the query, from start to end in Unicode code points.",
              "required": ["start", "end", "weight"],
              "properties": {
                "start": {"type": "integer"}, "end": {"type": "integer"}, "weight": {"type": "number"}
              }
            }
          },
          "FoundPassage": {
            "type": "object",
            "required": ["rank", "id", "score"],
            "properties": {
              "rank": {"type": "integer"}, "id": {"type": "string"}, "score": {"type": "number"},
              "title": {"type": "string"}, "text": {"type": "string"}, "metadata": {"type": "object"},
              "explanation": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["term", "query_weight", "passage_weight", "contribution"],
                  "properties": {
                    "term": {"type": "string"}, "query_weight": {"type": "number"},
                    "passage_weight": {"type": "number"}, "contribution": {"type": "number"}
                  }
                }
              },
              "highlights": {
                "type": "object",
                "required": ["title", "text"],
                "properties": {
                  "title": {"$ref": "#/components/schemas/Highlights"},
                  "text": {"$ref": "#/components/schemas/Highlights"}
                }
              }
            }
          },
          "TermsOfTurn": {
            "type": "object",
            "required": ["source", "weight", "terms"],
            "properties": {
              "source": {
                "enum": ["message", "rewrite", "around"],
                "description": "Where the terms come from; around: from the tokens that stand around the words."
              },
              "message": {"type": "integer", "description": "The message's place in the request, from 0."},
              "role": {"type": "string"},
              "weight": {"type": "number"},
              "terms": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["term", "weight"],
                  "properties": {
                    "term": {"type": "string"}, "weight": {"type": "number"},
                    "frozen_weight": {
                      "type": "number", "description": "What of the weight a residual student's frozen encoder gave."
                    }
                  }
                }
              }
            }
          },
          "SearchAnswer": {
            "type": "object",
            "required": ["form", "passages", "terms_by_turn", "timing", "query", "index"],
            "properties": {
              "form": {"$ref": "#/components/schemas/Form"},
              "passages": {"type": "array", "items": {"$ref": "#/components/schemas/FoundPassage"}},
              "terms_by_turn": {
                "type": "array", "description": "Newest first.",
                "items": {"$ref": "#/components/schemas/TermsOfTurn"}
              },
              "timing": {"$ref": "#/components/schemas/Timing"},
              "query": {
                "type": "object",
                "required": ["terms", "matched_terms", "tokens", "truncated", "cached", "encoder"],
                "properties": {
                  "terms": {"type": "integer"}, "matched_terms": {"type": "integer"}, "tokens": {"type": "integer"},
                  "truncated": {"type": "boolean", "description": "Whether the oldest words did not fit the model."},
                  "cached": {"type": "boolean"}, "encoder": {"type": "string"}
                }
              },
              "index": {
                "type": "object",
                "required": ["exact", "weights", "passages", "postings_touched"],
                "properties": {
                  "exact": {"type": "boolean"}, "weights": {"enum": ["u8", "f16", "f32"]},
                  "passages": {"type": "integer"}, "postings_touched": {"type": "integer"}
                }
              }
            }
          }
        }
        """#)
  }
}
