import Foundation
import TestSupport
import Testing

@testable import ParlanceCLI

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
    var postingsLookedUp: Double
    var postingsSkipped: Double
    var rangesSearched: Double
    var rangesSplit: Double
    var rangesSkipped: Double
    var algorithms: [Algorithm]
    var everyPostingMilliseconds: Latency?
    var instructions: String
    var firstMilliseconds: Latency
    var milliseconds: Latency?
    var threads: Int
    var queriesPerSecond: Double
    var approximate: Approximate?
  }

  private struct Algorithm: Decodable {
    var queries: Int
    var algorithm: String
  }

  private struct Approximate: Decodable {
    var dial: Double
    var recall: Double
    var leastRecall: Double
    var postingsTouched: Double
    var milliseconds: Latency
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
      #expect(text.code == 0 && text.output.contains("2 queries: every posting, since"), "\(text.output)\(text.error)")
      let json = try ParlanceProcess.run(bench + ["--json"], in: folder)
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let result = try decoder.decode(Result.self, from: Data(json.output.utf8))
      #expect(result.passages == 3 && result.queries == 2 && result.threads == 2)
      #expect(result.postingsTouched > 1 && result.rangesSearched == 1 && result.rangesSkipped == 0)
      #expect(result.postingsLookedUp == 0 && result.postingsSkipped == 0 && result.rangesSplit == 0)
      #expect(result.algorithms.map(\.queries) == [2] && result.everyPostingMilliseconds?.mean ?? 0 > 0)
      #expect(!result.instructions.isEmpty && result.queriesPerSecond > 0)
      let later = try #require(result.milliseconds)
      #expect(later.p50 <= later.p99 && result.firstMilliseconds.mean > 0 && result.approximate == nil)

      for (dial, recall) in [("0", 1...1), ("0.9", 0...1)] as [(String, ClosedRange<Double>)] {
        let json = try ParlanceProcess.run(bench + ["--approximate", dial, "--json"], in: folder)
        let approximate = try #require(try decoder.decode(Result.self, from: Data(json.output.utf8)).approximate)
        #expect(approximate.dial == Double(dial) && recall.contains(approximate.recall))
        #expect(approximate.leastRecall <= approximate.recall && approximate.postingsTouched > 0)
        let text = try ParlanceProcess.run(bench + ["--approximate", dial], in: folder)
        #expect(text.output.contains("approximate, dial \(dial == "0" ? "0.0" : dial): recall"))
      }
    }
  }

  @Test("bench encode finds its percentiles as bench search does, by the nearest rank")
  func percentiles() throws {
    let times = (1...30).map(Double.init).shuffled()
    let encoding = try #require(BenchEncodeCommand.Result.Latency(tokens: 16, times))
    let searching = try #require(BenchSearchCommand.Latency(times))
    #expect(encoding.p50Milliseconds == 15 && searching.p50 == 15)
    #expect(encoding.p95Milliseconds == 29 && searching.p95 == 29)
  }

  @Test("an approximate answer says so and by which dial; an exact one says that it is exact")
  func saysWhatItIs() throws {
    try SearchFixture.inFolder { folder in
      for (dial, words) in [("0.9", "\"approximation\" : 0.9"), ("0", "\"is_exact\" : true")] {
        let found = try SearchFixture.search(
          "--index bm25 --json --approximate \(dial)", question: "undo a commit branch", in: folder)
        #expect(found.code == 0 && found.output.contains(words), "\(found.output)\(found.error)")
        #expect(found.output.contains("\"is_exact\" : \(dial == "0")"))
      }
      let shown = try SearchFixture.search(
        "--index bm25 --approximate 0.9", question: "undo a commit branch", in: folder)
      #expect(shown.error.contains("approximate, dial 0.9, over"), "\(shown.error)")
      let run = try SearchFixture.search(
        "--index bm25 --conversations turns.jsonl --run a.trec --approximate 0.5", in: folder)
      #expect(run.code == 0 && run.error.contains("the run is approximate"), "\(run.error)")
      #expect(
        try SearchFixture.search("--index bm25 --approximate 1", question: "commit", in: folder).code == 64)
    }
  }

  @Test("refuses what it cannot measure")
  func refusals() throws {
    try SearchFixture.inFolder { folder in
      try saveQueries(in: folder)
      let bench = ["bench", "search", "--index", "bm25", "--vectors"]
      #expect(try ParlanceProcess.run(bench + ["q.vectors", "-k", "0"], in: folder).code == 64)
      #expect(try ParlanceProcess.run(bench + ["q.vectors", "--approximate", "1"], in: folder).code == 64)
      #expect(try ParlanceProcess.run(bench + ["none.vectors"], in: folder).code == 66)
    }
  }
}
