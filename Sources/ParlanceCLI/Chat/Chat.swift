import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import Reports
import Retrieval

/// A conversation with an index, line by line, whoever types them.
struct Chat {
  enum Output {
    case text
    /// One document a question, with the query's terms or without.
    case json(explain: Bool)
  }

  let searcher: Searcher
  var form: ConversationForm
  var k: Int
  let output: Output
  private let maxLength: Int?
  private let console = Console.standard
  private(set) var conversation = ChatConversation()

  init(_ searcher: Searcher, _ reading: QueryReading, k: Int, output: Output) {
    self.searcher = searcher
    form = reading.form
    maxLength = reading.maxLength
    self.k = k
    self.output = output
  }

  /// - Returns: whether the conversation goes on.
  mutating func take(_ line: String, width: Int) async throws -> Bool {
    let page = ChatPage(searcher: searcher, console: console, width: width)
    switch try ChatInstruction(line) {
    case .nothing: break
    case .quit: return false
    case .question(let question): try await ask(question, page)
    case .undo:
      guard let undone = conversation.undo() else { throw Self.nothingAsked }
      console.note("taken back: \(undone.question)")
    case .new: conversation.clear()
    case .answer(let words): try answer(words)
    case .answerBy(let number):
      let found = try page.found(number, in: result())
      guard let passage = found.passage else { throw ChatPage.noTexts }
      try answer(passage.text)
    case .form(let chosen):
      if let chosen { form = chosen }
      console.note("searching with \(form.rawValue)")
    case .depth(let number): k = number
    case .help: try text(page.help)
    case .explain(let number):
      let result = try result()
      try text { try page.explain(result, passage: number) }
    case .passage(let number):
      let result = try result()
      try text { try page.passage(number, of: result) }
    case .turns:
      let conversation = conversation
      try text { try page.turns(conversation) }
    case .compare:
      let result = try result()
      guard let turn = conversation.turn else { throw Self.nothingAsked }
      let alone = try await searcher.search(turn, form: .lastTurn, k: k)
      let form = form
      try text { try page.compare(result, form, alone: alone) }
    }
    return true
  }

  private mutating func ask(_ question: String, _ page: ChatPage) async throws {
    let turn = conversation.ask(question)
    let result: SearchResult
    do {
      result = try await searcher.search(turn, form: form, k: k)
    } catch {
      // The question can be asked again.
      _ = conversation.undo()
      throw error
    }
    conversation.note(result)
    switch output {
    case .text: try page.print(result)
    case .json(let explain):
      let explanations =
        explain
        ? try result.passages.map { found throws(ParlanceError) in try searcher.explain(result, found) } : nil
      let reading = QueryReading(searcher.encoder, form: form, maxLength: maxLength)
      try console.print(
        jsonLine: SearchDocument(result, reading, isTurn: true, explanations: explanations), keys: .asSpelled)
    }
  }

  private mutating func answer(_ words: String) throws {
    guard !conversation.exchanges.isEmpty else { throw Self.nothingAsked }
    conversation.answer(words)
    if case .text = output {
      console.note("noted as the answer: \(ResultPage.wrapped(words, width: 60, lines: 1).first ?? "")")
    }
  }

  /// - Throws: `usage` before the first question.
  private func result() throws(ParlanceError) -> SearchResult {
    guard let result = conversation.result else { throw Self.nothingAsked }
    return result
  }

  /// What only a person reads.
  private func text(_ print: () throws -> Void) throws {
    guard case .text = output else {
      throw ParlanceError(.usage, "this command has no JSON; it goes without --json")
    }
    try print()
  }

  private static let nothingAsked = ParlanceError(.usage, "nothing was asked yet")
}
