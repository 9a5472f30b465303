import StrictJSON

/// An answer that is a JSON document though the prompt asks for lines, as models give that were trained to call tools.
enum AnswerDocument {
  /// It has a text under the label: `{"query": "…"}`.
  case text(String)
  /// It has none, or only looks like JSON.
  case other
  /// It is no document.
  case lines

  /// - Parameter label: in lower case.
  init(_ lines: [Substring], label: String) {
    let texts = lines.map { HistoryText.trimmed(String($0)) }
    // Introductions and fences may be around it.
    guard let start = texts.firstIndex(where: { $0.hasPrefix("{") || $0.hasPrefix("[") }) else {
      self = .lines
      return
    }
    let end = texts.lastIndex { $0.hasSuffix("}") || $0.hasSuffix("]") } ?? start
    let text = start <= end ? texts[start...end].joined(separator: "\n") : ""
    guard let document = try? JSONValue(parsing: Array(text.utf8), file: "answer") else {
      // Brackets around a question are no JSON.
      self = texts[start].hasPrefix("{") ? .other : .lines
      return
    }
    let members = (document.array?.first ?? document).object ?? JSONObject()
    let names = ([label] + AnswerLine.otherLabels).map { Self.name($0) }
    for (key, value) in members {
      if names.contains(Self.name(key)), let text = value.string {
        self = .text(text)
        return
      }
    }
    self = .other
  }

  /// `rewritten_query` is `Rewritten query`.
  private static func name(_ key: String) -> String { key.replacing("_", with: " ").lowercased() }
}
