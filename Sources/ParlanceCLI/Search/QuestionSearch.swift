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
    let query = try self.query()
    let searcher: Searcher
    if let index = command.index {
      searcher = try await command.openSearcher(index)
    } else {
      searcher = try await indexPassages(command.passages ?? "", model: command.model ?? "")
    }
    let result = try await searcher.search(query, k: command.depth ?? 10)
    let explanations =
      command.explain
      ? try result.passages.map { found throws(ParlanceError) in
        try searcher.explain(result, found)
      } : nil
    if command.json {
      try console.print(json: SearchDocument(result, explanations: explanations), keys: .asSpelled)
    } else {
      try ResultPage(console: console).print(result, explanations: explanations)
    }
  }

  private func query() throws(ParlanceError) -> FormedQuery {
    guard let id = command.turn, let conversations = command.conversations else {
      return FormedQuery(segments: [.init(text: command.question ?? "", source: .message(0))])
    }
    let rewrites = try command.form.openRewrites()
    let reader = try TurnReader(path: conversations, interruption: console.interruption)
    while let turn = try reader.next() {
      if turn.id == ExternalID(id) { return try command.form.query(for: turn, rewrites) }
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
    return try Searcher(index: searcher.index, encoder: command.kept(searcher.encoder))
  }
}
