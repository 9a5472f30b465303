public import Conversations
public import Diagnostics
public import SparseEncoder
public import SparseVectors
import WordPiece

extension SparseEncoder: QueryEncoder {
  public func encode(_ query: FormedQuery) async throws(ParlanceError) -> QueryVector {
    QueryVector(try await encode(query: query.text), of: query)
  }

  public func encode(
    _ queries: [FormedQuery], interruption: Interruption?
  ) async throws(ParlanceError) -> [SparseVector] {
    try await encode(queries.map(\.text), as: .query, interruption: interruption).map(\.vector)
  }

  public func occurrences(in text: String) -> [TermOccurrence] {
    let encoding = tokenizer.encode(text, addSpecialTokens: false)
    var found: [TermOccurrence] = []
    for (id, bytes) in zip(encoding.ids, encoding.byteOffsets) {
      if let last = found.last, last.bytes.upperBound == bytes.lowerBound,
        tokenizer.pieces[Int(id)].hasPrefix(tokenizer.continuationPrefix)
      {
        found[found.count - 1].bytes = last.bytes.lowerBound..<bytes.upperBound
      } else {
        found.append(TermOccurrence(term: TermID(UInt32(id)), bytes: bytes))
      }
    }
    return found
  }
}

extension QueryVector {
  /// What a model made of the words of `query`.
  package init(_ encoded: EncodedQuery, of query: FormedQuery) {
    let sources = encoded.origins.map { origin in
      origin.bytes.isEmpty
        ? nil : query.segmentIndex(atUTF8Offset: origin.bytes.lowerBound).map { query.segments[$0].source }
    }
    self.init(
      vector: encoded.vector, sources: sources, frozenWeights: encoded.frozenWeights, tokenCount: encoded.tokenCount,
      isTruncated: encoded.isTruncated)
  }
}
