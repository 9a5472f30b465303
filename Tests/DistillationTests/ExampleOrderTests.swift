import Evaluation
import Testing

@testable import Distillation

@Suite("the order of examples")
struct ExampleOrderTests {
  @Test("a set comes as often as its share says, and each visit knows how often its example came before")
  func visits() {
    let order = ExampleOrder(sets: [([0, 1, 2, 3], 2.5), ([4, 5], 1), ([6], 0)], batchSize: 5, seed: 3)
    for epoch in 0..<20 {
      let visits = order.epoch(epoch)
      #expect(visits.count == 12)
      #expect(Set(visits).count == 12, "\(visits)")
      for example in 0..<7 {
        let repetitions = visits.filter { $0.example == example }.map(\.repetition).sorted()
        switch example {
        case 0..<4: #expect(repetitions == [0, 1] || repetitions == [0, 1, 2], "\(repetitions)")
        case 4..<6: #expect(repetitions == [0])
        default: #expect(repetitions.isEmpty)
        }
      }
      #expect(order.epoch(epoch) == visits)
    }
    #expect(order.epoch(0) != order.epoch(1))
    #expect(order.batchesOfEpoch == 3)
    let first = order.epoch(0)
    #expect((0..<3).flatMap { Array(order.batch($0, of: first)) } == first)
    #expect(order.setsWithoutVisit.isEmpty)
    let small = ExampleOrder(sets: [([0, 1, 2, 3], 0.1), ([4, 5], 1), ([6], 0)], batchSize: 5, seed: 3)
    #expect(small.setsWithoutVisit == [0])
  }
}

@Suite("the generator of a purpose")
struct PurposeTests {
  // What Python's hashlib says, and SplitMix64 makes of it.
  @Test(
    "begins where SHA-256 of seed, purpose and number says, on every machine",
    arguments: [
      (0, [11_350_103_309_083_308_126, 10_408_039_341_401_337_440, 7_256_622_135_756_090_301]),
      (7, [2_927_171_536_310_858_513, 5_182_097_832_099_391_076, 9_004_565_247_305_404_374]),
    ] as [(UInt64, [UInt64])])
  func first(number: UInt64, expected: [UInt64]) {
    var generator = SeededGenerator(seed: 123, "order", number)
    let drawn = expected.map { _ in generator.next() }
    #expect(drawn == expected)
  }
}

@Suite("the learning rate")
struct LearningRateTests {
  @Test("rises to its peak, falls to 0, and has the same shape under another peak, whatever its own is")
  func schedule() {
    let rate = LearningRate(peak: 6, warmupRatio: 0.25, totalSteps: 8)
    let rates: [Double] = (1...8).map { rate($0) }
    let doubled: [Double] = (1...8).map { rate($0, peak: 12) }
    #expect(rates == [0, 3, 6, 5, 4, 3, 2, 1])
    #expect(doubled == [0, 6, 12, 10, 8, 6, 4, 2])
    let still = LearningRate(peak: 0, warmupRatio: 0.25, totalSteps: 8)
    #expect(still(4) == 0 && still(4, peak: 12) == 10)
  }

  @Test("does not warm up over a single step, which would learn nothing")
  func fewSteps() {
    let once = LearningRate(peak: 6, warmupRatio: 0.01, totalSteps: 1)
    #expect(once(1) == 6 && once(1, peak: 12) == 12)
    let twice = LearningRate(peak: 6, warmupRatio: 0.01, totalSteps: 2)
    #expect(twice(1) == 0 && twice(2) == 6)
    let rising = LearningRate(peak: 6, warmupRatio: 0.99, totalSteps: 4)
    let rates: [Double] = (1...4).map { rising($0) }
    #expect(rates == [0, 1.5, 3, 4.5])
  }
}
