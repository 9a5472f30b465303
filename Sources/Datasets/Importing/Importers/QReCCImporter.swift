import Conversations
import Diagnostics
import StrictJSON

/// QReCC (Anantha et al., NAACL 2021): `qrecc_train.json` and `qrecc_test.json`, arrays of turns with human rewrites; the files of
/// SCAI's task, with passages, also where they keep questions and truth apart; its collection as JSON lines of `id` and
/// `contents`.
///
/// `Context` is no history: it has the human rewrites of earlier questions, and no place for an answer that is empty. So
/// histories are made of the earlier rows of the conversation, with the questions as they were asked.
struct QReCCImporter: Importer {
  func role(of file: ImportFile, passingMalformed passes: Bool) throws(ParlanceError) -> ImportRole? {
    guard file.hasExtension("json", "jsonl"), let first = try file.firstObject(passingMalformed: passes) else {
      return nil
    }
    if first["Conversation_no"] != nil {
      if first["Question"] != nil { return .conversations }
      if first["Truth_rewrite"] != nil || first["Truth_passages"] != nil { return .judgments }
    }
    return first["id"] != nil && first["contents"] != nil ? .passages : nil
  }

  func read(_ file: ImportFile, as role: ImportRole, into output: ImportOutput) throws(ParlanceError) {
    if role == .passages {
      return try file.eachObject(output) { row throws(ParlanceError) in
        try output.write(passage: row.text("id"), title: "", text: row.text("contents"))
      }
    }
    // Conversations of both parts are numbered from 1.
    let part = file.split
    let start = part.map { $0 + "_" } ?? ""
    var earlier = Earlier()
    try file.eachObject(output) { row throws(ParlanceError) in
      let conversation = start + (try row.text("Conversation_no"))
      let turn = "\(conversation)_\(try row.text("Turn_no"))"
      if role == .conversations {
        let question = try row.text("Question")
        guard let history = try earlier.history(of: conversation, row) else {
          return output.skip("turns whose earlier turns are not before them")
        }
        guard try output.write(turn: turn, of: conversation, history, question: question, part: part) else { return }
      }
      try writeTruth(of: row, turn, output)
    }
  }

  private func writeTruth(of row: JSONRow, _ turn: String, _ output: ImportOutput) throws(ParlanceError) {
    if let rewrite = row.optionalText("Truth_rewrite", "Rewrite") {
      try output.write(rewrite: rewrite, of: turn, by: "human")
    }
    for passage in row.object["Truth_passages"]?.array ?? [] {
      if let id = passage.string, !id.isEmpty { try output.write(judgment: 1, of: id, for: turn) }
    }
  }

  /// What was said in the conversation whose rows are being read.
  private struct Earlier {
    private var conversation = ""
    private var turns = 0
    private var messages: [Message] = []

    /// What was said before this row, which is taken in; `nil` where an earlier turn is missing.
    mutating func history(of conversation: String, _ row: JSONRow) throws(ParlanceError) -> [Message]? {
      let text = try row.text("Turn_no")
      guard let number = Int(text), number >= 1 else {
        throw ParlanceError(.badInput, "expected a number from 1 as \"Turn_no\", found \"\(text)\"")
      }
      if conversation != self.conversation { (self.conversation, turns, messages) = (conversation, 0, []) }
      guard number <= turns + 1 else { return nil }
      let history = messages
      // A row that is there again is told by its id.
      if number == turns + 1 {
        turns = number
        let question = try row.text("Question")
        if question.isBlank { return history }
        messages.append(Message(role: .user, content: question))
        messages.append(Message(role: .assistant, content: row.optionalText("Answer", "Truth_answer") ?? ""))
      }
      return history
    }
  }
}
