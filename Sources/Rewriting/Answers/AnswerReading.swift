/// Makes a rewrite of what a language model wrote, or says why it is none.
struct AnswerReading: Sendable {
  /// Why an answer is no rewrite.
  enum Fault: String, Error {
    case empty = "the answer is empty"
    case short = "the answer has under three words"
    case long = "the answer is over 200 words"
    case unfinished = "the answer ends before its reasoning does"
    case cut = "the answer was cut off at the greatest number of tokens"
    case unreadable = "the answer is whole and cannot be read"
  }

  /// What the model was told to write before its answer.
  let label: String?
  /// How many lines are taken.
  let lines: Int

  private static let leastWords = 3
  private static let mostWords = 200

  init(label: String?, lines: Int) {
    self.label = label?.isEmpty == true ? nil : label
    self.lines = lines
  }

  /// The first lines with something on them behind the label, without labels, quotation marks and list signs.
  ///
  /// Of an answer that was cut off only lines that ended before are taken: half a question finds other passages.
  func rewrite(_ answer: ChatAnswer) -> Result<String, Fault> {
    guard !answer.isUnreadable else { return .failure(.unreadable) }
    var text = Substring(answer.content)
    // Reasoning models think aloud first.
    if let end = text.ranges(of: "</think>").last { text = text[end.upperBound...] }
    if text.contains("<think>") { return .failure(.unfinished) }
    var found = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if answer.wasCutOff { found.removeLast() }
    let cleaned = behindLabel(found.map { Self.unmarked($0) }).map { clean($0) }.filter { !$0.isEmpty }
    if answer.wasCutOff, cleaned.count < lines { return .failure(.cut) }
    let rewrite = cleaned.prefix(lines).joined(separator: " ")
    let words = WordCount.of(rewrite)
    if words == 0 { return .failure(.empty) }
    if words < Self.leastWords { return .failure(.short) }
    return words > Self.mostWords ? .failure(.long) : .success(rewrite)
  }

  /// What follows the first line that begins with the label; all lines where none does.
  private func behindLabel(_ lines: [String]) -> [String] {
    guard let label else { return lines }
    let wanted = label.lowercased() + ":"
    for (place, line) in lines.enumerated() where line.lowercased().hasPrefix(wanted) {
      return [String(line.dropFirst(wanted.count))] + lines[(place + 1)...]
    }
    return lines
  }

  /// A line without list signs and bold type: `- **Query:** …`.
  private static func unmarked(_ line: Substring) -> String {
    var text = HistoryText.trimmed(String(line))
    for sign in ["- ", "* ", "> "] where text.hasPrefix(sign) { text.removeFirst(2) }
    return HistoryText.trimmed(text.replacing("**", with: ""))
  }

  /// A line without a label and quotation marks around it.
  private func clean(_ line: String) -> String {
    var text = HistoryText.trimmed(line)
    if let colon = text.firstIndex(of: ":") {
      // A label is a word or two; a colon later on is the sentence's.
      let before = text[..<colon].lowercased()
      if Self.labels.contains(before) || before == label?.lowercased() {
        text = HistoryText.trimmed(String(text[text.index(after: colon)...]))
      }
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
