import Conversations
import Diagnostics
import StrictJSON

/// Chat logs, one conversation a line or element: `messages` of `role` and `content` as OpenAI's interfaces have them, or
/// `conversations` of `from` and `value` as ShareGPT has them. Every question of the user becomes a turn.
///
/// What is neither the user's nor the assistant's (instructions, tools) is left out, and so are messages without text.
struct ChatLogImporter: Importer {
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

  func read(_ file: ImportFile, as role: ImportRole, into output: ImportOutput) throws(ParlanceError) {
    try file.eachObject(output) { row throws(ParlanceError) in
      // Without an id of its own a conversation is known by its file, below the folder that was named, and its place there.
      let name = row.optionalText("id", "conversation_id") ?? "\(file.label)-\(row.number)"
      var history: [Message] = []
      var number = 0
      for message in try row.rows("messages", "conversations") {
        let sender = try message.text("role", "from")
        guard let role = Self.roles[sender.lowercased()] else {
          output.skip("messages that are neither the user's nor the assistant's")
          continue
        }
        guard let text = Self.text(of: message.object["content"] ?? message.object["value"]), !text.isBlank else {
          output.skip("messages without text")
          continue
        }
        if role == .user {
          number += 1
          try output.write(turn: "\(name)_\(number)", of: name, history, question: text)
        }
        history.append(Message(role: role, content: text))
      }
      if number == 0 { output.skip("conversations without a question") }
    }
  }

  /// A text, or the texts among the parts of a message.
  private static func text(of content: JSONValue?) -> String? {
    if let text = content?.string { return text }
    let parts = (content?.array ?? []).compactMap { $0["text"]?.string ?? $0.string }
    return parts.isEmpty ? nil : parts.joined(separator: "\n")
  }
}
