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

  /// Each piece, with the place of the whole word that it is a piece of.
  public func occurrences(in text: String) -> [TermOccurrence] {
    let encoding = tokenizer.encode(text, addSpecialTokens: false)
    var found: [TermOccurrence] = []
    // Which of them is the first of the word that is being read.
    var first = 0
    for (id, bytes) in zip(encoding.ids, encoding.byteOffsets) {
      var word = bytes
      // Pieces of one scalar that was taken apart, as Hangul is, have one place.
      if let last = found.last, last.bytes.lowerBound <= bytes.lowerBound, bytes.lowerBound <= last.bytes.upperBound,
        tokenizer.pieces[Int(id)].hasPrefix(tokenizer.continuationPrefix)
      {
        word = last.bytes.lowerBound..<max(last.bytes.upperBound, bytes.upperBound)
        for place in first..<found.count { found[place].bytes = word }
      } else {
        first = found.count
      }
      found.append(TermOccurrence(term: TermID(UInt32(id)), bytes: word))
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
