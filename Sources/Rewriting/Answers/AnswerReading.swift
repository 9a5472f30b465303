/// Makes a rewrite of what a language model wrote, or says why it is none.
///
/// Where the prompt asks for a label, what stands behind it is the rewrite. Many small models leave the label away and write the
/// question alone, so that an answer without it is taken where only one reading is left: a line more could as well be a thought, an
/// apology or an explanation, and would teach as if it were the question. Where the prompt itself ends in the label, an answer that
/// goes on behind it is what was asked for, and its first line is the rewrite.
struct AnswerReading: Sendable {
  /// Why an answer is no rewrite.
  enum Fault: String, Error {
    case empty = "the answer is empty"
    case short = "the answer has under three words"
    case long = "the answer is over 200 words"
    case unfinished = "the answer ends before its reasoning does"
    case cut = "the answer was cut off at the greatest number of tokens"
    case unreadable = "the answer is whole and cannot be read"
    case unlabelled = "the answer has several lines, and none begins with the label"
    case introduction = "the answer has headings or introductions alone"
    case json = "the answer is JSON, without a text under the label"
    case filtered = "the endpoint's content filter kept the answer back"
    case refusal = "the model refuses to answer"
  }

  /// A rewrite that was found.
  struct Found: Sendable, Hashable {
    var text: String
    /// Whether the prompt asks for a label that the answer does not have.
    var lacksLabel: Bool
  }

  /// What the model was told to write before its answer, in lower case, without a colon.
  let label: String?
  /// How many lines are taken.
  let lines: Int
  /// Whether the prompt itself ends in the label, so that an answer may go on behind it.
  let isLabelGiven: Bool

  private static let leastWords = 3
  private static let mostWords = 200

  init(label: String?, lines: Int, isLabelGiven: Bool = false) {
    let bare = label.map { AnswerLine.bare($0) } ?? ""
    self.label = bare.isEmpty ? nil : bare
    self.lines = lines
    self.isLabelGiven = isLabelGiven
  }

  /// Of answers to a prompt.
  init(_ prompt: PromptTemplate) {
    self.init(label: prompt.label, lines: prompt.lines, isLabelGiven: prompt.isLabelGiven)
  }

  /// The first lines with something on them behind the label, without labels, quotation marks and list signs.
  ///
  /// Of an answer that was cut off only lines that ended before are taken, and without the label none: half a question finds other
  /// passages, and a thought begins with whole lines.
  func rewrite(_ answer: ChatAnswer) -> Result<Found, Fault> {
    guard !answer.isUnreadable else { return .failure(.unreadable) }
    if answer.wasFiltered { return .failure(.filtered) }
    if answer.isRefusal { return .failure(.refusal) }
    var text = Substring(answer.content)
    // Reasoning models think aloud first.
    if let end = text.ranges(of: "</think>").last { text = text[end.upperBound...] }
    if text.contains("<think>") { return .failure(.unfinished) }
    var written = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if answer.wasCutOff { written.removeLast() }
    let found = written.map { AnswerLine(marked: $0) }
    guard let label else { return rewrite(of: found, isCutOff: answer.wasCutOff, lacksLabel: false) }
    if let (own, behind) = Self.behind(found, { $0.rest(behind: label) }) {
      return rewrite(of: behind, own: own, isCutOff: answer.wasCutOff, lacksLabel: false)
    }
    if let (own, behind) = Self.behind(found, { $0.restBehindOtherLabel }) {
      return rewrite(of: behind, own: own, isCutOff: answer.wasCutOff, lacksLabel: true)
    }
    if answer.wasCutOff { return .failure(.cut) }
    switch AnswerDocument(written, label: label) {
    case .text(let text):
      let lines = text.split(whereSeparator: \.isNewline).map { AnswerLine(marked: $0) }
      return rewrite(of: lines, isCutOff: false, lacksLabel: true)
    case .other: return .failure(.json)
    case .lines: break
    }
    let hasMore = texts(found).count > lines
    if !isLabelGiven, hasMore { return .failure(.unlabelled) }
    // Behind a label that the prompt gave, more lines explain the rewrite, or are an apology: somebody should look.
    return rewrite(of: found, isCutOff: false, lacksLabel: !isLabelGiven || hasMore)
  }

  /// The rest of the first line that begins with a label, and the lines that follow it; `nil` where none does.
  private static func behind(
    _ lines: [AnswerLine], _ rest: (AnswerLine) -> String?
  ) -> (own: AnswerLine, behind: [AnswerLine])? {
    for (place, line) in lines.enumerated() {
      if let own = rest(line) { return (AnswerLine(own), Array(lines[(place + 1)...])) }
    }
    return nil
  }

  /// - Parameter own: what stands behind the label on its own line.
  private func rewrite(
    of found: [AnswerLine], own: AnswerLine? = nil, isCutOff: Bool, lacksLabel: Bool
  ) -> Result<Found, Fault> {
    var texts = texts(found)
    if let own, let said = ownText(own) { texts.insert(said, at: 0) }
    if isCutOff, texts.count < lines { return .failure(.cut) }
    let text = texts.prefix(lines).joined(separator: " ")
    let words = WordCount.of(text)
    if words == 0 {
      let hasWords = own?.hasWords == true || found.contains(where: \.hasWords)
      return .failure(hasWords ? .introduction : .empty)
    }
    if words < Self.leastWords { return .failure(.short) }
    return words > Self.mostWords ? .failure(.long) : .success(Found(text: text, lacksLabel: lacksLabel))
  }

  /// What the label's own line says, whatever sign it begins or ends with: it is what the label announces. `nil` for a line without
  /// words, one that opens a fence, and one that is another label alone.
  private func ownText(_ own: AnswerLine) -> String? {
    let cleaned = own.cleaned(label)
    let isOtherLabel = own.restBehindOtherLabel?.isEmpty == true
    return cleaned.hasWords && !own.opensFence && !isOtherLabel ? cleaned.text : nil
  }

  /// The lines that may be a rewrite.
  private func texts(_ found: [AnswerLine]) -> [String] {
    found.filter { !$0.isHeading(label) }.map { $0.cleaned(label) }.filter { $0.hasWords && !$0.endsInColon }
      .map(\.text)
  }
}
