import Conversations
import Identifiers
import Retrieval

/// A conversation as it grows: questions, what was taken for their answers, and what was found.
struct ChatConversation {
  struct Exchange {
    var question: String
    var answer: String?
    /// `nil` until it was searched for.
    var result: SearchResult?
  }

  private(set) var exchanges: [Exchange] = []

  /// What was found last.
  var result: SearchResult? { exchanges.last?.result }

  var messages: [Message] {
    exchanges.flatMap { exchange in
      [Message(role: .user, content: exchange.question)]
        + (exchange.answer.map { [Message(role: .assistant, content: $0)] } ?? [])
    }
  }

  /// The last question with all that was said before it; `nil` before the first.
  var turn: Turn? {
    guard !exchanges.isEmpty else { return nil }
    var messages = messages
    if messages.last?.role == .assistant { messages.removeLast() }
    return Turn(
      id: ExternalID("\(exchanges.count)"), conversation: "chat", number: exchanges.count, messages: messages)
  }

  /// - Returns: the turn to search for.
  mutating func ask(_ question: String) -> Turn {
    exchanges.append(Exchange(question: question))
    return turn ?? Turn(id: "1", conversation: "chat", number: 0, messages: [])
  }

  mutating func note(_ result: SearchResult) {
    guard !exchanges.isEmpty else { return }
    exchanges[exchanges.count - 1].result = result
  }

  mutating func answer(_ text: String) {
    guard !exchanges.isEmpty else { return }
    exchanges[exchanges.count - 1].answer = text
  }

  /// Takes the last question back, with its answer.
  mutating func undo() -> Exchange? { exchanges.popLast() }

  mutating func clear() { exchanges = [] }
}
