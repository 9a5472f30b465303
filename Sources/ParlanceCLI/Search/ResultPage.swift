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
  /// Terms that are shown of a query and of a score; the rest are counted.
  private let shownTerms = 12

  init(console: Console, linesOfText: Int = 3) {
    self.console = console
    self.linesOfText = linesOfText
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
      let heading = Self.wrapped(title.isEmpty ? found.id.string : title, width: console.width - 14, lines: 2)
      for (line, text) in heading.enumerated() {
        try console.print(
          line == 0 ? "\(rank)  \(console.bold(text))  \(console.dim(score))" : "     " + console.bold(text))
      }
      if let passage = found.passage {
        for line in Self.wrapped(passage.text, width: console.width - 6, lines: linesOfText) {
          try console.print("     " + line)
        }
        try console.print("     " + console.dim(found.id.string))
      }
      if let terms = explanations?[place] {
        for line in Self.wrapped(Self.sum(terms, shown: shownTerms), width: console.width - 6, lines: 6) {
          try console.print("     " + line)
        }
      }
    }
  }

  private func printSummary(of result: SearchResult) throws {
    let answer = result.answer
    if result.passages.isEmpty {
      try console.print(
        answer.queryTerms == 0
          ? "The query has no terms, so no passage matches." : "No passage has any of the query's terms.")
    }
    let encode = FixedDecimal.text(result.encodingTime / .milliseconds(1), digits: 1)
    let search = FixedDecimal.text(result.searchTime / .milliseconds(1), digits: 1)
    console.note(
      "\(answer.isExact ? "exact" : "approximate") over \(answer.weights.rawValue) weights; "
        + "\(FixedDecimal.counted(answer.queryTerms, "term")), \(FixedDecimal.counted(answer.postingsTouched, "posting")); "
        + "encoded in \(encode) ms, searched in \(search) ms")
    if result.isTruncated { console.note("the oldest part of the query did not fit the encoder and was left out") }
  }

  private func printTerms(of result: SearchResult) throws {
    try console.print(console.bold("query") + "  \(FixedDecimal.counted(result.terms.count, "term"))")
    for (source, terms) in Self.bySource(result) {
      let shown = terms.prefix(shownTerms).map { "\($0.piece) \(FixedDecimal.text(Double($0.weight), digits: 2))" }
      let rest = terms.count > shownTerms ? ", and \(terms.count - shownTerms) more" : ""
      let label = Self.label(of: source, in: result.query)
      for line in Self.wrapped("\(label): \(shown.joined(separator: ", "))\(rest)", width: console.width - 2, lines: 6)
      {
        try console.print("  " + line)
      }
    }
  }

  /// The terms by the part of the query they came from, newest part first.
  private static func bySource(_ result: SearchResult) -> [(FormedQuery.Source?, [QueryTerm])] {
    let order = result.query.segments.map { Optional($0.source) } + [nil]
    return order.compactMap { source in
      let terms = result.terms.filter { $0.source == source }
      return terms.isEmpty ? nil : (source, terms)
    }
  }

  private static func label(of source: FormedQuery.Source?, in query: FormedQuery) -> String {
    switch source {
    case .rewrite: "from the rewrite"
    case .message(let index):
      if query.segments.count == 1 {
        "from the question"
      } else if query.segments.first?.source == source {
        "from the question, message \(index + 1)"
      } else {
        "from message \(index + 1)"
      }
    case nil: "from [CLS] and [SEP]"
    }
  }

  private static func sum(_ terms: [ExplainedTerm], shown: Int) -> String {
    let parts = terms.prefix(shown).map { "\($0.piece) \(FixedDecimal.text(Double($0.contribution), digits: 2))" }
    return "= " + parts.joined(separator: " + ") + (terms.count > shown ? " + \(terms.count - shown) more" : "")
  }

  /// Breaks a text at blanks into at most `lines` lines of at most `width` characters.
  static func wrapped(_ text: String, width: Int, lines limit: Int) -> [String] {
    let width = max(20, width)
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
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
