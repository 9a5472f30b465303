import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import SparseVectors

@testable import Retrieval

/// A query encoder that a reader can follow: each word of the vocabulary weighs as often as it occurs, and came from the
/// newest message that has it.
struct WordEncoder: QueryEncoder {
  var identity = EncoderIdentity.teacher
  var passageSpace: EncoderIdentity?
  var vocabulary = Vocabulary.words
  /// Called before each batch.
  var onBatch: @Sendable () throws(ParlanceError) -> Void = {}

  func encode(_ query: FormedQuery) async throws(ParlanceError) -> QueryVector {
    let vector = vector(of: query)
    let sources = vector.terms.map { term in
      query.segments.first { words(of: $0.text).contains(term) }?.source
    }
    return QueryVector(vector: vector, sources: sources, tokenCount: vector.count, isTruncated: false)
  }

  func encode(_ queries: [FormedQuery], interruption: Interruption?) async throws(ParlanceError) -> [SparseVector] {
    try onBatch()
    return queries.map(vector)
  }

  private func vector(of query: FormedQuery) -> SparseVector {
    var weights: [TermID: Float] = [:]
    for term in query.segments.flatMap({ words(of: $0.text) }) { weights[term, default: 0] += 1 }
    let terms = weights.keys.sorted()
    return SparseVector(exactly: terms, weights: terms.compactMap { weights[$0] }) ?? .empty
  }

  private func words(of text: String) -> [TermID] {
    text.split(separator: " ").compactMap { vocabulary.term(of: ExternalID(String($0))) }
  }
}

extension EncoderIdentity {
  static let teacher = EncoderIdentity(digest: String(repeating: "ab", count: 32), name: "teacher")
  static let student = EncoderIdentity(digest: String(repeating: "cd", count: 32), name: "student")
}

extension Vocabulary {
  static let words = named(["branch", "commit", "last", "merge", "moon", "tag", "undo"])

  static func named(_ pieces: [String]) -> Vocabulary {
    do { return try Vocabulary(pieces: pieces.map { ExternalID($0) }) } catch { preconditionFailure("\(error)") }
  }
}

extension FormedQuery {
  init(_ text: String) { self.init(segments: [.init(text: text, source: .message(0))]) }
}
