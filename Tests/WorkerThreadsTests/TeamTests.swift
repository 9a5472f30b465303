import Synchronization
import Testing

@testable import WorkerThreads

@Suite("teams of threads")
struct TeamTests {
  private final class Counts: Sendable {
    let values: Mutex<[Int]>
    let ranks = Mutex(Set<Int>())
    init(_ count: Int) { values = Mutex([Int](repeating: 0, count: count)) }
  }

  @Test("each item of a step is done once, and a step is over before the next one begins", arguments: [1, 2, 3, 5])
  func steps(size: Int) throws {
    let team = try Team(size: size)
    for run in 0..<50 {
      let counts = Counts(23)
      let late = team.run { crew in
        var late = 0
        for round in 1...4 {
          crew.forEach(23) { item, rank in
            counts.values.withLock { $0[item] += 1 }
            _ = counts.ranks.withLock { $0.insert(rank) }
          }
          if counts.values.withLock({ $0 }) != [Int](repeating: round, count: 23) { late += 1 }
        }
        return late
      }
      #expect(late == 0, "run \(run)")
      #expect(counts.ranks.withLock { $0 }.isSubset(of: 0..<size))
    }
  }

  @Test("helpers do take part")
  func helpers() throws {
    let counts = Counts(0)
    try Team(size: 2).run { crew in
      // The leader's item ends when a helper has come for the other one.
      crew.forEach(2) { _, rank in
        _ = counts.ranks.withLock { $0.insert(rank) }
        while counts.ranks.withLock({ $0.count }) < 2 {}
      }
    }
    #expect(counts.ranks.withLock { $0 } == [0, 1])
  }

  @Test("steps without items are over at once")
  func empty() throws {
    try Team(size: 3).run { crew in crew.forEach(0) { _, _ in Issue.record("there is nothing to do") } }
  }
}
