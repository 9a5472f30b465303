import Conversations
import Diagnostics
import StrictJSON

/// QReCC (Anantha et al., NAACL 2021): `qrecc_train.json` and `qrecc_test.json`, arrays of turns with their history in
/// `Context`, human rewrites, and in the files of SCAI's task the passages; its collection as JSON lines of `id` and
/// `contents`.
struct QReCCImporter: Importer {
  func role(of file: ImportFile, passingMalformed passes: Bool) throws(ParlanceError) -> ImportRole? {
    guard file.hasExtension("json", "jsonl"), let first = try file.firstObject(passingMalformed: passes) else {
      return nil
    }
    if first["Conversation_no"] != nil, first["Question"] != nil { return .conversations }
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
    try file.eachObject(output) { row throws(ParlanceError) in
      let conversation = start + (try row.text("Conversation_no"))
      let turn = "\(conversation)_\(try row.text("Turn_no"))"
      let history = (row.object["Context"]?.array ?? []).compactMap(\.string)
      guard history.count % 2 == 0 else { return output.skip("turns whose history does not alternate") }
      guard
        try output.write(
          turn: turn, of: conversation, JSONRow.alternating(history), question: row.text("Question"), part: part)
      else { return }
      if let rewrite = row.optionalText("Truth_rewrite", "Rewrite") {
        try output.write(rewrite: rewrite, of: turn, by: "human")
      }
      for passage in row.object["Truth_passages"]?.array ?? [] {
        if let id = passage.string { try output.write(judgment: 1, of: id, for: turn) }
      }
    }
  }
}
