/// What is chosen when a checkpoint is opened for encoding; everything that changes a vector is in the identity.
public struct EncoderSettings: Sendable, Hashable {
  /// The most tokens of a text, `[CLS]` and `[SEP]` included; the model's own limit if that is lower.
  public var maxLength: Int
  public var passageText: PassageText
  /// Tokens of a batch on one worker. It does not change vectors beyond rounding.
  public var batchTokens: Int

  public init(maxLength: Int = 256, passageText: PassageText = .standard, batchTokens: Int = 4096) {
    self.maxLength = maxLength
    self.passageText = passageText
    self.batchTokens = batchTokens
  }
}
