import Foundation
import TestSupport
import Testing

@Suite(
  "parlance search with a model",
  .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
struct SearchModelTests {
  typealias Fixture = SearchFixture

  private static let checkpoints = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/"
  private static let model = checkpoints + "bert-old-names"

  struct Document: Decodable {
    struct Hit: Decodable {
      var rank: Int
      var id: String
      var score: Float
      var text: String?
    }
    var hits: [Hit]
    var isExact: Bool
  }

  /// The answer to "undo a commit", best first.
  private func hits(_ arguments: String, in folder: String) throws -> [Document.Hit] {
    let result = try Fixture.search(arguments + " --json", question: "undo a commit", in: folder)
    #expect(result.code == 0, "\(result.error)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let document = try decoder.decode(Document.self, from: Data(result.output.utf8))
    #expect(document.isExact)
    return document.hits
  }

  private func inFolder(_ body: (String) throws -> Void) throws {
    try ParlanceProcess.inFolder(of: Fixture.files) { folder in
      let built = try ParlanceProcess.run(
        [
          "index", "build", "--model", Self.model, "--passages", "passages.jsonl", "--weights", "f32", "--out", "index",
        ],
        in: folder)
      try #require(built.code == 0, "\(built.error)")
      try body(folder)
    }
  }

  @Test("an index and the passages themselves give the same passages with the same scores")
  func passages() throws {
    try inFolder { folder in
      let indexed = try hits("--index index --model \(Self.model)", in: folder)
      let direct = try hits("--passages passages.jsonl --model \(Self.model)", in: folder)
      #expect(indexed.count == 3 && indexed.map(\.rank) == [1, 2, 3])
      #expect(direct.map(\.id) == indexed.map(\.id))
      #expect(zip(direct, indexed).allSatisfy { abs($0.score - $1.score) < 1e-3 })
      #expect(direct.allSatisfy { $0.text?.isEmpty == false })
      #expect(try hits("--passages passages.jsonl --model \(Self.model) -k 1", in: folder).map(\.id) == [indexed[0].id])
    }
  }

  @Test(
    "conversations become the run of the vectors that encode gives",
    arguments: ["last-turn", "conversation", "rewrite"])
  func conversations(form: String) throws {
    try inFolder { folder in
      let form = "--form \(form)" + (form == "rewrite" ? " --rewrites rewrites.jsonl" : "")
      let run = try Fixture.search(
        "--index index --model \(Self.model) --conversations turns.jsonl \(form) --run - --tag t", in: folder)
      #expect(run.code == 0, "\(run.error)")
      let encoded = try ParlanceProcess.run(
        ["encode", "--model", Self.model, "--conversations", "turns.jsonl", "--out", "q.vectors"]
          + form.split(separator: " ").map(String.init), in: folder)
      #expect(encoded.code == 0, "\(encoded.error)")
      let searched = try Fixture.search("--index index --vectors q.vectors --run - --tag t", in: folder)
      #expect(Fixture.pairs(run.output) == Fixture.pairs(searched.output))
      #expect(Fixture.pairs(run.output).count == 6)
    }
  }

  @Test(
    "a query that does not fit says so, a model's and a table's alike",
    arguments: ["bert-old-names", "router-inference-free"])
  func truncated(model: String) throws {
    try inFolder { folder in
      let search = "--passages passages.jsonl --model \(Self.checkpoints + model) --max-length"
      let cut = try Fixture.search("\(search) 3", question: "undo the last commit", in: folder)
      #expect(cut.error.contains("the oldest part of the query did not fit"), "\(cut.error)")
      let whole = try Fixture.search("\(search) 20", question: "undo the last commit", in: folder)
      #expect(!whole.error.contains("did not fit"), "\(whole.error)")
    }
  }

  @Test("a model of other vectors is refused, unless the user vouches for it")
  func otherModel() throws {
    try inFolder { folder in
      let other = "--index index --model \(Self.checkpoints)bert-untied-bf16"
      let refused = try Fixture.search(other, question: "undo", in: folder)
      #expect(refused.code == 65 && refused.output.isEmpty)
      #expect(refused.error.contains("found bert-untied-bf16") && refused.error.contains("--trust-model"))
      #expect(try hits(other + " --trust-model", in: folder).count == 3)
    }
  }

  @Test(
    "what is wrong with model or passages is told with its place",
    arguments: [
      ("--passages passages.jsonl --model none", 66, "none: "),
      ("--passages passages.jsonl --model .", 66, "config.json"),
      ("--passages none.jsonl --model M", 66, "none.jsonl: "),
      ("--passages broken.jsonl --model M", 65, "broken.jsonl:1: "),
      ("--passages turns.jsonl --model M", 65, "turns.jsonl:1: "), ("--passages . --model M", 66, "this is a folder"),
      ("--passages passages.jsonl --model M --max-length 2", 64, "--max-length"),
      ("--passages passages.jsonl --model M --device tpu", 64, "tpu"),
    ])
  func malformed(arguments: String, code: Int32, says: String) throws {
    try ParlanceProcess.inFolder(of: Fixture.files) { folder in
      let arguments = arguments.replacingOccurrences(of: "--model M", with: "--model \(Self.model)")
      let result = try Fixture.search(arguments, question: "undo a commit", in: folder)
      #expect(result.code == code, "\(result.error)")
      #expect(result.error.contains(says), "\(result.error)")
      #expect(result.output.isEmpty)
    }
  }
}
