/// A line of an answer, and what models put around what they were asked for.
struct AnswerLine: Sendable, Hashable {
  let text: String

  init(_ text: String) { self.text = HistoryText.trimmed(text) }

  /// A line as it was written, without list signs and bold type: `- **Query:** …`.
  init(marked line: Substring) {
    var text = HistoryText.trimmed(String(line))
    for sign in ["- ", "* ", "> ", "• "] where text.hasPrefix(sign) { text.removeFirst(2) }
    self.init(text.replacing("**", with: ""))
  }

  /// Whether it says anything: `---` does not.
  var hasWords: Bool { text.contains { $0.isLetter || $0.isNumber } }

  /// As what introduces a rewrite does: `Here it is:`.
  var endsInColon: Bool { text.last.map { Self.isColon($0) } ?? false }

  /// Whether it opens a fence and says nothing besides: `` ``` ``, `` ```json ``.
  var opensFence: Bool {
    text.hasPrefix("```") && !text.dropFirst(3).contains { $0.isWhitespace || $0 == "`" }
  }

  /// Whether it heads what follows, or fences it: `## Answer`, a label alone, `` ```json ``.
  func isHeading(_ label: String?) -> Bool {
    if text.hasPrefix("```") || text.hasPrefix("##") { return true }
    // With a blank, unlike `#metoo`.
    if text.first == "#", text.dropFirst().first?.isWhitespace == true { return true }
    let bare = Self.bare(text)
    return bare == label || Self.labels.contains(bare)
  }

  /// Without a label and quotation marks around it.
  func cleaned(_ label: String?) -> AnswerLine {
    withoutLabel(label).unquoted.withoutLabel(label)
  }

  private func withoutLabel(_ label: String?) -> AnswerLine {
    for name in Self.labels + (label.map { [$0] } ?? []) {
      if let rest = Self.rest(of: text, behind: name) { return AnswerLine(rest) }
    }
    return self
  }

  private var unquoted: AnswerLine {
    var text = text
    for (open, close) in [("\"", "\""), ("“", "”"), ("'", "'"), ("`", "`")] as [(Character, Character)] {
      if text.count > 1, text.first == open, text.last == close { text = String(text.dropFirst().dropLast()) }
    }
    return AnswerLine(text)
  }

  /// What stands behind this label, where the line begins with it; `nil` where it does not.
  func rest(behind label: String) -> String? {
    Self.rest(of: text, behind: label) ?? Self.rest(of: unquoted.text, behind: label)
  }

  /// The same for a label that the prompt did not ask for and that says as clearly what follows: `Rewritten question: …`,
  /// `Sure! Here is the rewritten question: …`.
  var restBehindOtherLabel: String? {
    for label in Self.otherLabels {
      if let rest = rest(behind: label) { return rest }
    }
    guard let colon = text.firstIndex(where: { Self.isColon($0) }) else { return nil }
    var before = Self.bare(String(text[..<colon]))
    if before.hasSuffix(" is") { before.removeLast(3) }
    // Otherwise a thought about the rewrite would count as well.
    let isIntroduction = before.split(separator: " ").contains { $0.hasPrefix("here") }
    let isPhrase = Self.phrases.contains { phrase in
      before == "the " + phrase || (isIntroduction && before.hasSuffix(" " + phrase))
    }
    return isPhrase ? HistoryText.trimmed(String(text[text.index(after: colon)...])) : nil
  }

  /// What stands behind a label, whatever numbers, signs and emphasis Markdown puts around it: `1. *Query:* …`; a colon may be as
  /// wide as Chinese and Japanese have it. Emphasis is taken off where it was opened before the label; other signs are the text's.
  private static func rest(of line: String, behind label: String) -> String? {
    var (opened, text) = unmarked(line[...])
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    if (1...2).contains(digits.count), let sign = text.dropFirst(digits.count).first, ".)".contains(sign) {
      let behindNumber = unmarked(text.dropFirst(digits.count + 1))
      opened += behindNumber.opened
      text = behindNumber.text
    }
    guard text.prefix(label.count).lowercased() == label else { return nil }
    text = text.dropFirst(label.count)
    while let sign = text.first, isEmphasis(sign) || sign.isWhitespace {
      if sign == opened.last { opened.removeLast() }
      text = text.dropFirst()
    }
    guard let colon = text.first, isColon(colon) else { return nil }
    text = text.dropFirst()
    while let sign = text.first, sign == opened.last {
      opened.removeLast()
      text = text.dropFirst()
    }
    // `*Query: when was it built?*`
    let closing = String(opened.reversed())
    if !closing.isEmpty, text.hasSuffix(closing) { text = text.dropLast(closing.count) }
    return HistoryText.trimmed(String(text))
  }

  /// A text behind the marks that it begins with, and of those the emphasis that it opens.
  private static func unmarked(_ line: Substring) -> (opened: [Character], text: Substring) {
    let text = line.drop { isMark($0) }
    let marks = line[..<text.startIndex]
    let start = marks.lastIndex { !isEmphasis($0) }.map { marks.index(after: $0) } ?? marks.startIndex
    return (Array(marks[start...]), text)
  }

  /// A label without marks and colons around it, in lower case.
  static func bare(_ text: String) -> String {
    var bare = text.drop { isMark($0) }
    while let last = bare.last, isMark(last) || isColon(last) { bare.removeLast() }
    return bare.lowercased()
  }

  private static func isColon(_ character: Character) -> Bool { character == ":" || character == "：" }

  private static func isEmphasis(_ character: Character) -> Bool { "*_`".contains(character) }

  private static func isMark(_ character: Character) -> Bool {
    character.isWhitespace || "#>-•".contains(character) || isEmphasis(character)
  }

  private static let phrases = [
    "rewritten query", "rewritten question", "self-contained query", "self-contained question", "standalone query",
    "standalone question",
  ]
  static let otherLabels = phrases + ["query", "rewrite", "search query"]
  /// Labels that are no part of a rewrite, though they do not say that it is what follows.
  private static let labels = otherLabels + ["question", "answer", "keywords", "output"]
}
