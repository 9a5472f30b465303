/// Makes a rewrite of what a language model wrote, or says why it is none.
struct AnswerReading: Sendable {
  /// Why an answer is no rewrite.
  enum Fault: String, Error {
    case empty = "the answer is empty"
    case short = "the answer has under three words"
    case long = "the answer is over 200 words"
    case unfinished = "the answer ends before its reasoning does"
  }

  /// What the model was told to write before its answer.
  let label: String?
  /// How many lines are taken.
  let lines: Int

  private static let leastWords = 3
  private static let mostWords = 200

  /// The first lines with something on them behind the label, without labels, quotation marks and list signs.
  func rewrite(_ answer: String) -> Result<String, Fault> {
    var text = Substring(answer)
    // Reasoning models think aloud first.
    if let end = text.ranges(of: "</think>").last { text = text[end.upperBound...] }
    if text.contains("<think>") { return .failure(.unfinished) }
    if let label, let start = text.ranges(of: label + ":").first { text = text[start.lowerBound...] }
    let found = text.split(whereSeparator: \.isNewline).map { Self.cleaned($0) }.filter { !$0.isEmpty }
    let rewrite = found.prefix(lines).joined(separator: " ")
    let words = rewrite.split(whereSeparator: \.isWhitespace).count
    if words == 0 { return .failure(.empty) }
    if words < Self.leastWords { return .failure(.short) }
    return words > Self.mostWords ? .failure(.long) : .success(rewrite)
  }

  /// A line without what models put around it: `- **Query:** "…"`.
  private static func cleaned(_ line: Substring) -> String {
    var text = HistoryText.trimmed(String(line))
    for sign in ["- ", "* ", "> "] where text.hasPrefix(sign) { text.removeFirst(2) }
    text = text.replacing("**", with: "")
    if let colon = text.firstIndex(of: ":") {
      // A label is a word or two; a colon later on is the sentence's.
      let label = text[..<colon]
      if labels.contains(label.lowercased()) { text = HistoryText.trimmed(String(text[text.index(after: colon)...])) }
    }
    for (open, close) in [("\"", "\""), ("“", "”"), ("'", "'"), ("`", "`")] as [(Character, Character)] {
      if text.count > 1, text.first == open, text.last == close { text = String(text.dropFirst().dropLast()) }
    }
    return HistoryText.trimmed(text)
  }

  private static let labels: Set<String> = [
    "query", "question", "rewrite", "rewritten query", "rewritten question", "search query", "answer", "keywords",
    "self-contained query", "self-contained question", "standalone question", "output",
  ]
}
