import Foundation
import TestSupport
import Testing

@Suite("parlance data split")
struct DataSplitCommandTests {
  /// Seven conversations of one to three turns, interleaved, with a key that Parlance does not know.
  static let lines: [String] = (1...3).flatMap { turn in
    (0..<7).filter { $0 % 3 + 1 >= turn }.map { conversation in
      let messages = (1...turn).map { "{\"role\":\"user\",\"content\":\"question \($0)\"}" }.joined(separator: ", ")
      return "{\"id\":\"c\(conversation)_\(turn)\",  \"conversation\":\"c\(conversation)\",\"turn\":\(turn),"
        + "\"messages\":[\(messages)],\"extra\":\(turn)}"
    }
  }

  static func conversation(_ line: some StringProtocol) -> String {
    String(line.dropFirst(7).prefix { $0 != "_" })
  }

  private func split(
    _ arguments: String, _ body: (ParlanceResult, (String) throws -> [String]) throws -> Void
  ) throws {
    let files = [
      "c.jsonl": Self.lines.joined(separator: "\n") + "\n", "empty.jsonl": "", "file": "",
      "broken.jsonl": Self.lines[0] + "\n{\"id\":\n",
    ]
    try ParlanceProcess.inFolder(of: files) { folder in
      let result = try ParlanceProcess.run(
        ["data", "split"] + arguments.split(separator: " ").map(String.init), in: folder)
      try body(result) { name in
        try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n").map(String.init)
      }
    }
  }

  @Test("whole conversations are dealt evenly, their lines as they stand and in their order", arguments: [2, 3, 7])
  func deals(parts: Int) throws {
    try split("c.jsonl --parts \(parts) --out folds") { result, lines in
      #expect(result.code == 0, "\(result.error)")
      let found = try (1...parts).map { try lines("folds/part-\($0).jsonl") }
      #expect(found.joined().sorted() == Self.lines.sorted())
      for part in found { #expect(part == Self.lines.filter(part.contains)) }
      let conversations = found.map { Set($0.map(Self.conversation)) }
      #expect(conversations.reduce(0) { $0 + $1.count } == 7, "a conversation is in two parts")
      #expect(conversations.allSatisfy { (7 / parts...(7 + parts - 1) / parts).contains($0.count) })
      #expect(
        result.error.contains("folds/part-1.jsonl: \(conversations[0].count) conversations, \(found[0].count) turns"))
    }
  }

  @Test("the input is no part, and a part of an earlier split into more is not left beside those of this one")
  func kept() throws {
    try ParlanceProcess.inFolder(of: ["part-1.jsonl": Self.lines.joined(separator: "\n") + "\n"]) { folder in
      func split(_ arguments: String) throws -> ParlanceResult {
        try ParlanceProcess.run(["data", "split"] + arguments.split(separator: " ").map(String.init), in: folder)
      }
      let own = try split("part-1.jsonl --out .")
      #expect(own.code == 64 && own.error.contains("the output is one of the inputs"), "\(own.error)")
      #expect(try split("part-1.jsonl --parts 3 --out s").code == 0)
      let fewer = try split("part-1.jsonl --parts 2 --out s")
      #expect(
        fewer.code == 73 && fewer.error.contains("s/part-3.jsonl: it is a part of an earlier split"), "\(fewer.error)")
      #expect(try split("part-1.jsonl --parts 3 --seed 4 --out s").code == 0)
    }
  }

  @Test("judgments are dealt as the conversations of their turns; those of other turns are told")
  func judgments() throws {
    let turns = Self.lines.map { $0.dropFirst(7).prefix { $0 != "\"" } }
    let judgments = turns.map { "\($0) 0 p 2" } + ["stranger_1 0 p 1"] + turns.map { "\($0) 0 q 0" }
    let files = [
      "c.jsonl": Self.lines.joined(separator: "\n") + "\n", "q.txt": judgments.joined(separator: "\n") + "\n",
      "bad.txt": "c0_1 0 p high\n",
    ]
    try ParlanceProcess.inFolder(of: files) { folder in
      func split(_ arguments: String) throws -> ParlanceResult {
        try ParlanceProcess.run(["data", "split"] + arguments.split(separator: " ").map(String.init), in: folder)
      }
      func lines(_ name: String) throws -> [String] {
        try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n").map(String.init)
      }
      let broken = try split("c.jsonl --qrels bad.txt --out o")
      #expect(broken.code == 65 && broken.error.contains("bad.txt:1"), "\(broken.error)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/o"))

      let result = try split("c.jsonl --qrels q.txt --out o")
      #expect(result.code == 0, "\(result.error)")
      for part in 1...2 {
        let dealt = Set(try lines("o/part-\(part).jsonl").map { $0.dropFirst(7).prefix { $0 != "\"" } })
        let expected = judgments.filter { dealt.contains($0.prefix { $0 != " " }) }
        #expect(try lines("o/part-\(part).qrels.txt") == expected)
        #expect(result.error.contains("o/part-\(part).qrels.txt: \(expected.count) judgments"), "\(result.error)")
      }
      #expect(result.error.contains("1 judgment of turns that c.jsonl does not have: in no part"), "\(result.error)")

      let without = try split("c.jsonl --seed 1 --out o")
      #expect(
        without.code == 73 && without.error.contains("part-1.qrels.txt: it has the judgments"), "\(without.error)")
      #expect(try split("c.jsonl --seed 1 --qrels q.txt --out o").code == 0)
    }
  }

  @Test("the same seed deals the same, another one otherwise")
  func seeds() throws {
    var parts: [[String]] = []
    for arguments in ["c.jsonl --out o", "c.jsonl --out o --seed 0", "c.jsonl --out o --seed 1"] {
      try split(arguments) { _, lines in parts.append(try lines("o/part-1.jsonl")) }
    }
    #expect(parts[0] == parts[1] && parts[0] != parts[2])
  }

  @Test(
    "what is wrong is told before a folder is made",
    arguments: [
      ("c.jsonl", 64, "--out"), ("c.jsonl --out o --parts 1", 64, "expected --parts of at least 2"),
      ("- --out o", 64, "read twice"), ("none.jsonl --out o", 66, "none.jsonl"),
      ("c.jsonl --out o --parts 8", 65, "c.jsonl: expected at least 8 conversations, one for each part, found 7"),
      ("empty.jsonl --out o", 65, "empty.jsonl: expected at least 2 conversations"),
      ("broken.jsonl --out o", 65, "broken.jsonl:2"), ("c.jsonl --out file/o", 73, "file/o: the folder cannot be made"),
    ])
  func malformed(arguments: String, code: Int32, says: String) throws {
    try split(arguments) { result, lines in
      #expect(result.code == code, "\(result.error)")
      #expect(result.error.contains(says), "\(result.error)")
      #expect((try? lines("o/part-1.jsonl")) == nil)
    }
  }
}
