import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@Suite("parlance search refuses")
struct SearchRefusalTests {
  typealias Fixture = SearchFixture

  struct Bad: Sendable, CustomTestStringConvertible {
    var arguments: String
    var question: String?
    var code: Int32
    var says: String

    init(_ arguments: String, _ question: String? = nil, code: Int32, says: String) {
      (self.arguments, self.question, self.code, self.says) = (arguments, question, code, says)
    }

    var testDescription: String { arguments + (question.map { " '\($0)'" } ?? "") }
  }

  @Test(
    "what is wrong is told with its place, the exit code tells its kind, and no file is left",
    arguments: [
      Bad("", code: 64, says: "expected one of a question, --conversations or --vectors, found 0"),
      Bad("--index bm25", code: 64, says: "expected one of a question"),
      Bad("--index bm25 --vectors q.vectors", "a", code: 64, says: "found 2 of them"),
      Bad("", "a", code: 64, says: "expected either --index or --passages"),
      Bad("--index bm25 --passages passages.jsonl", "a", code: 64, says: "expected either --index or --passages"),
      Bad("--passages passages.jsonl", "a", code: 64, says: "--passages needs --model"),
      Bad("--index bm25 --conversations turns.jsonl", code: 64, says: "expected --run FILE"),
      Bad("--index bm25 --run out.trec", "a", code: 64, says: "answered on the screen"),
      Bad("--index bm25 --tag mine", "a", code: 64, says: "answered on the screen"),
      Bad("--index bm25 --turn c_1", "a", code: 64, says: "--turn goes with --conversations"),
      Bad("--index bm25 --conversations turns.jsonl --turn c_1 --run out.trec", code: 64, says: "on the screen"),
      Bad(
        "--index bm25 --conversations turns.jsonl --run out.trec --json", code: 64,
        says: "--json, --explain and --timings"),
      Bad("--index bm25 --form last-turn", "a", code: 64, says: "go with --conversations"),
      Bad("--index bm25", " ", code: 64, says: "expected words as the question"),
      Bad("--index bm25 --k 0", "a", code: 64, says: "--k of at least 1, found 0"),
      Bad("--index bm25 --k many", "a", code: 64, says: "'many'"),
      Bad("--index bm25 --conversations turns.jsonl --form newest --run out.trec", code: 64, says: "last-turn"),
      Bad("--index bm25 --conversations turns.jsonl --form rewrite --run out.trec", code: 64, says: "needs --rewrites"),
      Bad(
        "--index bm25 --conversations turns.jsonl --rewrites rewrites.jsonl --run out.trec", code: 64,
        says: "--rewrites needs --form"),
      Bad(
        "--index bm25 --conversations turns.jsonl --form last-turn --rewrites rewrites.jsonl --run out.trec", code: 64,
        says: "takes no --rewrites"),
      Bad("--index bm25 --conversations turns.jsonl --run out.trec --tag a,b\tc", code: 64, says: "tag"),
      Bad("--index bm25 --max-length 20", "a", code: 64, says: "--max-length goes with --model"),
      Bad("--index bm25 --passage-text {title}", "a", code: 64, says: "--passage-text goes with --model"),
      Bad("--index bm25 --device cpu", "a", code: 64, says: "--device goes with --model"),
      Bad(
        "--index bm25 --conversations turns.jsonl --run o --costs turns.jsonl", code: 64,
        says: "turns.jsonl: the output is one of the inputs"),
      Bad(
        "--index bm25 --conversations turns.jsonl --run o --save-queries ./turns.jsonl", code: 64,
        says: "turns.jsonl: the output is one of the inputs"),
      Bad("--index bm25 --conversations turns.jsonl --run o --costs ./o", code: 64, says: "two of the outputs"),
      Bad("--index bm25 --conversations turns.jsonl --run - --costs -", code: 64, says: "two of the outputs"),
      Bad(
        "--index bm25 --conversations turns.jsonl --run bm25/manifest", code: 64,
        says: "lies in the folder of the index"),
      Bad(
        "--index bm25 --conversations turns.jsonl --run o --save-queries bm25/q", code: 64,
        says: "lies in the folder of the index"),
      Bad("--index none", "a", code: 66, says: "none: expected an index, there is none"),
      Bad("--index bm25 --conversations none.jsonl --run out.trec", code: 66, says: "none.jsonl"),
      Bad("--index bm25 --vectors none.vectors --run out.trec", code: 66, says: "none.vectors"),
      Bad("--index bm25 --conversations turns.jsonl --turn c_9", code: 65, says: "turns.jsonl: expected a turn"),
      Bad(
        "--index bm25 --conversations turns.jsonl --form rewrite --rewrites few.jsonl --run out.trec", code: 65,
        says: "few.jsonl: expected a rewrite for turn \"c_2\""),
      Bad("--index bm25 --conversations broken.jsonl --run out.trec", code: 65, says: "broken.jsonl:1"),
      Bad("--index bm25 --conversations twice.jsonl --run out.trec", code: 65, says: "twice.jsonl:2"),
      Bad("--index bm25 --conversations surrogate.jsonl --run out.trec", code: 65, says: "surrogate.jsonl:1"),
      Bad("--index bm25 --conversations assistant.jsonl --run out.trec", code: 65, says: "assistant.jsonl:1"),
      Bad("--index bm25 --conversations passages.jsonl --run out.trec", code: 65, says: "passages.jsonl:1"),
      Bad("--index bm25 --vectors passages.jsonl --run out.trec", code: 65, says: "passages.jsonl"),
      Bad("--index bm25 --conversations turns.jsonl --run none/out.trec", code: 73, says: "none/out.trec"),
      Bad("--index bm25 --conversations turns.jsonl --run bm25", code: 73, says: "this is a folder"),
    ])
  func malformed(_ bad: Bad) throws {
    try Fixture.inFolder { folder in
      let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      let result = try Fixture.search(bad.arguments, question: bad.question, in: folder)
      #expect(result.code == bad.code, "\(result.error)")
      #expect(result.error.contains(bad.says), "\(result.error)")
      #expect(result.output.isEmpty)
      let made = Set(try FileManager.default.contentsOfDirectory(atPath: folder)).subtracting(before)
      #expect(made.subtracting([".output", ".error"]).isEmpty, "\(made)")
    }
  }

