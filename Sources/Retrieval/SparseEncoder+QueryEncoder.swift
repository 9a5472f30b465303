public import Conversations
public import Diagnostics
public import SparseEncoder
public import SparseVectors
import WordPiece

extension SparseEncoder: QueryEncoder {
  public func encode(_ query: FormedQuery) async throws(ParlanceError) -> QueryVector {
    let encoded = try await encode(query: query.text)
    let sources = encoded.origins.map { origin in
      origin.bytes.isEmpty
        ? nil : query.segmentIndex(atUTF8Offset: origin.bytes.lowerBound).map { query.segments[$0].source }
    }
    return QueryVector(
      vector: encoded.vector, sources: sources, frozenWeights: encoded.frozenWeights, tokenCount: encoded.tokenCount,
      isTruncated: encoded.isTruncated)
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
