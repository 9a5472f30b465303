import Conversations
import Diagnostics
import Identifiers
import StrictJSON

/// Chat logs, one conversation a line or element: `messages` of `role` and `content` as OpenAI's interfaces have them, or
/// `conversations` of `from` and `value` as ShareGPT has them. Every question of the user becomes a turn.
///
/// What is neither the user's nor the assistant's (instructions, tools) is left out, and so are messages without text. A
/// conversation may come several times under one id, longer each time, as logs of requests have it; one of other words under
/// the same id is left out as a whole.
struct ChatLogImporter: Importer {
  /// What was said up to each turn's question, so that one conversation does not go on with another's turns.
  private var known: [ExternalID: Int] = [:]

  private static let roles: [String: Message.Role] = [
    "user": .user, "human": .user, "prompter": .user, "assistant": .assistant, "gpt": .assistant, "model": .assistant,
    "chatgpt": .assistant, "bing": .assistant, "bard": .assistant,
  ]

  func role(of file: ImportFile, passingMalformed passes: Bool) throws(ParlanceError) -> ImportRole? {
    guard file.hasExtension("json", "jsonl"), let first = try file.firstObject(passingMalformed: passes) else {
      return nil
    }
    return first["messages"]?.array != nil || first["conversations"]?.array != nil ? .conversations : nil
  }

  mutating func read(_ file: ImportFile, as role: ImportRole, into output: ImportOutput) throws(ParlanceError) {
    try file.eachObject(output) { row throws(ParlanceError) in
      // Without an id of its own a conversation is known by its file, below the folder that was named, and its place there.
      let name = row.optionalText("id", "conversation_id") ?? "\(file.label)-\(row.number)"
      let messages = try Self.messages(of: row, output)
      let turns = messages.indices.filter { messages[$0].role == .user }
      guard !turns.isEmpty else { return output.skip("conversations without a question") }
      var digests: [ExternalID: Int] = [:]
      var hasher = Hasher()
      for message in messages {
        hasher.combine(message)
        // To finalize a hasher ends it; this one goes on.
        let soFar = hasher
        if message.role == .user { digests[ExternalID("\(name)_\(digests.count + 1)")] = soFar.finalize() }
      }
      guard digests.allSatisfy({ known[$0.key] == nil || known[$0.key] == $0.value }) else {
        return output.skip("conversations whose id another one has")
      }
      known.merge(digests) { first, _ in first }
      for (number, place) in turns.enumerated() {
        try output.write(
          turn: "\(name)_\(number + 1)", of: name, Array(messages[..<place]), question: messages[place].content)
      }
    }
  }

  private static func messages(of row: JSONRow, _ output: ImportOutput) throws(ParlanceError) -> [Message] {
    var messages: [Message] = []
    for message in try row.rows("messages", "conversations") {
      let sender = try message.text("role", "from")
      guard let role = roles[sender.lowercased()] else {
        output.skip("messages that are neither the user's nor the assistant's")
        continue
      }
      let content = message.object["content"] ?? message.object["value"]
      let others = (content?.array ?? []).count { $0["text"]?.string == nil && $0.string == nil }
      if others > 0 { output.skip("parts of messages that are no text", others) }
      guard let text = text(of: content), !text.isBlank else {
        output.skip("messages without text")
        continue
      }
      messages.append(Message(role: role, content: text))
    }
    return messages
  }

  /// A text, or the texts among the parts of a message.
  private static func text(of content: JSONValue?) -> String? {
    if let text = content?.string { return text }
    let parts = (content?.array ?? []).compactMap { $0["text"]?.string ?? $0.string }
    return parts.isEmpty ? nil : parts.joined(separator: "\n")
  }
}
