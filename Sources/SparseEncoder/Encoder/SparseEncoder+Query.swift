import Checkpoints
public import Diagnostics
public import SparseVectors
import WordPiece

/// A query's vector, and where in its text each term came from.
public struct EncodedQuery: Sendable, Hashable {
  /// Why a term is in the vector: the token whose logit was the term's maximum, or gave the largest share where logits are summed;
  /// of an inference-free model the term's first token.
  public struct Origin: Sendable, Hashable {
    /// The token, counted from the first that was read, as a rule `[CLS]`.
    public var token: Int
    /// The token's place in the query's text, in UTF-8 bytes; empty for the tokens that stand around the text.
    public var bytes: Range<Int>
  }

  public var vector: SparseVector
  /// One for each term of the vector, in its order.
  public var origins: [Origin]
  /// Of a residual student's query what its frozen encoder gave, gate included: one for each term of the vector, 0 where the
  /// last question does not have it. `nil` for any other query.
  public var frozenWeights: [Float]?
  /// Tokens that went through the model, `[CLS]` and `[SEP]` included.
  public var tokenCount: Int
  /// Whether the end of the text, which is the oldest part of a conversation, did not fit.
  public var isTruncated: Bool
}

extension SparseEncoder {
  /// Encodes a query that somebody waits for: it gets all cores.
  ///
  /// The literal `[SEP]` between two segments becomes the separator token; the end of a text over ``queryMaxLength`` is cut off.
  ///
  /// - Throws: `internalFault` when the engine fails, `unavailable` when its memory is short.
  public func encode(query text: String) async throws(ParlanceError) -> EncodedQuery {
    if let queries { return try await queries.encoder.encode(query: text) }
    let own: EncodedQuery
    switch read(query: text) {
    case .finished(let query): own = query
    case .batch(let batch, let encoding, let isTruncated):
      own = query(try await forward.encode(batch, for: .latency), encoding, isTruncated)
    }
    guard let residual else { return own }
    let question = ResidualQueries.lastQuestion(of: text)
    return sum(own, try await residual.frozen.encode(query: question), residual, of: text)
  }

  /// Encodes a query while the calling thread waits.
  ///
  /// - Throws: `internalFault` when the engine fails, `unavailable` when its memory is short.
  public func encodeBlocking(query text: String) throws(ParlanceError) -> EncodedQuery {
    if let queries { return try queries.encoder.encodeBlocking(query: text) }
    let own: EncodedQuery
    switch read(query: text) {
    case .finished(let query): own = query
    case .batch(let batch, let encoding, let isTruncated):
      own = query(try forward.encode(batch, for: .latency), encoding, isTruncated)
    }
    guard let residual else { return own }
    let question = ResidualQueries.lastQuestion(of: text)
    return sum(own, try residual.frozen.encodeBlocking(query: question), residual, of: text)
  }

  /// A query as far as it gets without the model.
  enum Reading: Sendable {
    case finished(EncodedQuery)
    case batch(PackedBatch, Encoding, isTruncated: Bool)
  }

  func read(query text: String) -> Reading {
    let prompted = prompts.query + text
    if let staticQueries {
      let encoded = staticQueries.encode(prompted)
      return .finished(
        EncodedQuery(
          vector: encoded.vector,
          origins: encoded.origins.map { EncodedQuery.Origin(token: $0.token, bytes: withoutPrompt($0.bytes)) },
          tokenCount: encoded.tokenCount, isTruncated: encoded.isTruncated))
    }
    var encoding = tokenizer.encode(prompted, maxLength: maxLength + 1)
    let isTruncated = encoding.count > maxLength
    if isTruncated { encoding = tokenizer.encode(prompted, maxLength: maxLength) }
    // Not every tokenizer puts something around an empty text, and no model reads nothing.
    if encoding.ids.isEmpty {
      return .finished(EncodedQuery(vector: .empty, origins: [], tokenCount: 0, isTruncated: false))
    }
    return .batch(PackedBatch([encoding.ids]), encoding, isTruncated: isTruncated)
  }

  /// The query in a row of what the model gave.
  func query(_ rows: SparseRows, at row: Int = 0, _ encoding: Encoding, _ isTruncated: Bool) -> EncodedQuery {
    let whole = rows.vector(at: row)
    // The sum of a residual student is cut, not its parts.
    let vector = residual == nil ? pruning(whole) : whole
    var origins: [EncodedQuery.Origin] = []
    for (term, position) in zip(whole.terms, rows.positions[rows.range(of: row)])
    where vector.count == whole.count || vector.terms.contains(term) {
      let token = Int(position)
      let place = encoding.isAdded[token] ? 0..<0 : withoutPrompt(encoding.byteOffsets[token])
      origins.append(EncodedQuery.Origin(token: token, bytes: place))
    }
    return EncodedQuery(
      vector: vector, origins: origins, tokenCount: encoding.count, isTruncated: isTruncated)
  }

  private func withoutPrompt(_ range: Range<Int>) -> Range<Int> {
    let shift = prompts.query.utf8.count
    return range.lowerBound < shift ? 0..<0 : range.lowerBound - shift..<range.upperBound - shift
  }
}
