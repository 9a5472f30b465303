import TestSupport
import Testing

@testable import SparseEncoder

@Suite("Packing batches")
struct PackingTests {
  @Test("each sequence is packed once, batches keep the budget, and lengths descend")
  func properties() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let lengths = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
        Int.random(in: 2...300, using: &generator)
      }
      let budget = Int.random(in: 1...1000, using: &generator)
      let batches = Packing.batches(of: lengths, budget: budget)
      #expect(batches.flatMap { $0 }.sorted() == Array(lengths.indices), "seed \(seed)")
      #expect(batches.allSatisfy { batch in batch.count == 1 || batch.map { lengths[$0] }.reduce(0, +) <= budget })
      let order = batches.flatMap { $0 }.map { lengths[$0] }
      #expect(zip(order, order.dropFirst()).allSatisfy { $0 >= $1 }, "seed \(seed)")
      #expect(batches.allSatisfy { !$0.isEmpty })
    }
  }

  @Test("a sequence without tokens is in no batch")
  func empty() {
    #expect(Packing.batches(of: [0, 3, 0, 5], budget: 4) == [[3], [1]])
    #expect(Packing.batches(of: [0, 0], budget: 4).isEmpty)
  }

  @Test("sequences of equal length stay in their order")
  func stable() {
    #expect(Packing.batches(of: [5, 7, 5, 7, 5], budget: 12) == [[1], [3, 0], [2, 4]])
  }
}
