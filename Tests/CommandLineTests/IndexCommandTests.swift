import Foundation
import TestSupport
import Testing

@Suite("parlance index")
struct IndexCommandTests {
  static let files = [
    "passages.jsonl": """
    {"_id":"a","title":"Undo","text":"git reset undoes the last commit"}
    {"_id":"b","text":"branches are cheap"}

    """,
    "twice.jsonl": "{\"_id\":\"a\",\"text\":\"one\"}\n{\"_id\":\"a\",\"text\":\"two\"}\n",
    "broken.jsonl": "{\"_id\":\"a\",\"text\":\"one\"}\n{\"_id\":\"b\"",
    "bad.vectors": "not vectors at all",
  ]

  @Test("builds, describes and verifies an index, and names what is damaged")
  func buildInfoVerify() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let built = try ParlanceProcess.run(
        ["index", "build", "--bm25", "--passages", "passages.jsonl", "--out", "index"], in: folder)
      #expect(built.code == 0, "\(built.error)")
      #expect(built.output.contains("passages         2, texts inside"))
      let info = try ParlanceProcess.run(["index", "info", "index", "--json"], in: folder)
      let json = try JSONSerialization.jsonObject(with: Data(info.output.utf8)) as? [String: Any]
      #expect(json?["passages"] as? Int == 2 && json?["weights"] as? String == "f32")
      let whole = try ParlanceProcess.run(["index", "verify", "index"], in: folder)
      #expect(whole.output == "whole\n" && whole.code == 0)

      let postings = URL(fileURLWithPath: folder + "/index/000001.postings")
      var bytes = try Data(contentsOf: postings)
      bytes[300] ^= 1
      try bytes.write(to: postings)
      let damaged = try ParlanceProcess.run(["index", "verify", "index"], in: folder)
      #expect(damaged.code == 65 && damaged.output.contains("000001.postings"), "\(damaged.output)")
    }
  }

  @Test(
    "what is wrong is told with the exit code of its kind, and no index is left",
    arguments: [
      ("build --out out", 64, "--vectors"), ("build --bm25 --out out", 64, "--passages"),
      ("build --bm25 --passages - --out out", 64, "read twice"),
      ("build --bm25 --passages passages.jsonl --b 2 --out out", 64, "between 0 and 1"),
      ("build --bm25 --passages twice.jsonl --out out", 65, "given twice"),
      ("build --bm25 --passages broken.jsonl --out out", 65, "broken.jsonl:2"),
      ("build --bm25 --passages none.jsonl --out out", 66, "none.jsonl"),
      ("build --vectors bad.vectors --out out", 65, "bad.vectors"),
      ("build --vectors none.vectors --out out", 66, "none.vectors"),
      ("build --bm25 --passages passages.jsonl --out none/out", 73, "none/out"),
      ("build --bm25 --passages passages.jsonl --out .", 73, "choose another folder"),
      ("info none", 66, "expected an index"), ("verify none", 66, "expected an index"),
    ])
  func malformed(arguments: String, code: Int32, words: String) throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try ParlanceProcess.run(
        ["index"] + arguments.split(separator: " ").map(String.init), in: folder)
      #expect(result.code == code, "\(result.error)")
      #expect(result.error.contains(words), "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/out/manifest"))
    }
  }
}