  @Test("an index that is damaged, cut off, or of another version")
  func damagedIndex() throws {
    try Fixture.inFolder { folder in
      func expect(_ says: String, after damage: (inout [UInt8]) -> Void, of file: String) throws {
        let path = folder + "/bm25/" + file
        let whole = try Data(contentsOf: URL(filePath: path))
        var bytes = Array(whole)
        damage(&bytes)
        try Data(bytes).write(to: URL(filePath: path))
        let result = try Fixture.search("--index bm25", question: "undo a commit", in: folder)
        #expect(result.code == 65, "\(file): \(result.error)")
        #expect(
          result.error.contains("bm25/\(file)") && (says.isEmpty || result.error.contains(says)),
          "\(file): \(result.error)")
        #expect(result.output.isEmpty)
        try whole.write(to: URL(filePath: path))
      }
      for file in ["manifest", "000001.postings", "000001.passages", "000001.vocabulary"] {
        try expect("", after: { $0.removeLast($0.count / 2) }, of: file)
        try expect("", after: { $0 = [] }, of: file)
        try expect("found version 9.", after: { FileVersion.set(9, of: &$0, checksumAt: 28) }, of: file)
      }
      try expect("", after: { $0[$0.count / 2] ^= 0x40 }, of: "manifest")
    }
  }

  @Test("vectors of another encoder, unless the user vouches for it, and of another vocabulary")
  func otherVectors() throws {
    try Fixture.inFolder { folder in
      let pieces = ["commit", "tag", "undo"]
      func write(_ name: String, _ digest: String, _ pieces: [String]) throws {
        let description = VectorsDescription(
          encoder: EncoderIdentity(digest: String(repeating: digest, count: 64), name: "encoder-\(digest)"),
          vocabulary: try Vocabulary(pieces: pieces.map { ExternalID($0) }))
        let writer = try VectorsWriter(path: folder + "/" + name, description: description)
        for (id, term, weight) in [("x", UInt32(0), Float(2)), ("y", 1, 1.5)] {
          try writer.append(ExternalID(id), try #require(SparseVector(exactly: [TermID(term)], weights: [weight])))
        }
        try writer.finish()
      }
      try write("passages.vectors", "a", pieces)
      try write("same.vectors", "a", pieces)
      try write("other.vectors", "b", pieces)
      try write("words.vectors", "a", ["commit", "tag"])
      let asked = try ParlanceProcess.run(
        ["index", "build", "--vectors", "passages.vectors", "--out", "index", "--dry-run", "--json"], in: folder)
      let told = try JSONSerialization.jsonObject(with: Data(asked.output.utf8)) as? [String: Int]
      #expect(
        try #require(told?["memory"]) > 0 && told?["temporary_disk"] != nil && told?.count == 3,
        "\(asked.output) \(asked.error)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/index"))
      let built = try ParlanceProcess.run(
        ["index", "build", "--vectors", "passages.vectors", "--out", "index"], in: folder)
      try #require(built.code == 0, "\(built.error)")

      let same = try Fixture.search("--index index --vectors same.vectors --run -", in: folder)
      #expect(same.output == "x Q0 x 1 4.0 vectors\ny Q0 y 1 2.25 vectors\n", "\(same.error)")
      let other = try Fixture.search("--index index --vectors other.vectors --run out.trec", in: folder)
      #expect(other.code == 65)
      #expect(other.error.contains("expected queries of encoder-a"), "\(other.error)")
      #expect(other.error.contains("found encoder-b") && other.error.contains("--trust-model"))
      let trusted = try Fixture.search("--index index --vectors other.vectors --run - --trust-model", in: folder)
      #expect(trusted.code == 0 && trusted.output == same.output, "\(trusted.error)")
      let words = try Fixture.search("--index index --vectors words.vectors --run out.trec --trust-model", in: folder)
      #expect(words.code == 65 && words.error.contains("vocabulary"), "\(words.error)")
      let model = try Fixture.search("--index index", question: "undo", in: folder)
      let says = "name the encoder of the queries with"
      #expect(model.code == 64 && model.error.contains("\(says) --model"), "\(model.error)")
      for (arguments, option) in [
        ("chat --index index", "--model"), ("mcp --index index", "--model"),
        ("compare name=a,index=index name=b,index=bm25 --conversations turns.jsonl", "model="),
      ] {
        let result = try ParlanceProcess.run(
          arguments.split(separator: " ").map(String.init), in: folder, input: "")
        #expect(result.code == 64 && result.error.contains("index: the index holds vectors"), "\(result.error)")
        #expect(result.error.contains("\(says) \(option)"), "\(result.error)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/out.trec"))
    }
  }

  @Test("no message or note holds the words of a conversation")
  func privacy() throws {
    try Fixture.inFolder { folder in
      let bad = try Fixture.search("--index bm25 --conversations secret.jsonl --run out.trec", in: folder)
      #expect(bad.code == 65 && bad.error.contains("secret.jsonl:2"))
      #expect(!bad.error.contains("hush"), "\(bad.error)")
      let lines = [
        "{\"id\": \"c\", \"conversation\": \"c\", \"turn\": 1, \"messages\": [{\"role\": \"hush-hush\", \"content\": 1}]}",
        "{\"id\": \"c\", \"conversation\": \"c\", \"turn\": 1, \"messages\": \"hush-hush\"}",
        "{\"id\": \"c\", \"conversation\": \"c\", \"turn\": 1, \"messages\": [{\"role\": \"user\", \"content\": \"hush-hush \\x\"}]}",
        "hush-hush", "{\"id\": \"c\", \"messages\": [{\"role\": \"user\", \"content\": \"hush-hush",
      ]
      for line in lines.dropFirst() {
        let result = try ParlanceProcess.run(
          ["search", "--index", "bm25", "--conversations", "-", "--run", "out.trec"], in: folder, input: line + "\n")
        #expect(result.code == 65)
        #expect(result.error.hasPrefix("parlance: error: standard input:1"), "\(result.error)")
        #expect(!result.error.contains("hush"), "\(result.error)")
      }
    }
  }
}
