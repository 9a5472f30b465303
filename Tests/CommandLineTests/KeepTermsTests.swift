import Foundation
import TestSupport
import Testing

@Suite(
  "--keep-terms", .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
struct KeepTermsTests {
  private static let model = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"

  private func parlance(_ arguments: String, question: String? = nil, in folder: String) throws -> ParlanceResult {
    try ParlanceProcess.run(
      arguments.replacing("MODEL", with: "--model \(Self.model)").split(separator: " ").map(String.init)
        + (question.map { [$0] } ?? []), in: folder)
  }

  private func succeed(_ arguments: String, question: String? = nil, in folder: String) throws -> String {
    let result = try parlance(arguments, question: question, in: folder)
    #expect(result.code == 0, "\(arguments): \(result.error)")
    return result.output
  }

  /// The vectors of JSON lines, in their order.
  private func vectors(_ lines: String) throws -> [[String: Double]] {
    struct Line: Decodable {
      var vector: [String: Double]
    }
    return try lines.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8)).vector
    }
  }

  @Test("encode keeps the heaviest terms of passages and of queries, and the file says so")
  func encode() throws {
    try ParlanceProcess.inFolder(of: SearchFixture.files) { folder in
      for input in ["--passages passages.jsonl", "--conversations turns.jsonl"] {
        let whole = try vectors(succeed("encode MODEL \(input) --format jsonl", in: folder))
        let kept = try vectors(succeed("encode MODEL \(input) --format jsonl --keep-terms 5", in: folder))
        #expect(kept.count == whole.count && !kept.isEmpty)
        for (kept, whole) in zip(kept, whole) {
          #expect(kept.count == 5 && whole.count > 5)
          #expect(kept.allSatisfy { whole[$0] == $1 })
          #expect(kept.values.min() ?? 0 >= whole.filter { kept[$0.key] == nil }.values.max() ?? .infinity)
        }
      }
      _ = try succeed("encode MODEL --passages passages.jsonl --keep-terms 5 --out p.vectors", in: folder)
      #expect(try succeed("vectors info p.vectors", in: folder).contains("the 5 heaviest of each vector"))
      _ = try succeed("vectors export p.vectors --to npz --out p.npz", in: folder)
      _ = try succeed("vectors import p.npz --out again.vectors", in: folder)
      #expect(try succeed("vectors info again.vectors", in: folder).contains("the 5 heaviest of each vector"))
      let bad = try parlance("encode MODEL --passages passages.jsonl --keep-terms 0", in: folder)
      #expect(bad.code == 64 && bad.error.contains("--keep-terms of at least 1"))
    }
  }

  @Test("an index of pruned passages is of the same space, says what was kept, and is not mixed with whole ones")
  func index() throws {
    try ParlanceProcess.inFolder(of: SearchFixture.files) { folder in
      _ = try succeed("encode MODEL --passages passages.jsonl --keep-terms 5 --out kept.vectors", in: folder)
      _ = try succeed("encode MODEL --passages passages.jsonl --out whole.vectors", in: folder)
      let built = try succeed("index build --vectors kept.vectors --weights f32 --out kept", in: folder)
      #expect(built.contains("the 5 heaviest of each passage"))
      #expect(try succeed("index info kept --json", in: folder).contains("\"kept_terms\""))
      #expect(try succeed("search --index kept MODEL", question: "undo a commit", in: folder).contains("p"))
      let mixed = try parlance("index build --vectors whole.vectors kept.vectors --out mixed", in: folder)
      #expect(mixed.code == 65, "\(mixed.error)")
      #expect(mixed.error.contains("kept.vectors") && mixed.error.contains("expected all terms"))
    }
  }

  @Test("search keeps the heaviest terms of a question, of conversations and of vectors alike")
  func search() throws {
    struct Answer: Decodable {
      struct Term: Decodable {
        var piece: String
        var source: String
      }
      var terms: [Term]
    }
    try ParlanceProcess.inFolder(of: SearchFixture.files) { folder in
      _ = try succeed("index build MODEL --passages passages.jsonl --weights f32 --out index", in: folder)
      // Pieces with the words they came from, which must stay each other's.
      func terms(_ arguments: String) throws -> [String] {
        let answer = try succeed("search \(arguments) MODEL --json --explain", question: "undo a commit", in: folder)
        return try JSONDecoder().decode(Answer.self, from: Data(answer.utf8)).terms.map { $0.piece + " " + $0.source }
      }
      for place in ["--index index", "--passages passages.jsonl"] {
        let (whole, kept) = (try terms(place), try terms("\(place) --keep-terms 3"))
        #expect(kept == Array(whole.prefix(3)) && whole.count > 3)
      }
      let search = "search --index index --run - --tag t"
      let encoded = try succeed(
        "\(search) MODEL --conversations turns.jsonl --keep-terms 3 --save-queries q.vectors", in: folder)
      _ = try succeed("encode MODEL --conversations turns.jsonl --out whole.vectors", in: folder)
      #expect(try succeed("\(search) --vectors whole.vectors --keep-terms 3", in: folder) == encoded)
      #expect(try succeed("\(search) --vectors q.vectors", in: folder) == encoded)
      #expect(try succeed("\(search) --vectors whole.vectors", in: folder) != encoded)
      #expect(try succeed("vectors info q.vectors", in: folder).contains("the 3 heaviest of each vector"))
      _ = try succeed("index build --bm25 --passages passages.jsonl --out bm25", in: folder)
      let one = try succeed(
        "search --index bm25 --keep-terms 1 --json --explain", question: "undo a branch", in: folder)
      #expect(try JSONDecoder().decode(Answer.self, from: Data(one.utf8)).terms.count == 1)
    }
  }
}
