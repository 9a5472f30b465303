import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import Retrieval
import StrictJSON

/// What `search --json` prints. The keys are spelled out, so that those of the passages' metadata stay as they are.
struct SearchDocument: Encodable {
  struct Term: Encodable {
    var piece: String
    var weight: Float
    /// `message`, `rewrite`, or `special` for the tokens around the words.
    var source: String
    /// The message's index in the turn's `messages`, from 0.
    var message: Int?
    /// Of a residual student: what of the weight its frozen encoder gave.
    var frozenWeight: Float?

    enum CodingKeys: String, CodingKey {
      case piece, weight, source, message
      case frozenWeight = "frozen_weight"
    }

    init(_ term: QueryTerm) {
      piece = term.piece
      weight = term.weight
      frozenWeight = term.frozenWeight
      switch term.source {
      case .message(let index): (source, message) = ("message", index)
      case .rewrite: source = "rewrite"
      case nil: source = "special"
      }
    }
  }

  struct Contribution: Encodable {
    var piece: String
    var queryWeight: Float
    var passageWeight: Float
    var contribution: Float

    enum CodingKeys: String, CodingKey {
      case piece
      case queryWeight = "query_weight"
      case passageWeight = "passage_weight"
      case contribution
    }
  }

  struct Hit: Encodable {
    var rank: Int
    var id: String
    var score: Float
    var title: String?
    var text: String?
    var metadata: JSONValue?
    var terms: [Contribution]?
  }

  var query: String
  /// Which words of the turn make the query; none for a question.
  var form: String?
  /// The most tokens of a query; none without a limit.
  var maxLength: Int?
  var isExact: Bool
  /// The dial of an approximate answer.
  var approximation: Double?
  var weights: String
  var postingsTouched: Int
  /// How many passages fit the filter; none without one.
  var passagesAllowed: Int?
  var queryTerms: Int
  var matchedTerms: Int
  var isTruncated: Bool
  var encodeMilliseconds: Double
  var searchMilliseconds: Double
  /// Milliseconds by part, where they were asked for; printing this is no part.
  var timings: [String: Double]?
  var terms: [Term]?
  var hits: [Hit]

  enum CodingKeys: String, CodingKey {
    case query, form, approximation, weights, terms, hits
    case maxLength = "max_length"
    case isExact = "is_exact"
    case postingsTouched = "postings_touched"
    case passagesAllowed = "passages_allowed"
    case queryTerms = "query_terms"
    case matchedTerms = "matched_terms"
    case isTruncated = "is_truncated"
    case encodeMilliseconds = "encode_milliseconds"
    case searchMilliseconds = "search_milliseconds"
    case timings = "timings_milliseconds"
  }

  init(_ result: SearchResult, _ reading: QueryReading, isTurn: Bool, explanations: [[ExplainedTerm]]?) {
    query = result.query.text
    form = isTurn ? reading.form.rawValue : nil
    maxLength = reading.maxLength
    isExact = result.answer.isExact
    approximation = result.answer.approximation?.dial
    weights = result.answer.weights.rawValue
    postingsTouched = result.answer.postingsTouched
    passagesAllowed = result.answer.passagesAllowed
    queryTerms = result.answer.queryTerms
    matchedTerms = result.answer.matchedTerms
    isTruncated = result.isTruncated
    encodeMilliseconds = result.encodingTime.milliseconds
    searchMilliseconds = result.searchTime.milliseconds
    terms = explanations == nil ? nil : result.terms.map(Term.init)
    hits = result.passages.enumerated().map { place, found in
      Hit(
        rank: found.rank, id: found.id.string, score: found.score, title: found.passage?.title,
        text: found.passage?.text, metadata: found.passage.map { .object($0.metadata) },
        terms: explanations?[place].map {
          Contribution(
            piece: $0.piece, queryWeight: $0.queryWeight, passageWeight: $0.passageWeight,
            contribution: $0.contribution)
        })
    }
  }
}
