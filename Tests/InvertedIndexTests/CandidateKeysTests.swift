import TestSupport
import Testing

@testable import InvertedIndex

@Suite("The best of many candidates")
struct CandidateKeysTests {
  /// Documents ascend; the fewer the scores, the more of them tie.
  private func keys(_ count: Int, scores: UInt32, using random: inout SeededGenerator) -> [UInt64] {
    let least = UInt32.random(in: 1...1_000_000_000, using: &random)
    return (0..<count).map {
      UInt64(least + UInt32.random(in: 0..<scores, using: &random)) << 32 | UInt64(~UInt32($0 * 3))
    }
  }

  @Test("are those that sorting gives, in the order they came", arguments: [1, 2, 50, 1_000_000_000] as [UInt32])
  func selection(scores: UInt32) {
    var random = SeededGenerator(seed: UInt64(scores))
    for count in [1, 2, 95, 96, 97, 500, 3000] {
      let keys = keys(count, scores: scores, using: &random)
      for kept in [1, 2, count / 2, count - 1, count] where (1...count).contains(kept) {
        let best = Set(keys.sorted(by: >).prefix(kept))
        var selected = keys
        #expect(CandidateKeys.keepGreatest(kept, of: &selected) == best.min())
        #expect(selected == keys.filter(best.contains), "\(kept) of \(count)")
      }
    }
  }

  @Test("are sorted", arguments: [1, 2, 50, 4000, 1_000_000_000] as [UInt32])
  func sorting(scores: UInt32) {
    var random = SeededGenerator(seed: UInt64(scores))
    for count in [0, 1, 95, 96, 97, 3000] {
      let keys = keys(count, scores: scores, using: &random)
      var sorted = keys
      CandidateKeys.sort(&sorted)
      #expect(sorted == keys.sorted(by: >), "\(count)")
    }
  }

  @Test("are found whatever the order in which they come", arguments: [1, 7, 100, 1000])
  func candidates(limit: Int) {
    var random = SeededGenerator(seed: UInt64(limit))
    for levels in [1, 3, 100_000] as [Int] {
      var candidates = TopCandidates(limit: limit)
      let scores = (0..<5000).map { _ in Float(Int.random(in: 1...levels, using: &random)) / 7 }
      for (document, score) in scores.enumerated() {
        candidates.insert(score: score, document: UInt32(document))
        if document % 1500 == 7 { candidates.raiseThreshold() }
      }
      let order = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
      let hits = candidates.finish()
      #expect(hits.map { Int($0.document.rawValue) } == Array(order.prefix(limit)))
      #expect(hits.map(\.score) == order.prefix(limit).map { scores[$0] })
    }
  }
}
