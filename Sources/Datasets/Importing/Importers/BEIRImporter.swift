import Diagnostics
import StrictJSON

/// A set in BEIR's layout: `corpus.jsonl`, `queries.jsonl`, `qrels/NAME.tsv`. Each query is a conversation of one question.
struct BEIRImporter: Importer {
  func role(of file: ImportFile, passingMalformed passes: Bool) throws(ParlanceError) -> ImportRole? {
    if file.hasExtension("tsv") { return try file.holdsJudgments() ? .judgments : nil }
    guard file.hasExtension("jsonl"), let first = try file.firstObject(passingMalformed: passes), first["_id"] != nil,
      first["text"] != nil
    else { return nil }
    return file.says("queries") ? .conversations : file.says("corpus") ? .passages : nil
  }

  func read(_ file: ImportFile, as role: ImportRole, into output: ImportOutput) throws(ParlanceError) {
    switch role {
    case .conversations:
      try file.eachObject(output) { row throws(ParlanceError) in
        let id = try row.text("_id")
        try output.write(turn: id, of: id, [], question: row.text("text"))
      }
    case .judgments:
      try file.eachJudgment(output) { turn, passage, grade throws(ParlanceError) in
        try output.write(judgment: grade, of: passage, for: turn, part: file.stem)
      }
    case .passages:
      try file.eachObject(output) { row throws(ParlanceError) in
        try output.write(passage: row.text("_id"), title: row.optionalText("title") ?? "", text: row.text("text"))
      }
    case .rewrites: break
    }
  }
}
