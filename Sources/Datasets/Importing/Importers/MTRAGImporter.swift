import Conversations
import Diagnostics
import StrictJSON

/// MTRAG (Katsis et al., TACL 2025) and MTRAG-UN: conversations or generation tasks, the retrieval tasks' rewrites and
/// judgments, and the corpora as BEIR's JSON lines, zipped or not.
///
/// Turns have the benchmark's ids, `CONVERSATION<::>3`.
struct MTRAGImporter: Importer {
  func role(of file: ImportFile, passingMalformed passes: Bool) throws(ParlanceError) -> ImportRole? {
    if file.hasExtension("tsv") { return try file.holdsJudgments() ? .judgments : nil }
    guard file.hasExtension("json", "jsonl"), let first = try file.firstObject(passingMalformed: passes) else {
      return nil
    }
    if first["task_id"] != nil, first["input"] != nil { return .conversations }
    if first["messages"] != nil { return .conversations }
    let isPassage = first["_id"] ?? first["id"] ?? first["document_id"]
    if let id = JSONRow.text(isPassage), first["text"] != nil {
      if id.contains("<::>") { return file.stem.hasSuffix("_rewrite") ? .rewrites : nil }
      return .passages
    }
    return nil
  }

  func read(_ file: ImportFile, as role: ImportRole, into output: ImportOutput) throws(ParlanceError) {
    switch role {
    case .conversations:
      try file.eachObject(output) { row throws(ParlanceError) in
        if row.object["input"] != nil { try readTask(row, output) } else { try readConversation(row, output) }
      }
    case .rewrites:
      try file.eachObject(output) { row throws(ParlanceError) in
        let text = try row.text("text")
        let rewrite = text.hasPrefix("|user|: ") ? String(text.dropFirst(8)) : text
        try output.write(rewrite: rewrite, of: row.text("_id"), by: "official")
      }
    case .judgments:
      try file.eachJudgment(output) { turn, passage, grade throws(ParlanceError) in
        try output.write(judgment: grade, of: passage, for: turn)
      }
    case .passages:
      try file.eachObject(output) { row throws(ParlanceError) in
        try output.write(
          passage: row.text("_id", "id", "document_id"), title: row.optionalText("title") ?? "", text: row.text("text"))
      }
    }
  }

  /// A turn with all that was said before it.
  private func readTask(_ row: JSONRow, _ output: ImportOutput) throws(ParlanceError) {
    var messages = try Self.messages(row.rows("input"))
    guard let last = messages.popLast(), last.role == .user else {
      return output.skip("tasks that do not end with the user's question")
    }
    try output.write(turn: row.text("task_id"), of: row.text("conversation_id"), messages, question: last.content)
  }

  private func readConversation(_ row: JSONRow, _ output: ImportOutput) throws(ParlanceError) {
    // The publisher's script reads none of conversations.json; rewrites and judgments are of the ids that the tasks have.
    guard let name = row.optionalText("conversation_id", "id", "_id") else {
      return output.skip("conversations without an id (generation_tasks/reference.jsonl has their turns with ids)")
    }
    let messages = try Self.messages(row.rows("messages"))
    var number = 0
    for (place, message) in messages.enumerated() where message.role == .user {
      number += 1
      try output.write(turn: "\(name)<::>\(number)", of: name, Array(messages[..<place]), question: message.content)
    }
  }

  private static func messages(_ rows: [JSONRow]) throws(ParlanceError) -> [Message] {
    var messages: [Message] = []
    for row in rows {
      messages.append(
        Message(role: try row.text("speaker") == "user" ? .user : .assistant, content: try row.text("text")))
    }
    return messages
  }
}
