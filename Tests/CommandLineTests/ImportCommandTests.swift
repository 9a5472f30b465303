import Foundation
import TestSupport
import Testing

@Suite("parlance import")
struct ImportCommandTests {
  static let files = [
    "logs.jsonl": """
    {"id": "a", "messages": [{"role": "user", "content": "Hi?"}, {"role": "assistant", "content": "Yo"}]}
    {"id": "a b", "messages": [{"role": "user", "content": "Hi?"}]}
    {"id": "c", "messages": [{"role": "system", "content": "x"}]}

    """,
    "good/logs.jsonl": "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi?\"}]}\n", "other.txt": "no",
  ]

  private func parlance(_ arguments: String) throws -> ParlanceResult {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try ParlanceProcess.run(arguments.split(separator: " ").map(String.init), in: folder)
      if result.code != 0 { #expect(!FileManager.default.fileExists(atPath: folder + "/out")) }
      return result
    }
  }

  @Test("says what was read, written and left out, in words and in JSON")
  func counts() throws {
    let result = try parlance("import openai --from logs.jsonl other.txt --out out --keep-going")
    #expect(
      result.output == """
        logs.jsonl: conversations
        1 file not of the set:
          other.txt
        1 conversation
        conversations.jsonl  1 lines
        left out: 1 conversations without a question
        left out: 1 messages that are neither the user's nor the assistant's
        left out: 1 malformed row
          logs.jsonl:2: expected an id without white space and control characters, found U+0020, as the turn

        """, "\(result.error)")
    #expect(result.code == 0)
    let json = try parlance("import openai --from good --out out --prefix p- --json")
    #expect(
      json.output == """
        {
          "files": [{"path": "good/logs.jsonl", "role": "conversations"}],
          "unused": [],
          "conversations": 1,
          "written": {"conversations.jsonl": 1},
          "skipped": {},
          "malformed": 0,
          "malformed_rows": []
        }

        """, "\(json.output)\(json.error)")
  }

  @Test(
    "what is wrong is told with the exit code of its kind, and nothing is left",
    arguments: [
      ("openai --from logs.jsonl --out out", 65, "logs.jsonl:2: expected an id without white space"),
      ("openai --from other.txt --out out", 66, "expected files of openai, none of 1 is one"),
      ("openai --from none --out out", 66, "expected the files of the set, there is nothing"),
      ("openai --from good --out .", 73, "expected a folder without"),
      ("openai --from good --out other.txt", 73, "other.txt"), ("openia --from good --out out", 64, "openia"),
      ("openai --out out", 64, "--from"), ("openai --from good --out out --prefix \u{7F}", 64, "prefix"),
    ])
  func malformed(arguments: String, code: Int32, words: String) throws {
    try ParlanceProcess.inFolder(of: Self.files.merging(["qrels.txt": ""]) { $1 }) { folder in
      let result = try ParlanceProcess.run(["import"] + arguments.split(separator: " ").map(String.init), in: folder)
      #expect(result.code == code, "\(result.output)\(result.error)")
      #expect(result.error.contains(words), "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/out/conversations.jsonl"))
    }
  }
}
