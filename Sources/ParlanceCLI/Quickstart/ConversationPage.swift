import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import Retrieval
import SparseEncoder

/// Shows one conversation turn by turn, each question with the passages that are found for it: by its rewrite, or by
/// what the model reads of a conversation where there are none.
struct ConversationPage {
  let index: String
  let model: String
  let conversations: String
  let rewrites: String?
  private let console = Console.standard
  /// Passages shown of each turn.
  private let depth = 2

  init(index: String, model: String, conversations: String, rewrites: String?) {
    self.index = index
    self.model = model
    self.conversations = conversations
    self.rewrites = rewrites
  }

  func print(_ conversation: ExternalID) async throws {
    let rewrites = try rewrites.map { path throws(ParlanceError) in try Rewrites(readingFrom: path) }
    let searcher = try Searcher(
      index: InvertedIndex(path: index), encoder: await SparseEncoder.openTelling(model))
    let page = ResultPage(console: console, linesOfText: 2)
    for turn in try TurnReader.all(conversations) where turn.conversation == conversation {
      guard let question = turn.messages.last else { continue }
      try console.print()
      for (number, line) in ResultPage.wrapped(question.content, width: console.width - 8, lines: 4).enumerated() {
        try console.print((number == 0 ? console.bold("user  ") : "      ") + "  " + line)
      }
      let rewrite = rewrites?[turn.id]
      if turn.number > 1, let rewrite { try console.print(console.dim("        (rewrite: \(rewrite))")) }
      let form: ConversationForm? = rewrite == nil ? nil : .rewrite
      try page.printPassages(await searcher.search(turn, form: form, rewrite: rewrite, k: depth))
    }
  }
}
