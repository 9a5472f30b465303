import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import Reports
import Retrieval

/// Shows what a chat has to say.
struct ChatPage {
  let searcher: Searcher
  let console: Console
  /// Columns of the window, which may change between two answers.
  var width: Int

  private func page(of result: SearchResult, linesOfText: Int = 3) -> ResultPage {
    var page = ResultPage(console: console, linesOfText: linesOfText)
    page.width = width
    if console.outputIsTerminal {
      page.matches = { found, text in (try? searcher.matches(result, found, in: text)) ?? [] }
    }
    return page
  }

  func print(_ result: SearchResult) throws {
    let page = page(of: result)
    try page.printPassages(result)
    try page.printAbsence(of: result)
    let encode = FixedDecimal.text(result.encodingTime.milliseconds, digits: 1)
    let search = FixedDecimal.text(result.searchTime.milliseconds, digits: 1)
    let cut = result.isTruncated ? "; the oldest part did not fit" : ""
    let terms = FixedDecimal.counted(result.answer.queryTerms, "term")
    let summary = "\(terms), encoded in \(encode) ms, searched in \(search) ms\(cut)"
    if console.outputIsTerminal { try console.print(console.dim(summary)) } else { console.note(summary) }
  }

  /// The query's terms, and of one passage or of each what its score is the sum of.
  func explain(_ result: SearchResult, passage: Int?) throws {
    var shown = result
    if let passage { shown.passages = [try found(passage, in: result)] }
    let explanations = try shown.passages.map { found throws(ParlanceError) in try searcher.explain(result, found) }
    let page = page(of: result)
    try page.printTerms(of: result)
    try page.printPassages(shown, explanations: explanations)
  }

  func passage(_ number: Int, of result: SearchResult) throws {
    let found = try found(number, in: result)
    guard found.passage != nil else { throw Self.noTexts }
    var shown = result
    shown.passages = [found]
    try page(of: result, linesOfText: .max).printPassages(shown)
  }

  /// - Throws: `usage` when there is no such passage.
  func found(_ number: Int, in result: SearchResult) throws(ParlanceError) -> FoundPassage {
    guard let found = result.passages.first(where: { $0.rank == number }) else {
      throw ParlanceError(
        .usage,
        result.passages.isEmpty
          ? "no passage was found" : "expected a passage from 1 to \(result.passages.count), found \(number)")
    }
    return found
  }

  static let noTexts = ParlanceError(.unavailable, "the index was built without texts")

  /// Where each passage stands when the last question is searched for alone, and where by the form of the chat.
  func compare(_ result: SearchResult, _ form: ConversationForm, alone: SearchResult) throws {
    func rank(_ found: FoundPassage, in other: SearchResult) -> String {
      other.passages.first { $0.id == found.id }.map { "\($0.rank)" } ?? "-"
    }
    let names = [form.rawValue, "last question"]
    try console.print(console.dim("  " + names.joined(separator: "  ")))
    let rest = alone.passages.filter { rank($0, in: result) == "-" }
    let room = width - names.reduce(6) { $0 + $1.count }
    for found in result.passages + rest {
      let ranks = zip(names, [result, alone]).map { Self.right(rank(found, in: $1), $0.count) }
      let title = found.passage?.title ?? ""
      let lines = ResultPage.wrapped(title.isEmpty ? found.id.string : title, width: room, lines: 1)
      try console.print("  " + ranks.joined(separator: "  ") + "  " + (lines.first ?? ""))
    }
    let shared = alone.passages.count - rest.count
    try console.print(
      console.dim(
        "  \(shared) of \(result.passages.count) found by both; "
          + "\(FixedDecimal.counted(result.terms.count, "term")) against \(alone.terms.count)"))
  }

  /// What was said, and how many of the query's terms came from each message.
  func turns(_ conversation: ChatConversation) throws {
    let terms = conversation.result?.terms ?? []
    for (number, message) in conversation.messages.enumerated() {
      let count = terms.count { $0.source == .message(number) }
      let who = message.role == .user ? console.bold("you") : "ans"
      let note = terms.isEmpty ? "" : "  " + console.dim(FixedDecimal.counted(count, "term"))
      let lines = ResultPage.wrapped(message.content, width: width - 24, lines: message.role == .user ? 4 : 2)
      for (place, line) in lines.enumerated() {
        let place = place == 0 ? Self.right("\(number + 1)", 3) + "  " + who + "  " : "          "
        try console.print(place + line + (line == lines.first ? note : ""))
      }
    }
    if conversation.exchanges.isEmpty { try console.print("nothing was said yet") }
  }

  func help() throws {
    for command in ChatInstruction.commands {
      let head = command.name + (command.takes.isEmpty ? "" : " " + command.takes)
      let lines = ResultPage.wrapped(command.does, width: width - 24, lines: 4)
      for (place, line) in lines.enumerated() {
        try console.print("  " + (place == 0 ? console.bold(Self.left(head, 20)) : Self.left("", 20)) + "  " + line)
      }
    }
  }

  private static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - displayWidth(text)))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - displayWidth(text))) + text
  }
}
