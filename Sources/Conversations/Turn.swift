public import Identifiers

/// One message of a conversation.
public struct Message: Hashable, Sendable, Codable {
  public enum Role: String, Hashable, Sendable, Codable {
    case user
    case assistant
  }

  public var role: Role
  public var content: String

  public init(role: Role, content: String) {
    self.role = role
    self.content = content
  }
}

/// A turn: the user's last question together with everything that was said before it.
///
/// `messages` is in the order of the conversation and ends with the user's question.
public struct Turn: Hashable, Sendable {
  public var id: ExternalID
  /// The conversation that the turn belongs to; turns of one conversation are not independent.
  public var conversation: ExternalID
  /// How many user messages there are, this question included: 1 for the first turn.
  public var number: Int
  public var messages: [Message]

  /// Nothing is checked here: readers and `TurnWriter` refuse a turn whose last message is not a question of the user's, and
  /// one whose `number` does not count the user's messages.
  public init(id: ExternalID, conversation: ExternalID, number: Int, messages: [Message]) {
    self.id = id
    self.conversation = conversation
    self.number = number
    self.messages = messages
  }
}

/// A self-contained form of a turn's last question, by a person or an LLM.
public struct Rewrite: Hashable, Sendable {
  /// The turn's id.
  public var id: ExternalID
  public var text: String

  public init(id: ExternalID, text: String) {
    self.id = id
    self.text = text
  }
}
