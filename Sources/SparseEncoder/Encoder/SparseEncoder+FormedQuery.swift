public import Conversations
public import Diagnostics

extension SparseEncoder {
  /// Encodes a turn's query.
  ///
  /// - Throws: `internalFault` when the engine fails, `unavailable` when its memory is short.
  public func encode(query: FormedQuery) async throws(ParlanceError) -> EncodedQuery {
    try await encode(query: query.text)
  }
}

extension FormedQuery {
  /// The segment that a term came from; nil for the tokens around the text and between segments.
  public func segment(of origin: EncodedQuery.Origin) -> Segment? {
    if origin.bytes.isEmpty { return nil }
    return segmentIndex(atUTF8Offset: origin.bytes.lowerBound).map { segments[$0] }
  }
}
