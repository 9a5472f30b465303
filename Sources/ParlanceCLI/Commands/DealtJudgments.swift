import Conversations
import Diagnostics
import Identifiers
import RankedResults

/// Judgments, dealt as the conversations of their turns were.
struct DealtJudgments {
  /// Of each part the judgments of its turns, in the file's order.
  private(set) var parts: [[QrelsReader.Entry]]
  /// How many judgments are of turns that were not dealt.
  private(set) var strangers = 0

  /// - Throws: as `TurnReader` and `QrelsReader`.
  init(
    _ qrels: String, of conversations: String, by split: ConversationSplit, interruption: Interruption?
  ) throws(ParlanceError) {
    var partOfTurn: [ExternalID: Int] = [:]
    let turns = try TurnReader(path: conversations, interruption: interruption)
    while let turn = try turns.next() { partOfTurn[turn.id] = split[turn.conversation] }
    parts = Array(repeating: [], count: split.parts)
    let reader = try QrelsReader(path: qrels, interruption: interruption)
    while let entry = try reader.next() {
      guard let part = partOfTurn[entry.query] else {
        strangers += 1
        continue
      }
      parts[part].append(entry)
    }
  }

  /// - Parameter outputs: a file for each part.
  /// - Throws: `cannotWrite`.
  func write(to outputs: [String]) throws(ParlanceError) {
    for (path, entries) in zip(outputs, parts) {
      let writer = try QrelsWriter(path: path)
      for entry in entries { try writer.write(entry.query, entry.passage, grade: entry.grade) }
      try writer.finish()
    }
  }
}
