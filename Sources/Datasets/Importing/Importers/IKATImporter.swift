import Conversations
import Diagnostics
import StrictJSON

/// TREC iKAT 2023 to 2025: topics as JSON, their passages (2023) as JSON lines, judgments in TREC's form.
///
/// Turns have the track's ids, `9-1_2`. The user's profile is no part of the conversation and is left out, although
/// resolved utterances may speak of it.
struct IKATImporter: Importer {
  func role(of file: ImportFile, passingMalformed passes: Bool) throws(ParlanceError) -> ImportRole? {
    if file.hasExtension("txt", "qrel", "qrels") || file.stem.lowercased().contains("qrels") {
      guard !file.says("ptkb") else { return nil }
      return try file.holdsJudgments() ? .judgments : nil
    }
    guard file.hasExtension("json", "jsonl"), let first = try file.firstObject(passingMalformed: passes) else {
      return nil
    }
    if first["number"] != nil, first["turns"] != nil || first["responses"] != nil { return .conversations }
    return first["doc_id"] != nil && first["passage_text"] != nil ? .passages : nil
  }

  func read(_ file: ImportFile, as role: ImportRole, into output: ImportOutput) throws(ParlanceError) {
    switch role {
    case .conversations:
      try file.eachObject(output) { topic throws(ParlanceError) in try read(topic, of: file.split, output) }
    case .judgments:
      try file.eachJudgment(output) { turn, passage, grade throws(ParlanceError) in
        try output.write(judgment: grade, of: passage, for: turn)
      }
    case .passages:
      try file.eachObject(output) { row throws(ParlanceError) in
        try output.write(
          passage: "\(row.text("doc_id")):\(row.text("passage_id"))", title: "", text: row.text("passage_text"),
          isRepeated: true)
      }
    case .rewrites: break
    }
  }

  private func read(_ topic: JSONRow, of part: String?, _ output: ImportOutput) throws(ParlanceError) {
    let name = try topic.text("number")
    var history: [Message] = []
    for row in try topic.rows("turns", "responses") {
      let turn = "\(name)_\(try row.text("turn_id"))"
      let question = try row.text("utterance", "user_utterance")
      try output.write(turn: turn, of: name, history, question: question, part: part)
      if let text = row.optionalText("resolved_utterance") { try output.write(rewrite: text, of: turn, by: "human") }
      history.append(Message(role: .user, content: question))
      history.append(Message(role: .assistant, content: row.optionalText("response") ?? ""))
    }
  }
}
