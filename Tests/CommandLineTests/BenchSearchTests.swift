import Foundation
import TestSupport
import Testing

@Suite("parlance bench search")
struct BenchSearchTests {
  private struct Latency: Decodable {
    var mean: Double
    var p50: Double
    var p99: Double
  }

  private struct Result: Decodable {
    var passages: Int
    var queries: Int
    var postingsTouched: Double
    var rangesSearched: Double
    var rangesSkipped: Double
    var instructions: String
    var firstMilliseconds: Latency
    var milliseconds: Latency?
    var threads: Int
    var queriesPerSecond: Double
  }

  /// Two queries as vectors of the fixture's index; one of the words of each is in no passage.
  private func saveQueries(in folder: String) throws {
    let saved = try SearchFixture.search(
      "--index bm25 --conversations turns.jsonl --run r.trec --save-queries q.vectors", in: folder)
    try #require(saved.code == 0, "\(saved.error)")
  }

  @Test("measures an index with queries, and tells what was done")
  func measures() throws {
    try SearchFixture.inFolder { folder in
      try saveQueries(in: folder)
      let bench = [
        "bench", "search", "--index", "bm25", "--vectors", "q.vectors", "--repetitions", "2", "--threads", "2",
      ]
      let text = try ParlanceProcess.run(bench, in: folder)
      #expect(text.code == 0 && text.output.contains("algorithm: every posting"), "\(text.output)\(text.error)")
      let json = try ParlanceProcess.run(bench + ["--json"], in: folder)
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let result = try decoder.decode(Result.self, from: Data(json.output.utf8))
      #expect(result.passages == 3 && result.queries == 2 && result.threads == 2)
      #expect(result.postingsTouched > 1 && result.rangesSearched == 1 && result.rangesSkipped == 0)
      #expect(!result.instructions.isEmpty && result.queriesPerSecond > 0)
      let later = try #require(result.milliseconds)
      #expect(later.p50 <= later.p99 && result.firstMilliseconds.mean > 0)
    }
  }

  @Test("refuses what it cannot measure")
  func refusals() throws {
    try SearchFixture.inFolder { folder in
      try saveQueries(in: folder)
      let bench = ["bench", "search", "--index", "bm25", "--vectors"]
      #expect(try ParlanceProcess.run(bench + ["q.vectors", "-k", "0"], in: folder).code == 64)
      #expect(try ParlanceProcess.run(bench + ["none.vectors"], in: folder).code == 66)
    }
  }
}
