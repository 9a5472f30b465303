import Identifiers
import Conversations
import Diagnostics
import InvertedIndex
import Retrieval
import StrictJSON

/// What `search --json` prints.
struct SearchDocument: Encodable {
  struct Term: Encodable {
    var piece: String
    var weight: Float
  }

  struct Contribution: Encodable {
    var piece: String
    var queryWeight: Float
    var passageWeight: Float
    var contribution: Float
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
  var isExact: Bool
  var weights: String
  var postingsTouched: Int
  var queryTerms: Int
  var matchedTerms: Int
  var isTruncated: Bool
  var encodeMilliseconds: Double
  var searchMilliseconds: Double
  var terms: [Term]?
  var hits: [Hit]

  init(_ result: SearchResult, explanations: [[ExplainedTerm]]?) {
    query = result.query.text
    isExact = result.answer.isExact
    weights = result.answer.weights.rawValue
    postingsTouched = result.answer.postingsTouched
    queryTerms = result.answer.queryTerms
    matchedTerms = result.answer.matchedTerms
    isTruncated = result.isTruncated
    encodeMilliseconds = result.encodingTime / .milliseconds(1)
    searchMilliseconds = result.searchTime / .milliseconds(1)
    terms = explanations == nil ? nil : result.terms.map { Term(piece: $0.piece, weight: $0.weight) }
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
