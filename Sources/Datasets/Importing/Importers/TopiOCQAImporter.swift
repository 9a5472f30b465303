import Conversations
import Diagnostics
import StrictJSON

/// TopiOCQA (Adlakha et al., TACL 2022) as its authors ship it: `full_wiki_segments.tsv`, and turns either as DPR's training
/// files (`conv_id`, `turn_id`, `question` with the history between `[SEP]`, `positive_ctxs`) or as the data set itself
/// (`Conversation_no`, `Turn_no`, `Question`, `Context`).
///
/// DiSCo's reference code (arXiv 2410.14609) reads the same files and names turns by their row, so its rewrites
/// (`row TAB text`) and distillation runs do as well: with `idsAreRows` ids are `train_0`, `train_1`, ….
struct TopiOCQAImporter: Importer {
  let idsAreRows: Bool

  func role(of file: ImportFile, passingMalformed passes: Bool) throws(ParlanceError) -> ImportRole? {
    if file.hasExtension("tsv", "txt") {
      let columns = try file.firstColumns()
      if columns.count == 3, columns[0] == "id" { return .passages }
      if file.says("segments"), try file.hasLine(ofColumns: 3) { return .passages }
      guard idsAreRows, columns.count >= 2, Int(columns[0]) != nil else { return nil }
      return try file.hasLine(ofColumns: 2) ? .rewrites : nil
    }
    guard file.hasExtension("json", "jsonl"), let first = try file.firstObject(passingMalformed: passes) else {
      return nil
    }
    if first["Conversation_no"] != nil, first["Question"] != nil { return .conversations }
    return first["conv_id"] != nil && first["question"] != nil ? .conversations : nil
  }

  func read(_ file: ImportFile, as role: ImportRole, into output: ImportOutput) throws(ParlanceError) {
    switch role {
    case .conversations: try readTurns(file, output)
    case .passages: try readPassages(file, output)
    case .rewrites: try readRewrites(file, output)
    case .judgments: break
    }
  }

  /// Turns of train and dev have the same numbers, so the part of the set is part of an id.
  private func readTurns(_ file: ImportFile, _ output: ImportOutput) throws(ParlanceError) {
    let part = file.split
    let start = part.map { $0 + "_" } ?? ""
    try file.eachObject(output) { row throws(ParlanceError) in
      let conversation = try row.text("conv_id", "Conversation_no")
      let number = try row.text("turn_id", "Turn_no")
      var texts: [String]
      if let context = row.object["Context"]?.array {
        texts = context.compactMap(\.string) + [try row.text("Question")]
      } else {
        // An answer may be empty.
        texts = try row.text("question").split(separator: "[SEP]", omittingEmptySubsequences: false).map(String.init)
      }
      guard texts.count % 2 == 1, let question = texts.popLast() else {
        return output.skip("turns whose history does not alternate")
      }
      let turn = idsAreRows ? "\(start)\(row.number - 1)" : "\(start)\(conversation)_\(number)"
      guard
        try output.write(
          turn: turn, of: start + conversation, JSONRow.alternating(texts), question: question, part: part)
      else { return }
      for passage in Self.gold(of: row) { try output.write(judgment: 1, of: passage, for: turn) }
    }
  }

  private static func gold(of row: JSONRow) -> [String] {
    var passages: [String] = []
    if let id = JSONRow.text(row.object["Gold_passage"]?["id"]) { passages.append(passageID(id)) }
    for context in row.object["positive_ctxs"]?.array ?? [] {
      if let id = JSONRow.text(context["passage_id"]) { passages.append(passageID(id)) }
    }
    return passages
  }

  /// The collection writes `wiki:7`, some of the turns' files `7`.
  private static func passageID(_ text: String) -> String {
    text.hasPrefix("wiki:") ? String(text.dropFirst(5)) : text
  }

  private func readPassages(_ file: ImportFile, _ output: ImportOutput) throws(ParlanceError) {
    try file.eachLine(output, columns: .quoted(3)) { columns throws(ParlanceError) in
      if columns[0] == "id" { return }
      try output.write(passage: Self.passageID(columns[0]), title: columns[2], text: columns[1])
    }
  }

  private func readRewrites(_ file: ImportFile, _ output: ImportOutput) throws(ParlanceError) {
    // What DiSCo's scripts write beside the rewrites: the question alone, and the whole history.
    guard !file.says("last"), !file.says("all") else {
      return output.skip("files of questions and histories, which the turns' file has")
    }
    let start = file.split.map { $0 + "_" } ?? ""
    try file.eachLine(output, columns: .idAndText) { columns throws(ParlanceError) in
      try output.write(rewrite: columns[1], of: start + columns[0], by: file.stem)
    }
  }
}
