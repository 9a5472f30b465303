import Diagnostics
import Evaluation
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@Suite("what queries cost")
struct EffortTests {
  @Test("FLOPS query by query has the mean that the definition by activation frequencies gives")
  func flops() throws {
    func vector(_ terms: [UInt32]) throws -> SparseVector {
      try #require(SparseVector(exactly: terms.map { TermID($0) }, weights: terms.map { _ in 1 }))
    }
    var passages = ActivationFrequencies()
    for terms in [[0, 1], [1, 2, 3], [1], []] as [[UInt32]] { passages.add(try vector(terms)) }
    let queries = try [[0, 1], [1], [3, 9], []].map { try vector($0) }
    var frequencies = ActivationFrequencies()
    for query in queries { frequencies.add(query) }
    let efforts = queries.map { QueryEffort($0, passages: passages) }
    let summary = try #require(EffortSummary(efforts))
    #expect(abs((summary.flops ?? 0) - frequencies.flops(with: passages)) < 1e-12)
    #expect(efforts.map(\.flops) == [1, 0.75, 0.25, 0])
    #expect(summary.terms == 1.25 && summary.postings == nil && summary.total == nil)
  }

  @Test("percentiles are values that were measured; turns are told apart")
  func turns() throws {
    let values = (1...100).map(Double.init).shuffled()
    let shares = try #require(EffortSummary.Percentiles(values))
    #expect(shares.p50 == 50 && shares.p95 == 95 && shares.p99 == 99)
    #expect(EffortSummary.Percentiles([]) == nil)
    #expect([4, 1, 3, 2].percentile(0.5) == 2 && [Int]().percentile(0.5) == nil)
    #expect([4, 1, 3, 2].percentiles([0, 0.25, 0.26, 0.75, 1]) == [1, 1, 2, 3, 4])
    var places = ConversationPlaces()
    var efforts: [ExternalID: QueryEffort] = [:]
    for (id, turn, terms) in [("a", 1, 4.0), ("b", 2, 10), ("c", 2, 20), ("lost", 0, 1)] {
      if turn > 0 { places.places[ExternalID(id)] = .init(conversation: ExternalID("c"), turn: turn) }
      efforts[ExternalID(id)] = QueryEffort(terms: terms, encoding: 1, searching: 2)
    }
    let turns = EffortSummary.byTurn(efforts, places: places)
    #expect(turns.map(\.turn) == [1, 2] && turns.map(\.summary.terms) == [4, 15])
    #expect(turns[1].summary.total?.p99 == 3)
  }

  @Test("what is written is read back; a damaged line is told with its number")
  func file() throws {
    let folder = try TestSupport.temporaryFolder("efforts")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/costs.jsonl"
    let effort = QueryEffort(terms: 3, flops: 0.5, postings: 12, encoding: 1.25, searching: nil)
    let writer = try QueryEffortWriter(path: path)
    try writer.write(ExternalID("q\"1"), effort)
    try writer.finish()
    #expect(try QueryEffort.all(readingFrom: path) == [ExternalID("q\"1"): effort])
    for (line, says) in [
      ("{\"id\":\"a\",\"terms\":-1}", ":2: expected a number from 0 to 1e15"),
      ("{\"id\":\"a\",\"terms\":1e300}", ":2: expected a number from 0 to 1e15"),
      ("{\"terms\":1}", ":2: expected what a query"),
      ("{\"id\":\"q\\\"1\",\"terms\":1}", ":2: the query"), ("[", "costs.jsonl:2: "),
    ] {
      let text = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")[0] + "\n" + line + "\n"
      try text.write(toFile: folder + "/bad.costs.jsonl", atomically: false, encoding: .utf8)
      let error = #expect(throws: ParlanceError.self) {
        try QueryEffort.all(readingFrom: folder + "/bad.costs.jsonl")
      }
      #expect(error?.code == .badInput && error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
  }
}
