public import Conversations

/// How a student reads a turn: as it was trained to, unless somebody says otherwise.
public struct TrainedReading: Sendable, Hashable {
  /// Which words of the turn.
  public var form: ConversationForm
  /// How many tokens of them, `[CLS]` and `[SEP]` included.
  public var maxLength: Int

  public init(form: ConversationForm, maxLength: Int) {
    self.form = form
    self.maxLength = maxLength
  }
}
