public import SparseVectors

/// What the pipeline made of one text.
public struct EncodedText: Sendable, Hashable {
  public var vector: SparseVector
  /// Tokens that went through the model, `[CLS]` and `[SEP]` included.
  public var tokenCount: Int
  /// Whether the text had more tokens than the encoder takes and lost its end.
  public var isTruncated: Bool
}
