import Foundation
import TestSupport
import Testing

@Suite("parlance passages")
struct PassagesCommandTests {
  static let files: [String: String] = [
    "page.html": "<title>Tool</title><h2 id=opts>OPTIONS</h2><dl><dt>-v<dd>Say more.</dl>",
    "notes.md": "# Notes\n\nA short note.\n",
    "copy.txt": "A short\nnote.\n",
    "picture.png": "x",
    "data.txt": "\u{0}",
  ]

  private func parlance(_ arguments: String..., in folder: String) throws -> ParlanceResult {
    try ParlanceProcess.run(["passages"] + arguments, in: folder)
  }

  @Test("writes passages in the order of the paths and tells what it read and what not")
  func writes() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try parlance(".", "--out", "out.jsonl", in: folder)
      #expect(result.code == 0 && result.output.isEmpty)
      #expect(
        result.error == """
          3 of 5 files read
            1 skipped: unknown type
            1 skipped: binary
            not read: data.txt (binary)
          2 passages, 6 words; 1 duplicates left out

          """)
      let lines = try String(contentsOfFile: folder + "/out.jsonl", encoding: .utf8).split(separator: "\n")
      #expect(
        lines == [
          #"{"_id":"copy.txt","title":"copy","text":"A short note.","source":"copy.txt","section":""}"#,
          #"{"_id":"page.html#opts/-v","title":"Tool > OPTIONS","text":"-v: Say more.","source":"page.html","section":"OPTIONS"}"#,
        ])
    }
  }

  @Test("the summary as JSON, the passages on standard output")
  func json() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try parlance(".", "--out", "out.jsonl.gz", "--json", in: folder)
      let summary = try #require(
        JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      #expect(summary["passages"] as? Int == 2 && summary["duplicates"] as? Int == 1)
      #expect(summary["skipped"] as? [String: Int] == ["binary": 1, "unknown type": 1])
      let piped = try parlance("notes.md", "--out", "-", in: folder)
      #expect(piped.output.contains(#""_id":"notes.md""#) && piped.code == 0)
    }
  }

  @Test(
    "what cannot be done ends with its code, one line that says why, and no output file",
    arguments: [
      ("missing --out out.jsonl", 66, "missing: there is no such folder of documents"),
      ("empty --out out.jsonl", 66, "no text, Markdown or HTML document with text among 0 files"),
      ("data.txt --out out.jsonl", 66, "no text, Markdown or HTML document with text among 1 files"),
      ("notes.md --out nowhere/out.jsonl", 73, "nowhere"),
      ("notes.md", 64, "--out"),
      ("--out out.jsonl", 64, "<documents>"),
      ("notes.md --out out.jsonl --words 0", 64, "--words must be at least 1, not 0"),
      ("notes.md --out out.jsonl --max-words 10", 64, "--max-words must be at least --words (60), not 10"),
      ("notes.md --out - --json", 64, "both write to standard output"),
      ("one/docs two/docs --out out.jsonl", 64, "two folders are called docs"),
    ])
  func refuses(arguments: String, code: Int32, message: String) throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      for name in ["empty", "one/docs", "two/docs"] {
        try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
      }
      let result = try ParlanceProcess.run(
        ["passages"] + arguments.split(separator: " ").map(String.init), in: folder)
      #expect(result.code == code, "\(result.error)")
      #expect(result.error.contains(message))
      #expect(!FileManager.default.fileExists(atPath: folder + "/out.jsonl"))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(!names.contains { $0.contains("out.jsonl") }, "\(names)")
    }
  }

  @Test("help shows examples")
  func help() throws {
    try ParlanceProcess.inFolder(of: [:]) { folder in
      let result = try parlance("--help", in: folder)
      #expect(result.code == 0 && result.output.contains("parlance passages docs --out passages.jsonl"))
    }
  }
}
