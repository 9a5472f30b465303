import Evaluation
import Foundation
import Testing

@testable import Distillation

@Suite("How often a passage is drawn")
struct InclusionTests {
  private typealias Base = SamplerTests

  /// How often each passage is in a sample, and the expected count that the samples state for it.
  private func simulate(
    _ sampler: Sampler, gold: [UInt32], rounds: Int
  ) throws -> [UInt32: (frequency: Double, expected: Double)] {
    var found: [UInt32: (frequency: Double, expected: Double)] = [:]
    for query in 0..<UInt64(rounds) {
      let sample = try #require(Base.sample(sampler, gold: gold, query: query))
      for (passage, logCount) in zip(sample.passages, sample.logExpectedCounts) {
        let before = found[passage]?.frequency ?? 0
        found[passage] = (before + 1 / Double(rounds), exp(Double(logCount)))
      }
    }
    return found
  }

  @Test(
    "is what the sample says, for strata",
    arguments: [
      SamplingStrategy.uniform(window: Base.window), .hardest, .stratified(window: RankWindow(1, 50), bands: 4),
      .mixture(hard: 2, uniform: 10, collection: 4, window: Base.window), .wholeList,
      .softPositives(count: 4, window: nil),
    ])
  func strata(strategy: SamplingStrategy) throws {
    let rounds = 2000
    let sampler = Base.sampler(strategy) { $0.correction = true }
    let found = try simulate(sampler, gold: [103, 120], rounds: rounds)
    let count = try #require(Base.sample(sampler, gold: [103, 120])).count
    #expect(abs(found.values.reduce(0) { $0 + $1.expected } - Double(count)) < 0.01, "each is drawn at some time")
    for (passage, (frequency, expected)) in found {
      // Five standard errors of a frequency.
      let error = 5 * (expected * (1 - expected) / Double(rounds)).squareRoot()
      #expect(abs(frequency - expected) <= error + 1e-6, "\(strategy), passage \(passage): \(frequency), \(expected)")
    }
  }

  @Test("is nearly what the approximation says, for draws in proportion to a distribution", arguments: [1.0, 4.0])
  func proportional(temperature: Double) {
    let rounds = 8000
    let sampling = SuccessiveSampling(logits: (0..<40).map { -Double($0) / 4 / temperature }, count: 12)
    var generator = SeededGenerator(seed: 5)
    var counts = [Double](repeating: 0, count: 40)
    for _ in 0..<rounds { for element in sampling.draw(&generator) { counts[element] += 1 } }
    let expected = sampling.logInclusions().map { exp($0) }
    #expect(abs(expected.reduce(0, +) - 12) < 1e-9)
    for (element, (count, expected)) in zip(counts, expected).enumerated() {
      let error = 4 * (expected * (1 - expected) / Double(rounds)).squareRoot()
      #expect(abs(count / Double(rounds) - expected) < error + 0.02, "element \(element)")
    }
  }

  @Test("is stated for the passages that were drawn, and the drawing is the same whether or not it is")
  func stated() throws {
    let strategy = SamplingStrategy.proportional(window: nil, temperature: 3)
    let sample = try #require(Base.sample(Base.sampler(strategy) { $0.correction = true }))
    var uncorrected = sample
    uncorrected.logExpectedCounts = []
    #expect(Base.sample(Base.sampler(strategy)) == uncorrected)
    // The gold passage 103 has the fourth place in the list; the places of the others are its negatives'.
    let places = (0..<100).filter { $0 != 3 }
    let sampling = SuccessiveSampling(logits: places.map { Double(Base.list().scores[$0]) / 3 }, count: 16)
    let inclusions = Dictionary(uniqueKeysWithValues: zip(places.map { UInt32(100 + $0) }, sampling.logInclusions()))
    #expect(sample.logExpectedCounts == [0] + sample.passages.dropFirst().map { Float(inclusions[$0] ?? .nan) })
  }

  @Test("follows the softmax of the teacher's scores when one is drawn, by a chi-square test")
  func chiSquare() throws {
    let list = TeacherList(passages: [9, 5, 6, 7, 8, 4, 3], scores: [9, 3, 2.5, 2, 1, 0.5, 0])
    let sampler = Base.sampler(.proportional(window: nil, temperature: 1.5)) { $0.negatives = 1 }
    let rounds = 20_000
    var counts = [UInt32: Int]()
    for query in 0..<UInt64(rounds) {
      counts[try #require(Base.sample(sampler, list: list, gold: [9], query: query)).passages[1], default: 0] += 1
    }
    let weights = list.scores.dropFirst().map { exp(Double($0) / 1.5) }
    let statistic = zip(list.passages.dropFirst(), weights).reduce(0.0) { sum, pair in
      let expected = Double(rounds) * pair.1 / weights.reduce(0, +)
      let difference = Double(counts[pair.0] ?? 0) - expected
      return sum + difference * difference / expected
    }
    // Five degrees of freedom: 20.5 is exceeded once in a thousand.
    #expect(statistic < 20.5)
  }

  @Test("without replacement is that of drawing one after the other")
  func successive() {
    let logits = [2.0, 1, 0.5, 0, -1]
    let weights = logits.map { exp($0) }
    // The exact probability of each pair, in either order.
    var exact = [Double](repeating: 0, count: 5)
    for first in 0..<5 {
      for second in 0..<5 where second != first {
        let total = weights.reduce(0, +)
        let probability = weights[first] / total * weights[second] / (total - weights[first])
        exact[first] += probability
        exact[second] += probability
      }
    }
    let sampling = SuccessiveSampling(logits: logits, count: 2)
    var generator = SeededGenerator(seed: 3)
    var counts = [Double](repeating: 0, count: 5)
    let rounds = 20_000
    for _ in 0..<rounds { for element in sampling.draw(&generator) { counts[element] += 1 / Double(rounds) } }
    for (count, exact) in zip(counts, exact) {
      #expect(abs(count - exact) < 5 * (exact * (1 - exact) / Double(rounds)).squareRoot())
    }
    let approximate = sampling.logInclusions().map { exp($0) }
    #expect(abs(approximate.reduce(0, +) - 2) < 1e-9)
    for (approximate, exact) in zip(approximate, exact) { #expect(abs(approximate - exact) < 0.05) }
  }

  @Test("is finite for the logarithm of probabilities too small for a number")
  func skewed() {
    let sampling = SuccessiveSampling(logits: [0, -10, -5000, -5001], count: 3)
    let inclusions = sampling.logInclusions()
    #expect(inclusions.allSatisfy { $0.isFinite && $0 <= 0 })
    var generator = SeededGenerator(seed: 3)
    #expect(sampling.draw(&generator).prefix(2).sorted() == [0, 1])
    #expect(SuccessiveSampling(logits: [1, 2], count: 5).logInclusions() == [0, 0])
    #expect(SuccessiveSampling(logits: [], count: 5).draw(&generator).isEmpty)
  }
}
