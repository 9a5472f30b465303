import Diagnostics
import Foundation
import Identifiers
import RankedResults
import TestSupport
import Testing

@testable import Evaluation

@Suite("Fusion of scores")
struct ScoreFusionTests {
  private static func run(_ ranking: [(ExternalID, Double)]) -> RankedRun {
    EvaluateTests.run(["q": ranking])
  }

  @Test("sums, counts and greatest of normalised scores are those of ranx")
  func golden() throws {
    let text = try String(
      contentsOfFile: TestSupport.packageRoot + "/Tests/EvaluationTests/Goldens/fusion.tsv", encoding: .utf8)
    var inputs: [String: [(ExternalID, Double)]] = [:]
    var fused: [[String]: [ExternalID: Double]] = [:]
    for line in text.split(separator: "\n") {
      let columns = line.split(separator: "\t").map(String.init)
      if columns[0] == "run" {
        inputs[columns[1], default: []].append((ExternalID(columns[2]), try #require(Double(columns[3]))))
      } else {
        fused[Array(columns[1...3]), default: [:]][ExternalID(columns[4])] = Double(columns[5])
      }
    }
    let runs = try ["one", "two"].map { Self.run(try #require(inputs[$0])) }
    #expect(fused.count == 20)
    for (key, expected) in fused {
      let fusion = ScoreFusion(
        try #require(.init(rawValue: key[0])), normalisation: try #require(.init(rawValue: key[1])),
        missing: try #require(.init(rawValue: key[2])))
      let found = try fusion.fuse(runs, weights: key[0] == "sum" ? [1, 2.5] : nil).rankings["q"] ?? []
      #expect(Set(found.map(\.passage)) == Set(expected.keys), "\(key)")
      for passage in found {
        let score = try #require(expected[passage.passage])
        #expect(abs(passage.score - score) <= 1e-5 * max(1, abs(score)), "\(key) \(passage.passage)")
      }
    }
  }

  @Test(
    "a ranking of equal scores is brought to a scale that does not divide by nothing",
    arguments: [
      (ScoreNormalisation.none, 3.0), (.minMax, 1), (.max, 1), (.sum, 0.5), (.zScore, 0),
    ])
  func equalScores(normalisation: ScoreNormalisation, score: Double) {
    #expect(normalisation.normalised([3, 3]) == [score, score])
    #expect(normalisation.normalised([]) == [])
  }

  @Test("a passage that a run lacks scores no more there than what the run found, or 0 on demand")
  func missing() throws {
    let first = Self.run([("a", 5), ("b", 4), ("c", 0)])
    let second = Self.run([("a", 9), ("c", 8), ("d", 0)])
    func ranking(_ missing: ScoreFusion.Missing) throws -> [ExternalID] {
      let fusion = ScoreFusion(normalisation: .zScore, missing: missing)
      return try fusion.fuse([first, second]).rankings["q"]?.map(\.passage) ?? []
    }
    // By 0, the mean, b gains by not being in the second run, which ranks c above d.
    #expect(try ranking(.lowest) == ["a", "c", "b", "d"])
    #expect(try ranking(.zero) == ["a", "b", "c", "d"])
  }

  @Test("scores below zero are not multiplied, which would rank what more runs have lower")
  func multiplied() throws {
    let first = Self.run([("a", 2), ("b", -1)])
    let second = Self.run([("a", 3), ("b", 1), ("c", 0)])
    for (normalisation, isTaken) in [
      (ScoreNormalisation.none, false), (.max, false), (.zScore, false), (.minMax, true),
    ] {
      let fusion = ScoreFusion(.mnz, normalisation: normalisation)
      if isTaken {
        #expect(try fusion.fuse([first, second]).rankings["q"]?.first?.passage == "a")
      } else {
        let error = #expect(throws: ParlanceError.self) { try fusion.fuse([first, second]) }
        #expect(error?.code == .usage && error?.message.contains("mnz multiplies") == true)
      }
      #expect(try ScoreFusion(.sum, normalisation: normalisation).fuse([first, second]).rankings["q"]?.count == 3)
    }
  }

  @Test("numbers beyond all sizes are refused instead of changing the order")
  func sizes() throws {
    let runs = [Self.run([("a", 1e308), ("b", -1e308)]), Self.run([("a", 3), ("b", 1)])]
    for normalisation in ScoreNormalisation.allCases {
      let error = #expect(throws: ParlanceError.self) {
        try ScoreFusion(normalisation: normalisation).fuse(runs)
      }
      #expect(error?.code == .badInput, "\(normalisation)")
    }
    #expect(try ReciprocalRankFusion().fuse(runs).rankings["q"]?.first?.passage == "a")
    #expect(throws: ParlanceError.self) { try ReciprocalRankFusion(k: 1e300).fuse(runs) }
    #expect(throws: ParlanceError.self) { try ReciprocalRankFusion().fuse(runs, weights: [1e308, 1e308]) }
    let low = [Self.run([("a", 1), ("b", -3e38)]), Self.run([("a", 1), ("b", -3e38)])]
    let error = #expect(throws: ParlanceError.self) { try ScoreFusion(normalisation: .none).fuse(low) }
    #expect(error?.code == .badInput)
    #expect(error?.message.contains("the fused score of b for q") == true, "\(error as Any)")
  }

  @Test("a run without the query adds nothing to it, and senseless fusions are refused")
  func edges() throws {
    let first = EvaluateTests.run(["1": [("a", 2), ("b", 1.5), ("c", 1)], "2": [("a", 1)]])
    let second = EvaluateTests.run(["1": [("b", 9)]])
    let fused = try ScoreFusion(depth: 1).fuse([first, second], name: "x")
    #expect(fused.name == "x")
    #expect(fused.rankings["1"] == [RankedPassage(passage: "b", score: 1.5)])
    #expect(fused.rankings["2"] == [RankedPassage(passage: "a", score: 1)])
    #expect(throws: ParlanceError.self) { try ScoreFusion().fuse([first]) }
    #expect(throws: ParlanceError.self) { try ScoreFusion(depth: 0).fuse([first, second]) }
    #expect(throws: ParlanceError.self) { try ScoreFusion().fuse([first, second], weights: [1, -1]) }
  }
}
