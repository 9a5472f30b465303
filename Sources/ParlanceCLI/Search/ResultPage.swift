import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import Reports
import Retrieval

/// Shows the passages that a search found to a person.
struct ResultPage {
  let console: Console
  /// Lines of text that are shown of each passage.
  var linesOfText = 3
  /// Columns of the screen.
  var width: Int
  /// Which words of a passage's text to mark.
  var matches: ((FoundPassage, String) -> [Range<Int>])?
  /// Terms that are shown of a query and of a score; the rest are counted.
  private let shownTerms = 12

  init(console: Console, linesOfText: Int = 3) {
    self.console = console
    self.linesOfText = linesOfText
    width = console.width
  }

  func print(_ result: SearchResult, explanations: [[ExplainedTerm]]? = nil) throws {
    if explanations != nil { try printTerms(of: result) }
    try printPassages(result, explanations: explanations)
    try printSummary(of: result)
  }

  /// The passages alone, with text and, where given, the terms of their scores.
  func printPassages(_ result: SearchResult, explanations: [[ExplainedTerm]]? = nil) throws {
    for (place, found) in result.passages.enumerated() {
      let rank = String(repeating: " ", count: max(0, 3 - "\(found.rank)".count)) + "\(found.rank)"
      let score = FixedDecimal.text(Double(found.score), digits: 2)
      let title = found.passage?.title ?? ""
      let id = found.id.string.withoutControls
      let heading = Self.wrapped(title.isEmpty ? id : title, width: width - 14, lines: 2)
      for (line, text) in heading.enumerated() {
        try console.print(
          line == 0 ? "\(rank)  \(console.bold(text))  \(console.dim(score))" : "     " + console.bold(text))
      }
      if let passage = found.passage {
        for line in text(of: passage, found) { try console.print("     " + line) }
        try console.print("     " + console.dim(id))
      }
      if let terms = explanations?[place] {
        for line in Self.wrapped(sum(terms, result), width: width - 6, lines: 8) {
          try console.print("     " + line)
        }
      }
    }
  }

  private func text(of passage: Passage, _ found: FoundPassage) -> [String] {
    guard let matches else { return Self.wrapped(passage.text, width: width - 6, lines: linesOfText) }
    return Snippet(passage.text, marks: matches(found, passage.text), width: width - 6, lines: linesOfText)
      .text(console.mark)
  }

  /// Why there are no passages, where there are none.
  func printAbsence(of result: SearchResult) throws {
    guard result.passages.isEmpty else { return }
    try console.print(
      result.answer.queryTerms == 0
        ? "The query has no terms, so no passage matches."
        : "No passage \(result.answer.passagesAllowed == nil ? "" : "that fits the filter ")has any of the query's terms."
    )
  }

  private func printSummary(of result: SearchResult) throws {
    let answer = result.answer
    try printAbsence(of: result)
    let encode = FixedDecimal.text(result.encodingTime.milliseconds, digits: 1)
    let search = FixedDecimal.text(result.searchTime.milliseconds, digits: 1)
    console.note(
      "\(answer.approximation.map { "approximate, dial \($0.dial)," } ?? "exact") over \(answer.weights.rawValue) weights; "
        + "\(FixedDecimal.counted(answer.queryTerms, "term")), \(FixedDecimal.counted(answer.postingsTouched, "posting")); "
        + "encoded in \(encode) ms, searched in \(search) ms")
    if let allowed = answer.passagesAllowed {
      console.note("\(FixedDecimal.counted(allowed, "passage")) \(allowed == 1 ? "fits" : "fit") the filter")
    }
    if result.isTruncated { console.note("the oldest part of the query did not fit the encoder and was left out") }
  }

  func printTerms(of result: SearchResult) throws {
    try console.print(console.bold("query") + "  \(result.terms.count) terms")
    if result.terms.contains(where: { $0.frozenWeight != nil }) {
      try console.print("  a+b: a of the last question, by the frozen encoder, b that the student adds")
    }
    for (label, terms) in QueryTermGroup.all(of: result) {
      let shown = terms.prefix(shownTerms).map { "\($0.piece) \(Self.weight(of: $0))" }
      let rest = terms.count > shownTerms ? ", and \(terms.count - shownTerms) more" : ""
      for line in Self.wrapped("\(label): \(shown.joined(separator: ", "))\(rest)", width: width - 2, lines: 8) {
        try console.print("  " + line)
      }
    }
  }

  /// A term's weight; where both parts of a residual student gave something, the sum of the two.
  private static func weight(of term: QueryTerm) -> String {
    func text(_ number: Float) -> String { FixedDecimal.text(Double(number), digits: 2) }
    let frozen = term.frozenWeight ?? 0
    let added = text(term.weight - frozen)
    return frozen > 0 && added != text(0) ? text(frozen) + "+" + added : text(term.weight)
  }

  /// What a passage's score is the sum of, and how much of it each part of a residual student gave.
  private func sum(_ terms: [ExplainedTerm], _ result: SearchResult) -> String {
    func text(_ number: Float) -> String { FixedDecimal.text(Double(number), digits: 2) }
    let parts = terms.prefix(shownTerms).map { "\($0.piece) \(text($0.contribution))" }
    var line = "= " + parts.joined(separator: " + ")
    if terms.count > shownTerms { line += " + \(terms.count - shownTerms) more" }
    var shares: [String: Float] = [:]
    for term in result.terms {
      if let frozen = term.frozenWeight { shares[term.piece] = term.weight > 0 ? frozen / term.weight : 0 }
    }
    guard !shares.isEmpty else { return line }
    let whole = terms.reduce(0) { $0 + $1.contribution }
    let frozen = terms.reduce(0) { $0 + $1.contribution * (shares[$1.piece] ?? 0) }
    return line + "; \(text(frozen)) of the last question, \(text(whole - frozen)) added"
  }

  /// Breaks a text at blanks into at most `lines` lines of at most `width` characters.
  static func wrapped(_ text: String, width: Int, lines limit: Int) -> [String] {
    let width = max(20, width)
    var lines: [String] = []
    var line = ""
    for word in text.withoutControls.split(whereSeparator: \.isWhitespace) {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
        if lines.count == limit { break }
      }
      line += line.isEmpty ? String(word.prefix(width)) : " " + word
    }
    if lines.count < limit {
      if !line.isEmpty { lines.append(line) }
    } else if let last = lines.last {
      lines[limit - 1] = last.count > width - 2 ? last.prefix(width - 2) + " …" : last + " …"
    }
    return lines
  }
}
