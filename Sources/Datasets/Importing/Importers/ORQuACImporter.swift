import Conversations
import Diagnostics
import LineFiles
import StrictJSON

/// OR-QuAC (Qu et al., SIGIR 2020): the preprocessed `train.txt`, `dev.txt` and `test.txt`, a turn a line; `all_blocks.txt`, the
/// collection; `qrels.txt`, one JSON object of turns and their passages.
struct ORQuACImporter: Importer {
  func role(of file: ImportFile, passingMalformed passes: Bool) throws(ParlanceError) -> ImportRole? {
    guard file.hasExtension("txt", "json", "jsonl"), let first = try file.firstObject(passingMalformed: passes) else {
      return nil
    }
    if first["qid"] != nil, first["question"] != nil { return .conversations }
    if first["text"] != nil, first["id"] != nil { return .passages }
    return first.first?.value.object?.first?.value.integer != nil ? .judgments : nil
  }

  func read(_ file: ImportFile, as role: ImportRole, into output: ImportOutput) throws(ParlanceError) {
    switch role {
    case .conversations:
      try file.eachObject(output) { row throws(ParlanceError) in try read(row, of: file.split, output) }
    case .judgments:
      try file.eachObject(output) { row throws(ParlanceError) in
        for (turn, passages) in row.object {
          for (passage, grade) in passages.object ?? [:] {
            try output.write(judgment: grade.integer ?? 1, of: passage, for: turn)
          }
        }
      }
    case .passages:
      try file.eachObject(output) { row throws(ParlanceError) in
        try output.write(passage: row.text("id"), title: row.optionalText("title") ?? "", text: row.text("text"))
      }
    case .rewrites: break
    }
  }

  private func read(_ row: JSONRow, of part: String?, _ output: ImportOutput) throws(ParlanceError) {
    let turn = try row.text("qid")
    let conversation = turn.lastIndex(of: "#").map { String(turn[..<$0]) } ?? turn
    var history: [Message] = []
    for before in row.object["history"] == nil ? [] : try row.rows("history") {
      history.append(Message(role: .user, content: try before.text("question")))
      let answer = before.optionalText("answer") ?? JSONRow.text(before.object["answer"]?["text"]) ?? ""
      // QuAC's word for a question that its page does not answer.
      history.append(Message(role: .assistant, content: answer == "CANNOTANSWER" ? "" : answer))
    }
    guard
      try output.write(turn: turn, of: conversation, history, question: row.text("question"), part: part)
    else { return }
    if let rewrite = row.optionalText("rewrite") { try output.write(rewrite: rewrite, of: turn, by: "human") }
  }
}
