import Foundation
import TestSupport
import Testing

/// A folder in which `parlance` encoded passages, indexed them and let rewrites teach, so that students can be trained.
final class TrainedStudents {
  let folder: String
  static let model = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"

  /// Conversations of one to three turns, some of them longer than a student of 24 tokens reads.
  private static let words = "how do i undo last commit branch merged tag names and moves word naive".split(
    separator: " ")

  init() throws {
    folder = try TestSupport.temporaryFolder("students")
    func sentence(_ seed: Int, _ count: Int) -> String {
      (0..<count).map { String(Self.words[(seed * 7 + $0 * (3 + seed % 4)) % Self.words.count]) }.joined(separator: " ")
    }
    var turns = "", rewrites = "", qrels = "", passages = ""
    for conversation in 0..<10 {
      var messages: [String] = []
      for turn in 1...(1 + conversation % 3) {
        messages.append(#"{"role":"user","content":"\#(sentence(conversation + turn, 3 + turn))"}"#)
        let id = "c\(conversation)_\(turn)"
        turns += #"{"id":"\#(id)","conversation":"c\#(conversation)","turn":\#(turn),"#
        turns += #""messages":[\#(messages.joined(separator: ","))]}"# + "\n"
        rewrites += #"{"id":"\#(id)","text":"\#(sentence(conversation + turn, 3)) tag names"}"# + "\n"
        qrels += "\(id) 0 p\(conversation) 1\n"
        messages.append(#"{"role":"assistant","content":"\#(sentence(conversation * turn, 8))"}"#)
      }
    }
    for passage in 0..<25 {
      passages +=
        #"{"_id":"p\#(passage)","title":"\#(sentence(passage, 1))","text":"\#(sentence(passage + 3, 9))"}"# + "\n"
    }
    let files = ["turns.jsonl": turns, "rewrites.jsonl": rewrites, "qrels.txt": qrels, "passages.jsonl": passages]
    for (name, text) in files { try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8) }
    let recipe = """
      student: {model: \(Self.model), max_length: 24}
      vectors: passages.vectors
      data: [{conversations: turns.jsonl, teacher: rewrites.teacher, qrels: qrels.txt, licence: made for this test}]
      sampling: {window: [1, 20], negatives: 6}
      optimisation: {learning_rate: 3.0e-3, batch_size: 4, epochs: 1}

      """
    try recipe.write(toFile: folder + "/recipe.yaml", atomically: false, encoding: .utf8)
    for step in [
      "encode --model \(Self.model) --passages passages.jsonl --out passages.vectors",
      "index build --vectors passages.vectors --passages passages.jsonl --out index",
      "teach --index index --vectors passages.vectors --model \(Self.model) --conversations turns.jsonl "
        + "--rewrites rewrites.jsonl --out rewrites.teacher",
    ] {
      try succeed(step)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func parlance(_ arguments: String) throws -> ParlanceResult {
    try ParlanceProcess.run(arguments.split(separator: " ").map(String.init), in: folder)
  }

  @discardableResult
  func succeed(_ arguments: String) throws -> ParlanceResult {
    let result = try parlance(arguments)
    try #require(result.code == 0, "\(arguments): \(result.error)")
    return result
  }

  /// Trains for a few steps.
  ///
  /// - Parameter settings: what differs from the recipe.
  /// - Returns: the student's folder, seen from `folder`.
  @discardableResult
  func train(_ name: String, settings: [String] = []) throws -> String {
    try succeed("train recipe.yaml --out \(name)" + settings.map { " --set \($0)" }.joined())
    return name + "/student"
  }

  /// The texts of the turns' queries, and what a model makes of them.
  func queries(_ model: String, form: String = "conversation") throws -> (texts: [String], vectors: [[String: Float]]) {
    let turns = try String(contentsOfFile: folder + "/turns.jsonl", encoding: .utf8).split(separator: "\n")
    let texts = try turns.map { line in
      let turn = try JSONDecoder().decode(Turn.self, from: Data(line.utf8))
      let newest = form == "last-turn" ? [turn.messages[turn.messages.count - 1]] : turn.messages.reversed()
      return newest.map(\.content).joined(separator: " [SEP] ")
    }
    return (texts, try vectors("--model \(model) --conversations turns.jsonl --form \(form) --max-length 24"))
  }

  /// The words of the passages, and what a model makes of them.
  func passages(_ model: String) throws -> (texts: [String], vectors: [[String: Float]]) {
    let lines = try String(contentsOfFile: folder + "/passages.jsonl", encoding: .utf8).split(separator: "\n")
    let texts = try lines.map { line in
      let passage = try JSONDecoder().decode(Passage.self, from: Data(line.utf8))
      return passage.title + " " + passage.text
    }
    return (texts, try vectors("--model \(model) --passages passages.jsonl"))
  }

  private func vectors(_ arguments: String) throws -> [[String: Float]] {
    try succeed("encode \(arguments) --format jsonl").output.split(separator: "\n").map { line in
      try JSONDecoder().decode(Line.self, from: Data(line.utf8)).vector
    }
  }

  private struct Turn: Decodable {
    struct Message: Decodable { var content: String }
    var messages: [Message]
  }

  private struct Passage: Decodable { var title: String, text: String }
  private struct Line: Decodable { var vector: [String: Float] }
}
