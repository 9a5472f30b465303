import Conversations
import Diagnostics
import StrictJSON

/// TREC CAsT 2019 to 2022: topics as JSON, resolved utterances as lines of two columns (2019), judgments in TREC's form.
///
/// Turns keep the track's ids, `81_3` or `132_1-5`, so that its judgments and runs fit. What the assistant said is in the
/// files from 2021 on; in 2020 they name passages of which they have no text, so that histories there are questions alone.
struct CAsTImporter: Importer {
  /// The file that each topic's turns came from; another file with the topic adds rewrites alone, since its turns may be
  /// numbered otherwise.
  private var origins: [String: String] = [:]

  func role(of file: ImportFile, passingMalformed passes: Bool) throws(ParlanceError) -> ImportRole? {
    if file.hasExtension("tsv") {
      let columns = try file.firstColumns()
      return columns.count >= 2 && file.says("resolved") && columns[0].contains("_") ? .rewrites : nil
    }
    if file.hasExtension("txt", "qrel", "qrels") {
      guard file.name.lowercased().contains("qrel") else { return nil }
      return try file.holdsJudgments() ? .judgments : nil
    }
    guard file.hasExtension("json"), let topic = try file.firstObject(passingMalformed: passes) else { return nil }
    return topic["number"] != nil && topic["turn"]?.array?.first?["number"] != nil ? .conversations : nil
  }

  /// A topic's turns are those of its first file: of plain topics before trees, annotated ones and automatic ones, in this order.
  func order(_ files: [ImportFile], of role: ImportRole) -> [ImportFile] {
    let rank = { (file: ImportFile) in
      (file.says("automatic") ? 4 : 0) + (file.says("annotated") ? 2 : 0) + (file.says("tree") ? 1 : 0)
    }
    return files.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
  }

  mutating func read(_ file: ImportFile, as role: ImportRole, into output: ImportOutput) throws(ParlanceError) {
    switch role {
    case .conversations:
      try file.eachObject(output) { topic throws(ParlanceError) in
        let turns = try topic.rows("turn")
        let name = try topic.text("number")
        if origins[name, default: file.path] != file.path {
          for row in turns { try writeRewrites(row, of: "\(name)_\(row.text("number"))", output) }
          return
        }
        if turns.contains(where: { $0.object["participant"] != nil }) {
          try readTree(turns, of: name, in: file.split, output)
        } else {
          try readList(turns, of: name, in: file.split, output)
        }
        // Not before all of it is read: a malformed topic is as if it were not there.
        origins[name] = file.path
      }
    case .rewrites:
      try file.eachLine(output, columns: .idAndText) { columns throws(ParlanceError) in
        try output.write(rewrite: columns[1], of: columns[0], by: "human")
      }
    case .judgments:
      // Those of 2021 are of documents, which are no passages.
      let isOfDocuments = file.says("docs")
      try file.eachJudgment(output) { turn, passage, grade throws(ParlanceError) in
        try output.write(
          judgment: grade, of: passage, for: turn, file: isOfDocuments ? "document-qrels.txt" : nil)
      }
    case .passages: break
    }
  }

  private func readList(
    _ turns: [JSONRow], of topic: String, in part: String?, _ output: ImportOutput
  ) throws(ParlanceError) {
    var history: [Message] = []
    for row in turns {
      let turn = "\(topic)_\(try row.text("number"))"
      let question = try row.text("raw_utterance", "utterance")
      try output.write(turn: turn, of: topic, history, question: question, part: part)
      try writeRewrites(row, of: turn, output)
      history.append(Message(role: .user, content: question))
      if let answer = row.optionalText("passage", "response") {
        history.append(Message(role: .assistant, content: answer))
        try writePassage(row, text: answer, output)
      }
    }
  }

  /// 2021's canonical passages are in the topics: the only texts of its collection that are.
  private func writePassage(_ row: JSONRow, text: String, _ output: ImportOutput) throws(ParlanceError) {
    guard row.object["passage"] != nil, let document = row.optionalText("canonical_result_id"),
      let number = row.optionalText("passage_id")
    else { return }
    try output.write(passage: "\(document)-\(number)", title: "", text: text, isRepeated: true)
  }

  /// 2022: each turn names the one that it answers, so conversations branch.
  private func readTree(
    _ turns: [JSONRow], of topic: String, in part: String?, _ output: ImportOutput
  ) throws(ParlanceError) {
    var rows: [String: JSONRow] = [:]
    for row in turns { rows[try row.text("number")] = row }
    for row in turns where row.optionalText("participant") == "User" {
      var history: [Message] = []
      var parent = row.optionalText("parent")
      while let number = parent, let above = rows[number], history.count <= turns.count {
        let isUser = above.optionalText("participant") == "User"
        let text = isUser ? try above.text("utterance") : above.optionalText("response", "utterance") ?? ""
        history.insert(Message(role: isUser ? .user : .assistant, content: text), at: 0)
        parent = above.optionalText("parent")
      }
      let turn = "\(topic)_\(try row.text("number"))"
      try output.write(turn: turn, of: topic, history, question: row.text("utterance"), part: part)
      try writeRewrites(row, of: turn, output)
    }
  }

  private func writeRewrites(_ row: JSONRow, of turn: String, _ output: ImportOutput) throws(ParlanceError) {
    if let text = row.optionalText("manual_rewritten_utterance") {
      try output.write(rewrite: text, of: turn, by: "human")
    }
    if let text = row.optionalText("automatic_rewritten_utterance") {
      try output.write(rewrite: text, of: turn, by: "automatic")
    }
  }
}
