import Identifiers
import Conversations
import Diagnostics
import InvertedIndex
import Retrieval
import SparseEncoder

/// Answers one question on the screen.
struct QuestionSearch {
  let command: SearchCommand
  private let console = Console.standard

  init(command: SearchCommand) {
    self.command = command
  }

  func answer(_ question: String) async throws {
    let k = command.depth ?? 10
    let searcher: Searcher
    if let index = command.index {
      searcher = try await command.openSearcher(index)
    } else {
      searcher = try await indexPassages(command.passages ?? "", model: command.model ?? "")
    }
    let result = try await searcher.search(question, k: k)
    let explanations =
      command.explain
      ? try result.passages.map { found throws(ParlanceError) in
        try searcher.explain(result, found)
      } : nil
    if command.json {
      try console.print(json: SearchDocument(result, explanations: explanations))
    } else {
      try ResultPage(console: console).print(result, explanations: explanations)
    }
  }

  /// Encodes the passages and indexes them in memory: for a few thousand, where an index is not worth keeping.
  private func indexPassages(_ path: String, model: String) async throws -> Searcher {
    let encoder = try await command.encoding.open(model)
    return try await Searcher.indexing(path, with: encoder, interruption: console.interruption)
  }
}
