import Foundation
import TestSupport
import Testing
import WordPiece

@Suite(
  "Against the judge, the Hugging Face tokenizers",
  .enabled(if: TestSupport.judgePython != nil, "the Python judges are not installed (make test does)"))
struct JudgeTests {
  #if DEBUG
    static let textCount = 4_000
  #else
    static let textCount = 40_000
  #endif

  @Test(
    "seeded texts (200,000 in a release build) come out alike in ids, type ids and offsets",
    arguments: ["uncased", "cased", "uncased-accents", "cased-stripped", "raw"])
  func randomTexts(settings: String) throws {
    let seed: UInt64 = 0x5EED_0001
    var random = SeededTexts(seed: seed)
    let records = (0..<Self.textCount).map { _ in JudgeRecord(text: random.text()) }
    try compare(records, settings: settings, seed: seed)
  }

  @Test("a text and a pair are cut alike at every length, by each strategy, on each side")
  func truncation() throws {
    let seed: UInt64 = 0x5EED_0002
    var random = SeededTexts(seed: seed)
    var records: [JudgeRecord] = []
    for _ in 0..<25 {
      let (first, second) = (random.text(), random.text())
      let tokenizer = try GoldenTokenizer.make("uncased")
      let longest = try tokenizer.encode(first, pair: second).count + 2
      for length in 3...longest {
        for side in ["right", "left"] {
          for strategy in ["longest_first", "only_first", "only_second"] {
            records.append(JudgeRecord(text: first, pair: second, length: length, strategy: strategy, side: side))
          }
          records.append(JudgeRecord(text: first, length: length, side: side))
        }
      }
    }
    try compare(records, settings: "uncased", seed: seed)
  }

  @Test(
    "texts in the demo model's own vocabulary come out as transformers' BertTokenizerFast has them",
    .enabled(if: TestSupport.demoModel != nil, "the demo model is not installed"))
  func demoModel() throws {
    let folder = try #require(TestSupport.demoModel)
    let seed: UInt64 = 0x5EED_0003
    var random = SeededTexts(seed: seed)
    let records = (0..<Self.textCount / 4).map { _ in JudgeRecord(text: random.text()) }
    try compare(
      records, tokenizer: try WordPieceTokenizer(folder: folder), path: folder, settings: "transformers", seed: seed)
  }

  @Test("added tokens of every kind are found where the judge finds them")
  func addedTokens() throws {
    let flags = [false, true]
    var tokens: [String] = []
    var id = 0
    let base = try GoldenTokenizer.make("uncased")
    let contents = ["yesterday", "Café", "<u>", "  gap", "x y", "東", "é", "##ing", "tower"]
    for (index, content) in contents.enumerated() {
      let known = base.id(of: content)
      tokens.append(
        """
        {"id":\(known.map(Int.init) ?? base.pieces.count + id),"content":"\(content)","single_word":\(flags[index & 1]),\
        "lstrip":\(flags[index >> 1 & 1]),"rstrip":\(flags[index % 3 == 0 ? 1 : 0]),"normalized":\(flags[index % 3 == 1 ? 1 : 0]),\
        "special":\(flags[index >> 2 & 1])}
        """)
      if known == nil { id += 1 }
    }
    let json = GoldenTokenizer.json.replacingOccurrences(
      of: "\"added_tokens\":[", with: "\"added_tokens\":[" + tokens.joined(separator: ",") + ",")
    let folder = try TestSupport.temporaryFolder("added-tokens")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/tokenizer.json"
    try Data(json.utf8).write(to: URL(fileURLWithPath: path))
    let seed: UInt64 = 0x5EED_0004
    var random = SeededTexts(
      seed: seed, more: contents + ["CAFÉ", "cafe\u{301}", "YESTERDAY", "yesterdays", "_", "gap", "X Y", "E\u{301}"])
    let records = (0..<Self.textCount / 4).map { _ in JudgeRecord(text: random.text()) }
    for settings in ["uncased", "cased"] {
      try compare(
        records, tokenizer: try GoldenTokenizer.make(settings, json: json), path: path, settings: settings, seed: seed)
    }
  }

  @Test(
    "the committed digests over all scalars are those of the judge that is installed",
    arguments: ["uncased"])
  func scalarsOfTheJudge(settings: String) throws {
    let goldens = try String(contentsOfFile: GoldenTokenizer.folder + "/scalars.txt", encoding: .utf8)
      .split(separator: "\n").filter { $0.hasPrefix(settings + " ") }.map { String($0.suffix(16)) }
    let digests = try Judge.run(["scalars", GoldenTokenizer.folder + "/tokenizer.json", settings])
    #expect(digests.map { String($0.prefix(16)) } == goldens)
  }

  private func compare(_ records: [JudgeRecord], settings: String, seed: UInt64) throws {
    try compare(
      records, tokenizer: try GoldenTokenizer.make(settings), path: GoldenTokenizer.folder + "/tokenizer.json",
      settings: settings, seed: seed)
  }

  /// Compares digests of chunks, and shows the first text that differs.
  private func compare(
    _ records: [JudgeRecord], tokenizer: WordPieceTokenizer, path: String, settings: String, seed: UInt64
  ) throws {
    let chunk = 1000
    let folder = try TestSupport.temporaryFolder("judge")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/records.jsonl"
    let encoder = JSONEncoder()
    var lines = Data()
    for record in records {
      lines.append(try encoder.encode(record))
      lines.append(0x0A)
    }
    try lines.write(to: URL(fileURLWithPath: file))
    let digests = try Judge.run(["digests", path, settings, file, "\(chunk)"])
    try #require(digests.count == (records.count + chunk - 1) / chunk)
    for (number, expected) in digests.enumerated() {
      let range = number * chunk..<min(records.count, number * chunk + chunk)
      var digest = JudgeDigest()
      digest.update(records[range].flatMap { $0.numbers(tokenizer) })
      if digest.finish() == expected { continue }
      let shown = try Judge.run(["show", path, settings, file, "\(range.lowerBound)", "\(range.upperBound)"])
      for (record, line) in zip(records[range], shown) {
        let judged = try JSONDecoder().decode([Int32].self, from: Data(line.utf8))
        let ours = record.numbers(tokenizer)
        if judged == ours { continue }
        let text = String(decoding: try encoder.encode(record), as: UTF8.self)
        Issue.record("seed \(seed), \(settings): \(text)\nthe judge: \(judged)\nours:      \(ours)")
        return
      }
      Issue.record("seed \(seed), \(settings): chunk \(number) differs, but no record does")
    }
  }
}
