import Foundation
import TestSupport
import Testing

private let checkpoints = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens"

@Suite("parlance encode")
struct EncodeCommandTests {
  static let model = checkpoints + "/bert-old-names"

  static let files: [String: String] = [
    "passages.jsonl": """
    {"_id": "p1", "title": "git", "text": "how do i undo the last commit"}
    {"_id": "p2", "text": "the branch is merged"}
    {"_id": "p3", "title": "", "text": "a tag names a commit", "lang": "en"}

    """,
    "more.jsonl": "{\"_id\": \"p4\", \"text\": \"and moves\"}\n",
    "again.jsonl": "{\"_id\": \"p1\", \"text\": \"again\"}\n",
    "broken.jsonl": "{\"_id\": \"p1\", \"text\": \"the\"}\n{\"_id\": \"p2\", \"text\": \n",
    "twice.jsonl": "{\"_id\": \"p1\", \"text\": \"a\"}\n{\"_id\": \"p1\", \"text\": \"b\"}\n",
    "surrogate.jsonl": "{\"_id\": \"p1\", \"text\": \"\\ud800\"}\n",
    "notext.jsonl": "{\"_id\": \"p1\"}\n",
    "turns.jsonl": """
    {"id": "c1_1", "conversation": "c1", "turn": 1, "messages": [{"role": "user", "content": "undo a commit"}]}
    {"id": "c1_2", "conversation": "c1", "turn": 2, "messages": [{"role": "user", "content": "undo a commit"}, \
    {"role": "assistant", "content": "the last"}, {"role": "user", "content": "how"}]}

    """,
    "rewrites.jsonl": "{\"id\": \"c1_1\", \"text\": \"undo\"}\n{\"id\": \"c1_2\", \"text\": \"how do i undo\"}\n",
    "few.jsonl": "{\"id\": \"c1_1\", \"text\": \"undo\"}\n",
  ]

  func parlance(_ arguments: [String], in folder: String) throws -> ParlanceResult {
    try ParlanceProcess.run(arguments, in: folder)
  }

  func encode(_ arguments: String, in folder: String) throws -> ParlanceResult {
    try parlance(["encode", "--model", Self.model] + arguments.split(separator: " ").map(String.init), in: folder)
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    var arguments: String
    var code: Int32
    var says: String
    var testDescription: String { arguments }
  }

