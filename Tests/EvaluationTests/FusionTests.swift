import Diagnostics
import Foundation
import Identifiers
import RankedResults
import TestSupport
import Testing

@testable import Evaluation

@Suite("Reciprocal rank fusion")
struct FusionTests {
  @Test("reciprocal rank fusion adds 1 / (60 + rank)")
  func fusion() throws {
    let first = EvaluateTests.run(["1": [("a", 9), ("b", 8), ("c", 7)], "2": [("a", 1)]])
    let second = EvaluateTests.run(["1": [("c", 0.2), ("b", 0.1)]])
    let fused = try ReciprocalRankFusion().fuse([first, second])
    func passage(_ id: ExternalID, _ score: Double) -> RankedPassage {
      RankedPassage(passage: id, score: Double(Float(score)))
    }
    #expect(fused.rankings["2"] == [passage("a", 1 / 61.0)])
    #expect(
      fused.rankings["1"] == [passage("c", 1 / 63.0 + 1 / 61.0), passage("b", 2 / 62.0), passage("a", 1 / 61.0)])
    let weighted = try ReciprocalRankFusion(k: 0, depth: 1).fuse([first, second], weights: [3, 1], name: "w")
    #expect(weighted.rankings["1"] == [RankedPassage(passage: "a", score: 3)])
    #expect(weighted.name == "w")
  }

  @Test("a tie of fused scores is broken by descending id")
  func fusionTies() throws {
    let first = EvaluateTests.run(["1": [("a", 2), ("b", 1)]])
    let second = EvaluateTests.run(["1": [("b", 2), ("a", 1)]])
    #expect(try ReciprocalRankFusion().fuse([first, second]).rankings["1"]?.map(\.passage) == ["b", "a"])
  }

  @Test("fused scores that tie as 32-bit floats only keep the fused order for every measure")
  func fusionFloatTies() throws {
    let first = EvaluateTests.run(["1": [("b", 1)]])
    let second = EvaluateTests.run(["1": [("a", 1)]])
    let fused = try ReciprocalRankFusion().fuse([first, second], weights: [1, 1 + 1e-12])
    let ranking = try #require(fused.rankings["1"])
    #expect(ranking.map(\.passage) == ["a", "b"])
    #expect(ranking.inEvaluationOrder == ["a", "b"])
    #expect(ranking.map(\.score) == [Double(Float(1 / 61.0)), Double(Float(1 / 61.0).nextDown)])
  }

  @Test("a fused run measures the same in memory as it does read back from its file", arguments: [UInt64(33)])
  func fusedFile(seed: UInt64) throws {
    let folder = try TestSupport.temporaryFolder("fused")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let tasks = (0..<3).map { GeneratedTask(queries: 20, seed: seed + UInt64($0)) }
    let fused = try ReciprocalRankFusion(k: 0).fuse(tasks.map(\.run), weights: [1, 1, 1e-9])
    let writer = try RunWriter(path: folder + "/fused.trec", tag: fused.name)
    for (query, ranking) in fused.rankings { try writer.write(query, ranking) }
    try writer.finish()
    let read = try RankedRun(readingFrom: folder + "/fused.trec")
    #expect(read.rankings.count == fused.rankings.count)
    for (query, ranking) in fused.rankings {
      let found = try #require(read.rankings[query])
      #expect(found.map(\.passage) == ranking.map(\.passage), "seed \(seed)")
      #expect(found.map { Float($0.score) } == ranking.map { Float($0.score) }, "seed \(seed)")
      #expect(ranking.inEvaluationOrder == ranking.map(\.passage), "seed \(seed)")
    }
  }

  @Test("senseless fusions are refused")
  func fusionRefused() {
    let run = EvaluateTests.run(["1": [("a", 2)]])
    #expect(throws: ParlanceError.self) { try ReciprocalRankFusion().fuse([run]) }
    #expect(throws: ParlanceError.self) { try ReciprocalRankFusion(k: -1).fuse([run, run]) }
    #expect(throws: ParlanceError.self) { try ReciprocalRankFusion(depth: 0).fuse([run, run]) }
    #expect(throws: ParlanceError.self) { try ReciprocalRankFusion().fuse([run, run], weights: [1]) }
    #expect(throws: ParlanceError.self) { try ReciprocalRankFusion().fuse([run, run], weights: [1, 0]) }
  }
}
