import Conversations
import Diagnostics
import Evaluation

extension ConversationPlaces {
  /// Reads where each turn of a conversations file stands; the messages are not kept.
  ///
  /// - Parameter look: is shown each turn, for whoever wants more of it: a pipe can be read but once.
  init(
    readingFrom path: String, interruption: Interruption, look: (Turn) -> Void = { _ in }
  ) throws(ParlanceError) {
    self.init()
    let reader = try TurnReader(path: path, interruption: interruption)
    while let turn = try reader.next() {
      places[turn.id] = Place(conversation: turn.conversation, turn: turn.number)
      look(turn)
    }
  }
}
