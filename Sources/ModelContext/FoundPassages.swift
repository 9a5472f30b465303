import Conversations
import Identifiers
import InvertedIndex
import Retrieval
import StrictJSON

/// Search results as a model reads them, and the schema that says what is in them.
enum FoundPassages {
  /// Of the query's terms these many, the heaviest: enough to see what was searched for.
  private static let shownTerms = 16

  static let schema = Schema.object(
    [
      "passages": Schema.array(of: foundSchema, "The passages that were found, best first; empty when none matches."),
      "terms": Schema.array(
        of: Schema.object(
          [
            "piece": Schema.string("The word piece."), "weight": Schema.plain("number", "How much it counts."),
            "message": Schema.plain("integer", "The message that it came from, from 0, if any."),
          ], required: ["piece", "weight"]),
        "The heaviest terms that were searched for, at most \(shownTerms)."),
      "exact": Schema.plain("boolean", "Whether these are the best passages, rather than probably the best."),
      "truncated": Schema.plain("boolean", "Whether the oldest part of the conversation was too long to be read."),
    ], required: ["passages", "terms", "exact", "truncated"])

  static let passageSchema = Schema.object(passageProperties, required: ["id", "title", "text", "metadata"])

  private static let foundSchema: JSONValue = {
    var properties = passageProperties
    properties["rank"] = Schema.plain("integer", "From 1.")
    properties["score"] = Schema.plain("number", "Comparable within one search alone.")
    return Schema.object(properties, required: ["rank", "id", "score"])
  }()

  private static let passageProperties: JSONObject = [
    "id": Schema.string("The passage's id."), "title": Schema.string("Its title, which may be empty."),
    "text": Schema.string("Its text."),
    "metadata": Schema.object([:], required: [], isClosed: false),
  ]

  static func json(_ result: SearchResult) -> JSONValue {
    .object([
      "passages": .array(result.passages.map(json)),
      "terms": .array(result.terms.prefix(shownTerms).map(json)),
      "exact": .bool(result.answer.isExact), "truncated": .bool(result.isTruncated),
    ])
  }

  static func json(_ passage: Passage) -> JSONValue {
    .object([
      "id": .string(passage.id.string), "title": .string(passage.title), "text": .string(passage.text),
      "metadata": .object(passage.metadata),
    ])
  }

  private static func json(_ found: FoundPassage) -> JSONValue {
    var members: JSONObject = [
      "rank": .integer(Int64(found.rank)), "id": .string(found.id.string), "score": .float(found.score),
    ]
    if let passage = found.passage {
      members["title"] = .string(passage.title)
      members["text"] = .string(passage.text)
      members["metadata"] = .object(passage.metadata)
    }
    return .object(members)
  }

  private static func json(_ term: QueryTerm) -> JSONValue {
    var members: JSONObject = ["piece": .string(term.piece), "weight": .float(term.weight)]
    if case .message(let index) = term.source { members["message"] = .integer(Int64(index)) }
    return .object(members)
  }
}

extension JSONValue {
  /// The shortest decimal that reads back as the same float32.
  static func float(_ value: Float) -> JSONValue { .number(Double(value.description) ?? Double(value)) }
}
