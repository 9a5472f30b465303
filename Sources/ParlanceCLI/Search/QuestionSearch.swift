import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import Retrieval
import SparseEncoder

/// Answers one question, or one turn of a conversation, on the screen.
struct QuestionSearch {
  let command: SearchCommand
  private let console = Console.standard

  init(command: SearchCommand) {
    self.command = command
  }

  func answer() async throws {
    var timings = Timings()
    let turn = try self.turn()
    let searcher: Searcher
    if let index = command.index {
      searcher = try await command.openSearcher(index, timing: &timings)
    } else {
      searcher = try await indexPassages(command.passages ?? "", model: command.model ?? "")
      timings.mark("index")
    }
    let reading = command.reading(by: searcher.encoder)
    let query = try self.query(turn, reading)
    if command.timings, let encoder = searcher.encoder as? SparseEncoder {
      // Only to be timed: encoding does it again, in microseconds.
      _ = encoder.queryTokens(of: query.text)
      timings.mark("tokenise")
    }
    let result = try await searcher.search(query, k: command.depth ?? 10, filter: command.passageFilter)
    timings.mark([("encode", result.encodingTime), ("search", result.searchTime)])
    let explanations =
      command.explain
      ? try result.passages.map { found throws(ParlanceError) in
        try searcher.explain(result, found)
      } : nil
    if command.explain { timings.mark("explain") }
    if command.json {
      var document = SearchDocument(result, reading, isTurn: turn != nil, explanations: explanations)
      if command.timings { document.timings = timings.milliseconds }
      try console.print(json: document, keys: .asSpelled)
    } else {
      var page = ResultPage(console: console)
      if console.outputIsTerminal {
        page.matches = { found, text in (try? searcher.matches(result, found, in: text)) ?? [] }
      }
      try page.print(result, explanations: explanations)
    }
    guard command.timings else { return }
    try console.flush()
    timings.mark("print")
    console.note(timings.text)
  }

  private func query(_ turn: Turn?, _ reading: QueryReading) throws(ParlanceError) -> FormedQuery {
    guard let turn else {
      return FormedQuery(segments: [.init(text: command.question ?? "", source: .message(0))])
    }
    return try command.form.query(for: turn, in: reading.form, command.form.openRewrites())
  }

  /// The turn that is asked for; `nil` for a question.
  private func turn() throws(ParlanceError) -> Turn? {
    guard let id = command.turn, let conversations = command.conversations else { return nil }
    let reader = try TurnReader(path: conversations, interruption: console.interruption)
    while let turn = try reader.next() {
      if turn.id == ExternalID(id) { return turn }
    }
    throw ParlanceError(
      .badInput, "expected a turn with the id \"\(id)\", there is none", at: .init(file: conversations))
  }

  /// Encodes the passages and indexes them in memory: for a few thousand, where an index is not worth keeping.
  private func indexPassages(_ path: String, model: String) async throws -> Searcher {
    let encoder = try await command.encoding.open(model)
    let bar = ProgressBar()
    defer { bar.finish() }
    let searcher = try await Searcher.indexing(
      path, with: encoder, progress: bar.handler, interruption: console.interruption)
    return try command.approximate(Searcher(index: searcher.index, encoder: command.kept(searcher.encoder)))
  }
}
