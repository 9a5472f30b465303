public import Conversations
public import Diagnostics
import Identifiers
public import InvertedIndex
public import SparseVectors

/// The queries of a BM25 index: the words of the conversation, each as often as it occurs.
public struct BM25QueryEncoder: QueryEncoder {
  public let vocabulary: Vocabulary
  private let index: InvertedIndex

  /// - Throws: `usage` when the index holds an encoder's vectors, `badInput` when it is damaged.
  public init(of index: InvertedIndex) throws(ParlanceError) {
    _ = try index.bm25Query("")
    self.index = index
    vocabulary = try index.vocabulary()
  }

  public var identity: EncoderIdentity { index.passageSpace }

  public func encode(_ query: FormedQuery) async throws(ParlanceError) -> QueryVector {
    let vector = try vector(of: query)
    var newest: [TermID: FormedQuery.Source] = [:]
    for segment in query.segments.reversed() {
      for term in try index.bm25Query(segment.text).terms { newest[term] = segment.source }
    }
    return QueryVector(
      vector: vector, sources: vector.terms.map { newest[$0] }, tokenCount: vector.count, isTruncated: false)
  }

  public func encode(
    _ queries: [FormedQuery], interruption: Interruption?
  ) async throws(ParlanceError) -> [SparseVector] {
    try queries.map { query throws(ParlanceError) in
      try interruption?.check()
      return try vector(of: query)
    }
  }

  /// The words that the index counts, as the text spells them.
  public func occurrences(in text: String) -> [TermOccurrence] {
    guard let analyzer = index.bm25?.analyzer else { return [] }
    return analyzer.words(in: text).compactMap { word, bytes in
      vocabulary.term(of: ExternalID(word)).map { TermOccurrence(term: $0, bytes: bytes) }
    }
  }

  private func vector(of query: FormedQuery) throws(ParlanceError) -> SparseVector {
    try index.bm25Query(query.segments.map(\.text).joined(separator: "\n"))
  }
}
