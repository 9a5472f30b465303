public import Conversations
public import Diagnostics
public import SparseEncoder
public import SparseVectors

/// What turns the words of a query into a sparse vector: a SPLADE model, or BM25's analyzer. Any number of tasks may use it at once.
public protocol QueryEncoder: Sendable {
  /// Which encoder this is.
  var identity: EncoderIdentity { get }
  /// The passage encoder that it was distilled for, where it is a student.
  var passageSpace: EncoderIdentity? { get }
  /// How it was trained to read a turn, where it is a student: what is done unless somebody says otherwise.
  var trained: TrainedReading? { get }
  /// The most tokens of a query that it reads; `nil` where there is no limit.
  var queryMaxLength: Int? { get }
  /// The pieces that its terms are of.
  var vocabulary: Vocabulary { get }

  /// Encodes one query that somebody waits for.
  ///
  /// - Throws: `internalFault` or `unavailable` when a model fails or its memory is short, `badInput` for a damaged index of words.
  func encode(_ query: FormedQuery) async throws(ParlanceError) -> QueryVector

  /// Encodes many queries as fast as the machine can, in their order.
  ///
  /// - Throws: as for one query; `interrupted` within a second of the wish to stop.
  func encode(_ queries: [FormedQuery], interruption: Interruption?) async throws(ParlanceError) -> [SparseVector]

  /// The words of a text with their terms, in ascending order of their places; none where words are no terms. A word that is
  /// several terms is there once for each, one after the other.
  func occurrences(in text: String) -> [TermOccurrence]
}

extension QueryEncoder {
  public var passageSpace: EncoderIdentity? { nil }
  public var trained: TrainedReading? { nil }
  public var queryMaxLength: Int? { nil }
  public func occurrences(in text: String) -> [TermOccurrence] { [] }
}

/// A query's vector, and where in the conversation each of its terms came from.
public struct QueryVector: Hashable, Sendable {
  public var vector: SparseVector
  /// For each term of the vector the part of the query that gave it its weight; `nil` where that was a token between the
  /// parts, such as `[CLS]` or `[SEP]`.
  public var sources: [FormedQuery.Source?]
  /// Of a residual student what its frozen encoder gave to each term's weight, one for each term of the vector; `nil` for any other
  /// encoder.
  public var frozenWeights: [Float]?
  /// Tokens that were read, `[CLS]` and `[SEP]` included; for BM25 the number of different words that the index has.
  public var tokenCount: Int
  /// Whether the oldest part of the conversation did not fit.
  public var isTruncated: Bool

  public init(
    vector: SparseVector, sources: [FormedQuery.Source?], frozenWeights: [Float]? = nil, tokenCount: Int,
    isTruncated: Bool
  ) {
    self.vector = vector
    self.sources = sources
    self.frozenWeights = frozenWeights
    self.tokenCount = tokenCount
    self.isTruncated = isTruncated
  }
}
