import Conversations
import Identifiers

/// Whether turns come in the order in which they were asked.
///
/// A turn follows another when its questions are that one's and one more; answers may differ. So a conversation that
/// branches, as CAsT 2022's do, is in order as long as no branch comes before what it branches from.
struct TurnOrder {
  /// What a turn is found to be.
  enum Place {
    case inOrder
    /// Another turn of the conversation asked the same questions.
    case again
    /// A turn that follows it came before it.
    case late
  }

  private var known: Set<TextDigest> = []
  /// Turns that were missing when one that follows them came.
  private var awaited: Set<TextDigest> = []

  /// How many turns that others follow are nowhere in the files.
  var missing: Int { awaited.count }

  mutating func add(_ turn: Turn) -> Place {
    let questions = turn.messages.filter { $0.role == .user }.map(\.content)
    let own = TextDigest([turn.conversation.string] + questions)
    guard known.insert(own).inserted else { return .again }
    if questions.count > 1 {
      let before = TextDigest([turn.conversation.string] + questions.dropLast())
      if !known.contains(before) { awaited.insert(before) }
    }
    return awaited.remove(own) == nil ? .inOrder : .late
  }
}
