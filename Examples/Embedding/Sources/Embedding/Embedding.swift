import Parlance

/// Answers the last question of a conversation: `Embedding INDEX [MODEL]`. An index of BM25 weights needs no model.
@main
struct Embedding {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let path = arguments.first else { return print("usage: Embedding INDEX [MODEL]") }
    let index = try InvertedIndex(path: path)
    let encoder: any QueryEncoder =
      if let model = arguments.dropFirst().first {
        try await SparseEncoder.open(model)
      } else {
        try BM25QueryEncoder(of: index)
      }
    let turn = Turn(
      id: "undo_2", conversation: "undo", number: 2,
      messages: [
        Message(role: .user, content: "How do I undo the last commit?"),
        Message(role: .assistant, content: "git reset HEAD^ moves the branch back by one commit."),
        Message(role: .user, content: "and what does it do to my files?"),
      ])
    let result = try await Searcher(index: index, encoder: encoder).search(turn, k: 3)
    for found in result.passages {
      let metadata: JSONObject = found.passage?.metadata ?? [:]
      print(found.rank, found.id, found.score, found.passage?.title ?? "", metadata["url"]?.string ?? "")
    }
  }
}
