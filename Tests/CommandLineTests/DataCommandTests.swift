import Foundation
import TestSupport
import Testing

@Suite("parlance data check")
struct DataCommandTests {
  static let good = [
    "conversations.jsonl":
      "{\"id\":\"c_1\",\"conversation\":\"c\",\"turn\":1,\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]}\n",
    "passages.jsonl": "{\"_id\":\"p\",\"text\":\"words\"}\n", "qrels.txt": "c_1 0 p 1\n",
  ]

  func check(_ files: [String: String], _ arguments: [String] = []) throws -> (output: String, code: Int32) {
    var answer = ("", Int32(-1))
    try ParlanceProcess.inFolder(of: files) { folder in
      let result = try ParlanceProcess.run(["data", "check", "."] + arguments, in: folder)
      answer = (result.output + result.error, result.code)
    }
    return answer
  }

  @Test("files that fit are counted")
  func good() throws {
    let (output, code) = try check(Self.good)
    #expect(code == 0)
    #expect(
      output == """
        conversations.jsonl  1 turns
        passages.jsonl  1 passages
        qrels.txt  1 judgments
        1 turns of 1 conversations
        qrels.txt: 1 turns have a relevant passage
        No faults.

        """)
    #expect(try check(Self.good, ["--json"]).output.contains("\"fault_count\" : 0"))
  }

  @Test(
    "what does not fit is told with its file and line",
    arguments: [
      ("qrels.txt", "c_1 0 p 1\nc_9 0 p 1\n", "qrels.txt:2: no turn has the id \"c_9\""),
      ("qrels.txt", "c_1 0 other 1\n", "qrels.txt:1: no passage has the id \"other\""),
      ("passages.jsonl", "{\"_id\":\"p\"}\n", "passages.jsonl:1: expected the key \"text\""),
      (
        "conversations.more.jsonl",
        "{\"id\":\"c_1\",\"conversation\":\"c\",\"turn\":1,\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]}\n",
        "the turn \"c_1\" is in"
      ),
    ])
  func faults(name: String, text: String, message: String) throws {
    var files = Self.good
    files[name] = text
    let (output, code) = try check(files)
    #expect(code == 65)
    #expect(output.contains(message), "\(output)")
  }

  @Test("a folder with nothing in it is no input")
  func empty() throws {
    let (output, code) = try check(["other.txt": ""])
    #expect(code == 66 && output.contains("there are none"))
  }
}