  @Test(
    "each bad call and each bad input is told before the model is opened, and leaves no file",
    arguments: [
      Bad(arguments: "", code: 64, says: "either --passages or --conversations"),
      Bad(arguments: "--passages passages.jsonl --conversations turns.jsonl", code: 64, says: "either --passages"),
      Bad(arguments: "--passages - passages.jsonl", code: 64, says: "standard input"),
      Bad(arguments: "--passages passages.jsonl --form rewrite", code: 64, says: "go with --conversations"),
      Bad(arguments: "--conversations turns.jsonl --form rewrite", code: 64, says: "needs --rewrites"),
      Bad(arguments: "--conversations turns.jsonl --rewrites rewrites.jsonl", code: 64, says: "takes no --rewrites"),
      Bad(arguments: "--conversations turns.jsonl --form newest", code: 64, says: "found \"newest\""),
      Bad(arguments: "--passages passages.jsonl --format vectors", code: 64, says: "cannot go to standard output"),
      Bad(arguments: "--passages passages.jsonl --json", code: 64, says: "--json needs --out"),
      Bad(arguments: "--passages passages.jsonl --weights f16", code: 64, says: "go with .vectors"),
      Bad(arguments: "--passages passages.jsonl --weights f8 --out o.vectors", code: 64, says: "f8"),
      Bad(arguments: "--passages passages.jsonl --max-length 2 --out o.vectors", code: 64, says: "--max-length"),
      Bad(arguments: "--passages passages.jsonl --threads 0 --out o.vectors", code: 64, says: "--threads"),
      Bad(arguments: "--passages passages.jsonl --passage-text {body} --out o.vectors", code: 64, says: "{body}"),
      Bad(arguments: "--passages none.jsonl --out o.vectors", code: 66, says: "none.jsonl"),
      Bad(arguments: "--passages broken.jsonl --out o.vectors", code: 65, says: "broken.jsonl:2"),
      Bad(arguments: "--passages twice.jsonl --out o.vectors", code: 65, says: "twice.jsonl:2"),
      Bad(
        arguments: "--passages passages.jsonl passages.jsonl --out o.vectors", code: 65,
        says: "passages.jsonl:1: expected each \"_id\" once"),
      Bad(arguments: "--passages surrogate.jsonl --out o.vectors", code: 65, says: "surrogate.jsonl:1"),
      Bad(arguments: "--passages notext.jsonl --out o.vectors", code: 65, says: "notext.jsonl:1"),
      Bad(arguments: "--passages turns.jsonl --out o.vectors", code: 65, says: "turns.jsonl:1"),
      Bad(arguments: "--conversations passages.jsonl --out o.vectors", code: 65, says: "passages.jsonl:1"),
      Bad(
        arguments: "--conversations turns.jsonl --form rewrite --rewrites few.jsonl --out o.vectors", code: 65,
        says: "few.jsonl: expected a rewrite for turn \"c1_2\""),
      Bad(arguments: "--passages passages.jsonl --out passages.jsonl", code: 64, says: "is one of the inputs"),
      Bad(
        arguments: "--conversations turns.jsonl --form rewrite --rewrites rewrites.jsonl --out ./rewrites.jsonl",
        code: 64, says: "./rewrites.jsonl: the output is one of the inputs"),
    ])
  func refuses(_ bad: Bad) throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try encode(bad.arguments, in: folder)
      #expect(result.code == bad.code, "\(result.error)")
      #expect(result.error.contains(bad.says), "\(result.error)")
      #expect(result.output.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: folder + "/o.vectors"))
    }
  }

  @Test("a model that is none is told with what to write instead")
  func models() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let missing = try parlance(["encode", "--model", "naver/splade-v3", "--passages", "passages.jsonl"], in: folder)
      #expect(missing.code == 66)
      #expect(missing.error.contains("hf:naver/splade-v3"))
      let empty = try parlance(["encode", "--model", ".", "--passages", "passages.jsonl"], in: folder)
      #expect(empty.code == 66)
      #expect(empty.error.contains("config.json"))
    }
  }

  @Test(
    "vectors are those of sentence-transformers, in the order of the input",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"),
    arguments: [
      "bert-old-names", "bert-saved-by-6", "bert-sharded", "bert-untied-bf16", "distilbert-sum",
      "router-inference-free",
    ])
  func equalsJudge(_ name: String) throws {
    struct Expected: Decodable {
      struct Row: Decodable {
        var terms: [Int]
        var weights: [Float]
      }
      var texts: [String]
      var documents: [Row]
    }
    struct Line: Decodable {
      var id: String
      var vector: [String: Float]
    }
    let folder = checkpoints + "/" + name
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/expected.json")))
    let pieces = try pieces(of: folder)
    var lines = ""
    for (index, text) in expected.texts.enumerated() {
      let quoted = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
      lines += "{\"_id\": \"\(index)\", \"text\": \(quoted)}\n"
    }
    try ParlanceProcess.inFolder(of: ["p.jsonl": lines]) { work in
      let result = try parlance(["encode", "--model", folder, "--passages", "p.jsonl"], in: work)
      #expect(result.code == 0, "\(result.error)")
      let found = try result.output.split(separator: "\n").map {
        try JSONDecoder().decode(Line.self, from: Data($0.utf8))
      }
      #expect(found.map(\.id) == expected.texts.indices.map(String.init))
      for (line, row) in zip(found, expected.documents) {
        let wanted = Dictionary(uniqueKeysWithValues: zip(row.terms.map { pieces[$0] }, row.weights))
        for (piece, weight) in wanted {
          #expect(abs((line.vector[piece] ?? 0) - weight) < 1e-5, "\(name) \(line.id) \(piece)")
        }
        for (piece, weight) in line.vector where weight > 1e-4 {
          #expect(wanted[piece] != nil, "\(name) \(line.id) \(piece)")
        }
      }
    }
  }

  /// The pieces of a small checkpoint in the order of their ids.
  func pieces(of folder: String) throws -> [String] {
    if let text = try? String(contentsOfFile: folder + "/vocab.txt", encoding: .utf8) {
      return text.split(separator: "\n").map(String.init)
    }
    struct Tokenizer: Decodable {
      struct Model: Decodable { var vocab: [String: Int] }
      var model: Model
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/tokenizer.json"))
    let tokenizer = try JSONDecoder().decode(Tokenizer.self, from: data)
    return tokenizer.model.vocab.sorted { $0.value < $1.value }.map(\.key)
  }

  @Test(
    "files become one .vectors file; conversations take a form; the summary counts",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
  func vectors() throws {
    struct Summary: Decodable {
      var texts: Int
      var tokens: Int
      var resumed: Int
    }
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let all = try encode("--passages passages.jsonl more.jsonl --out o.vectors --json", in: folder)
      #expect(all.code == 0, "\(all.error)")
      #expect(try JSONDecoder().decode(Summary.self, from: Data(all.output.utf8)).texts == 4)
      #expect(FileManager.default.fileExists(atPath: folder + "/o.vectors"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/o.vectors.partial"))
      #expect(all.error.contains("NOT for commercial use"))

      let clash = try encode("--passages passages.jsonl again.jsonl --out c.vectors", in: folder)
      #expect(clash.code == 65)
      #expect(clash.error.contains("p1"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/c.vectors"))

      let tokens = try ["last-turn", "user-turns", "conversation"].map { form in
        let result = try encode("--conversations turns.jsonl --form \(form) --out q.vectors --json", in: folder)
        return try JSONDecoder().decode(Summary.self, from: Data(result.output.utf8)).tokens
      }
      #expect(tokens[0] < tokens[1] && tokens[1] < tokens[2])
      let rewritten = try encode(
        "--conversations turns.jsonl --form rewrite --rewrites rewrites.jsonl --out r.jsonl", in: folder)
      #expect(rewritten.code == 0)
      let lines = try String(contentsOfFile: folder + "/r.jsonl", encoding: .utf8).split(separator: "\n")
      #expect(lines.map { $0.prefix(12) } == ["{\"id\":\"c1_1\"", "{\"id\":\"c1_2\""])
    }
  }

  @Test(
    "an id that a stream gives twice is told with its line",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
  func twiceInStream() throws {
    try ParlanceProcess.inFolder(of: [:]) { folder in
      let result = try ParlanceProcess.run(
        ["encode", "--model", Self.model, "--passages", "-", "--out", "o.vectors"], in: folder,
        input: Self.files["twice.jsonl"])
      #expect(result.code == 65)
      #expect(result.error.contains("standard input:2: expected each id once, \"p1\""), "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/o.vectors"))
    }
  }

  @Test(
    "the filter gives what stands before a bad line, then an error that names the line",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
  func filter() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try encode("--passages broken.jsonl --format jsonl", in: folder)
      #expect(result.code == 65)
      #expect(result.error.contains("broken.jsonl:2"))
      #expect(result.output.hasPrefix("{\"id\":\"p1\""))
      #expect(result.output.split(separator: "\n").count == 1)
      // A file is whole or not there.
      let file = try encode("--passages broken.jsonl --out b.jsonl", in: folder)
      #expect(file.code == 65)
      #expect(!FileManager.default.fileExists(atPath: folder + "/b.jsonl"))
    }
  }

  @Test(
    "what a killed run left is gone on with, to the same file as without the kill; other passages are refused",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
  func resumes() throws {
    var generator = SeededGenerator(seed: 5)
    let lines = (0..<600).map { number in
      let words = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
        ["the", "commit", "a", "tag", "undo"].randomElement(using: &generator) ?? "a"
      }
      return "{\"_id\": \"p\(number)\", \"text\": \"\(words.joined(separator: " "))\"}\n"
    }
    try ParlanceProcess.inFolder(of: ["p.jsonl": lines.joined()]) { folder in
      func contents(_ name: String) -> Data? { FileManager.default.contents(atPath: folder + "/" + name) }
      #expect(try encode("--passages p.jsonl --out whole.vectors", in: folder).code == 0)
      let whole = try #require(contents("whole.vectors"))
      // What a killed writer leaves is a prefix of the finished file.
      for length in [0, 1, 63, 5000, whole.count / 3, whole.count / 2, whole.count * 9 / 10] {
        try whole.prefix(length).write(to: URL(fileURLWithPath: folder + "/o.vectors.partial"))
        let result = try encode("--passages p.jsonl --out o.vectors", in: folder)
        #expect(result.code == 0, "\(length): \(result.error)")
        #expect(contents("o.vectors") == whole, "cut at \(length)")
      }
      try whole.prefix(whole.count * 9 / 10).write(to: URL(fileURLWithPath: folder + "/o.vectors.partial"))
      try ("{\"_id\": \"other\", \"text\": \"a\"}\n" + lines.joined()).write(
        toFile: folder + "/p.jsonl", atomically: true, encoding: .utf8)
      let other = try encode("--passages p.jsonl --out o.vectors", in: folder)
      #expect(other.code == 65, "\(other.error)")
      #expect(try encode("--passages p.jsonl --out o.vectors --restart", in: folder).code == 0)
    }
  }

  @Test(
    "bench encode measures passages and queries",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
  func bench() throws {
    struct Result: Decodable {
      struct Latency: Decodable { var tokens: Int }
      var passages: Int
      var passagesPerSecond: Double
      var queries: [Latency]
    }
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try parlance(
        ["bench", "encode", "--model", Self.model, "--count", "20", "--repetitions", "2", "--json"], in: folder)
      #expect(result.code == 0, "\(result.error)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let figures = try decoder.decode(Result.self, from: Data(result.output.utf8))
      #expect(figures.passages == 20 && figures.passagesPerSecond > 0)
      #expect(figures.queries.map(\.tokens) == [16])
      #expect(try parlance(["bench", "encode", "--model", Self.model, "--count", "0"], in: folder).code == 64)
    }
  }
}
