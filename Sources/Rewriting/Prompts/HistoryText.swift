import Conversations

/// What was said before the question, as a language model reads it.
enum HistoryText {
  /// Lines of `user: …` and `system: …`, oldest first. Of a longer history the most recent characters are kept, from the
  /// beginning of a message where one begins among them.
  static func of(_ turn: Turn, atMost limit: Int) -> String {
    var kept: [String] = []
    var length = 0
    for message in turn.messages.dropLast().reversed() {
      let words = message.content.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if words.isEmpty { continue }
      let line = (message.role == .user ? "user: " : "system: ") + words
      if length + line.count + 1 > limit {
        // The most recent message alone may be too long; its end is what the question follows.
        if kept.isEmpty { kept.append(String(line.suffix(limit))) }
        break
      }
      kept.append(line)
      length += line.count + 1
    }
    return kept.reversed().joined(separator: "\n")
  }

  static func trimmed(_ text: String) -> String {
    var rest = Substring(text)
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest.drop(while: \.isWhitespace))
  }
}
