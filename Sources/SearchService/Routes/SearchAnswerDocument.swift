import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import Retrieval
import SparseVectors
import StrictJSON

/// The answer of `/v1/search` as JSON.
struct SearchAnswerDocument {
  private let found: ConversationSearch.Found
  private let conversation: ConversationFields
  private let options: SearchFields
  private let loaded: LoadedSearch
  private let total: Duration

  init(
    _ found: ConversationSearch.Found, _ conversation: ConversationFields, _ options: SearchFields,
    _ loaded: LoadedSearch, total: Duration
  ) {
    self.found = found
    self.conversation = conversation
    self.options = options
    self.loaded = loaded
    self.total = total
  }

  var json: JSONValue {
    let result = found.result
    return .object([
      "form": .string(conversation.form.rawValue),
      "passages": .array(result.passages.indices.map(passage)),
      "terms_by_turn": .array(TermGroups(result.terms, roles: conversation.roles).json),
      "timing": .object([
        "queue_ms": .number(found.encoded.queued.roundedMilliseconds),
        "encode_ms": .number((found.encoded.time - found.encoded.queued).roundedMilliseconds),
        "search_ms": .number(result.searchTime.roundedMilliseconds),
        "explain_ms": .number(found.reasonTime.roundedMilliseconds),
        "total_ms": .number(total.roundedMilliseconds),
      ]),
      "query": .object([
        "terms": .integer(Int64(result.answer.queryTerms)),
        "matched_terms": .integer(Int64(result.answer.matchedTerms)),
        "tokens": .integer(Int64(result.tokenCount)),
        "truncated": .bool(result.isTruncated),
        "cached": .bool(found.encoded.isCached),
        "encoder": .string(loaded.searcher.encoder.identity.name),
      ]),
      "index": .object([
        "exact": .bool(result.answer.isExact),
        "weights": .string(result.answer.weights.rawValue),
        "passages": .integer(Int64(loaded.searcher.index.count)),
        "postings_touched": .integer(Int64(result.answer.postingsTouched)),
      ]),
    ])
  }

  private func passage(_ place: Int) -> JSONValue {
    let found = self.found.result.passages[place]
    var members: JSONObject = [
      "rank": .integer(Int64(found.rank)), "id": .string(found.id.string), "score": .float(found.score),
    ]
    if options.hasTexts, let passage = found.passage {
      members["title"] = .string(passage.title)
      members["text"] = .string(passage.text)
    }
    if let passage = found.passage { members["metadata"] = .object(passage.metadata) }
    if options.isExplained {
      let reason = self.found.reasons[place]
      members["explanation"] = .array(
        reason.terms.map { term in
          .object([
            "term": .string(term.piece), "query_weight": .float(term.queryWeight),
            "passage_weight": .float(term.passageWeight), "contribution": .float(term.contribution),
          ])
        })
      if options.hasTexts {
        members["highlights"] = .object([
          "title": Self.highlights(reason.title), "text": Self.highlights(reason.text),
        ])
      }
    }
    return .object(members)
  }

  private static func highlights(_ places: [PassageReason.Highlight]) -> JSONValue {
    .array(
      places.map { place in
        .object([
          "start": .integer(Int64(place.start)), "end": .integer(Int64(place.end)), "weight": .float(place.weight),
        ])
      })
  }
}

extension JSONValue {
  /// The shortest decimal that reads back as the same float.
  static func float(_ value: Float) -> JSONValue { .number(Double(value.description) ?? Double(value)) }
}
