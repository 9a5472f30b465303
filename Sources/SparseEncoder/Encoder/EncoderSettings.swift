package import Checkpoints

/// What is chosen when a checkpoint is opened for encoding; everything that changes a vector is in the identity.
public struct EncoderSettings: Sendable, Hashable {
  /// The most tokens of a text, `[CLS]` and `[SEP]` included; the model's own limit if that is lower. When `nil`, what a
  /// student was trained with, and ``standardMaxLength`` for any other model.
  public var maxLength: Int?
  public var passageText: PassageText
  /// Tokens of a batch on one worker; what suits the forward pass when `nil`. It does not change vectors beyond rounding.
  public var batchTokens: Int?

  public static let standardMaxLength = 256

  public init(maxLength: Int? = nil, passageText: PassageText = .standard, batchTokens: Int? = nil) {
    self.maxLength = maxLength
    self.passageText = passageText
    self.batchTokens = batchTokens
  }

  /// The most tokens that a checkpoint reads with these settings.
  package func maxLength(for checkpoint: Checkpoint) -> Int {
    let wanted = maxLength ?? (checkpoint.student == nil ? Self.standardMaxLength : checkpoint.maxLength)
    return min(wanted, checkpoint.maxLength)
  }

  /// The most tokens of a query whose words a table weighs: its own tokenizer tells, or where that has no limit the encoder of
  /// passages.
  package func maxLength(for queries: StaticQueryWeights, of checkpoint: Checkpoint) -> Int {
    min(maxLength ?? Self.standardMaxLength, queries.maxLength ?? checkpoint.maxLength)
  }

  /// The same settings for the frozen encoder of a residual student, which reads as much of the last question as the
  /// student itself.
  package func forFrozenPart(of student: Checkpoint) -> EncoderSettings {
    var settings = self
    settings.maxLength = maxLength(for: student)
    return settings
  }
}
