import Conversations
import Identifiers
import SparseEncoder
import SparseVectors

/// A turn as the trainer reads it: tokens in, passages that its teacher retrieved as what is to be learned.
struct TrainingExample: Sendable {
  /// What the student reads in place of the whole query now and then.
  struct Reading: Sendable {
    var tokens: [Int32]
    /// What stands first in it: the last question, or the rewrite.
    var question: String
    /// The frozen encoder's vector of `question`, for a residual student.
    var frozen = SparseVector.empty
    /// Where its terms were said, for a student with factors.
    var spoken: SpokenTokens?
  }

  var id: ExternalID
  var conversation: ExternalID
  /// Which training set it is of.
  var set: Int
  /// How many questions the conversation has so far; regularisation may grow with it.
  var turn: Int
  /// The query in the student's form.
  var query: Reading
  /// How many of the query's tokens are the last question, with `[CLS]` before and `[SEP]` behind it.
  var questionTokens: Int
  /// The last question alone, for history dropout.
  var lastQuestion: Reading?
  /// A rewrite, which stands by itself.
  var rewrite: Reading?
  /// The turn's place in the set's `.teacher` file.
  var list: Int
  /// How much the turn's losses count: the teacher's word on it, 1 on average over the turns of a set.
  var weight = 1.0
  /// The relevant passages, as positions in the vectors' file.
  var gold: [UInt32]
}
