import Diagnostics
import FoundationEssentials
import SparseEncoder
import SparseVectors
import Testing

@testable import Distillation

@Suite("The regulariser")
struct RegulariserTests {
  static let penalties: [QueryPenalty] = [.l1, .flops, .l0FLOPS(threshold: 11), .dfFLOPS(FrequencyWeighting())]

  @Test(
    "has the derivative that finite differences give", arguments: penalties, UInt64(0)..<6)
  func derivatives(penalty: QueryPenalty, seed: UInt64) {
    var configuration = Regulariser.Configuration()
    configuration.query = penalty
    configuration.weights = .given(query: 0.3, passage: 0.2)
    configuration.depthGrowth = 0.25
    configuration.antiZero = true
    let random = RandomBatch(seed: seed)
    let regulariser = Regulariser(configuration, vocabularySize: RandomBatch.vocabularySize)
    let rows = (0..<random.queries.count).map { random.queries.vector(at: $0) }
    func value(_ queries: [SparseVector], _ passages: [SparseVector]) -> Double {
      var regulariser = regulariser
      return regulariser.penalty(
        of: RandomBatch.rows(queries), turns: random.turns, passages: passages, step: 1, byPassages: true
      ).parts.total
    }
    let byQueries = FiniteDifferences.gradient(
      at: rows.flatMap(\.weights).map { Double($0) }, step: 1.0 / 1024,
      of: { value(RandomBatch.vectors(rows, weights: $0), random.passages) })
    let byPassages = FiniteDifferences.gradient(
      at: random.passages.flatMap(\.weights).map { Double($0) }, step: 1.0 / 1024,
      of: { value(rows, RandomBatch.vectors(random.passages, weights: $0)) })
    var copy = regulariser
    let gradient = copy.penalty(
      of: random.queries, turns: random.turns, passages: random.passages, step: 1, byPassages: true
    ).gradient
    #expect(FiniteDifferences.distance(gradient.queries, byQueries) < 1e-6, "seed \(seed)")
    #expect(FiniteDifferences.distance(gradient.passages, byPassages) < 1e-6, "seed \(seed)")
  }

  @Test("reports the passages' FLOPS, and minimises them only where their encoder learns")
  func frozen() {
    var configuration = Regulariser.Configuration()
    configuration.weights = .named(.high)
    configuration.antiZero = true
    let random = RandomBatch(seed: 3)
    var regulariser = Regulariser(configuration, vocabularySize: RandomBatch.vocabularySize)
    let (frozen, gradient) = regulariser.penalty(of: random.queries, passages: random.passages, step: 1)
    let (learned, _) = regulariser.penalty(of: random.queries, passages: random.passages, step: 1, byPassages: true)
    #expect(gradient.passages.isEmpty)
    #expect(frozen.passageFLOPS > 0)
    #expect(frozen.passageFLOPS == learned.passageFLOPS)
    let left = 1e-3 * frozen.passageFLOPS + (frozen.antiZeroPassages ?? 0)
    #expect(abs(learned.total - frozen.total - left) < 1e-12)
  }

  @Test("is finite for vectors without terms, and counts them")
  func zeroVectors() {
    for penalty in Self.penalties {
      var configuration = Regulariser.Configuration()
      configuration.query = penalty
      configuration.weights = .named(.highest)
      configuration.antiZero = true
      var regulariser = Regulariser(configuration, vocabularySize: 8)
      let (parts, gradient) = regulariser.penalty(
        of: RandomBatch.rows([.empty, .empty]), passages: [.empty], step: 1, byPassages: true)
      #expect(parts.total.isFinite)
      #expect(parts.query == 0)
      #expect(parts.antiZeroQueries ?? 0 > 100)
      #expect((parts.emptyQueries, parts.emptyPassages) == (2, 1))
      #expect(gradient == WeightGradients(queries: [], passages: []))
      let none = regulariser.penalty(of: RandomBatch.rows([]), passages: [], step: 1).parts
      #expect(none.total == 0)
    }
  }

  @Test("pushes up weights that have all but vanished, with a finite slope that has no jump")
  func almostZero() throws {
    var configuration = Regulariser.Configuration()
    configuration.antiZero = true
    var regulariser = Regulariser(configuration, vocabularySize: 8)
    func slope(_ weight: Float) throws -> (value: Double, slope: Double) {
      let row = try #require(SparseVector(exactly: [TermID(1)], weights: [weight]))
      let (parts, gradient) = regulariser.penalty(of: RandomBatch.rows([row]), passages: [], step: 1)
      return (parts.total, gradient.queries[0])
    }
    let (tiny, below, above) = (try slope(1e-6), try slope(0.0999999), try slope(0.1000001))
    #expect(tiny.value < 301)
    #expect(tiny.slope < -1999)
    #expect(abs(below.value - above.value) < 1e-3)
    #expect(abs(below.slope - above.slope) < 1e-1)
  }

  @Test("leaves queries alone that have no more active terms than the threshold")
  func threshold() throws {
    var configuration = Regulariser.Configuration()
    configuration.weights = .given(query: 1, passage: 0)
    configuration.query = .l0FLOPS(threshold: 2)
    let short = try #require(SparseVector(exactly: [TermID(1), TermID(3)], weights: [1, 1]))
    let long = try #require(SparseVector(exactly: [TermID(1), TermID(2), TermID(3)], weights: [2, 2, 2]))
    var regulariser = Regulariser(configuration, vocabularySize: 8)
    let (parts, gradient) = regulariser.penalty(of: RandomBatch.rows([short, long]), passages: [], step: 1)
    #expect(parts.query == 3)
    #expect(gradient.queries == [0, 0, 1, 1, 1])
  }

  @Test("of a batch of one depth weighs exactly what that depth's lambda says", arguments: penalties)
  func depth(penalty: QueryPenalty) {
    var configuration = Regulariser.Configuration()
    configuration.query = penalty
    let random = RandomBatch(seed: 5)
    func value(_ turn: Int?) -> Double {
      var regulariser = Regulariser(configuration, vocabularySize: RandomBatch.vocabularySize)
      let turns = turn.map { turn in Array(repeating: turn, count: random.queries.count) } ?? []
      return regulariser.penalty(of: random.queries, turns: turns, passages: [], step: 1).parts.query
    }
    let plain = value(7)
    configuration.depthGrowth = 0.5
    #expect(value(nil) == plain)
    #expect(value(1) == plain)
    #expect(abs(value(7) - 4 * plain) <= 1e-12 * plain)
  }

  @Test("ramps up to its weight with the square of the step, or not at all")
  func ramp() {
    var configuration = Regulariser.Configuration()
    configuration.weights = .given(query: 0.4, passage: 0.1)
    #expect(configuration.queryWeight(at: 1) == 0.4)
    configuration.rampSteps = 3
    #expect(configuration.queryWeight(at: 1) == 0.4 / 16)
    #expect(configuration.queryWeight(at: 2) == 0.4 / 4)
    #expect(configuration.queryWeight(at: 4) == 0.4)
    #expect(configuration.queryWeight(at: 5000) == 0.4)
    #expect(configuration.passageWeight(at: 2) == 0.1 / 4)
    configuration.referenceReading = true
    #expect(configuration.queryWeight(at: 1) == 0.1)
    #expect(configuration.passageWeight(at: 1) == 0.1)
  }
}

@Suite("Document frequencies in DF-FLOPS")
struct RunningFrequencyTests {
  @Test("weigh a term by 0, one half and 1 at the frequencies 0, alpha and 1, rising between")
  func weights() {
    let weighting = FrequencyWeighting()
    #expect(weighting.weight(at: 0) == 0)
    #expect(abs(weighting.weight(at: 0.1) - 0.5) < 1e-12)
    #expect(weighting.weight(at: 1) == 1)
    let rising = stride(from: 0, through: 1, by: 0.01).map { weighting.weight(at: $0) }
    #expect(zip(rising, rising.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("are the shares of the first batch at once, and forget it as others come")
  func running() throws {
    let one = try #require(SparseVector(exactly: [TermID(1)], weights: [1]))
    let both = try #require(SparseVector(exactly: [TermID(1), TermID(2)], weights: [1, 1]))
    var frequencies = RunningFrequencies(vocabularySize: 4)
    #expect(frequencies.frequency(of: TermID(1)) == 0)
    frequencies.update(with: [one, both], decay: 0.9)
    #expect(frequencies.frequency(of: TermID(1)) == 1)
    #expect(abs(frequencies.frequency(of: TermID(2)) - 0.5) < 1e-12)
    frequencies.update(with: [one], decay: 0.9)
    #expect(abs(frequencies.frequency(of: TermID(2)) - 0.9 * 0.5 / 1.9) < 1e-12)
  }

  @Test("go on after they were saved as if nothing had happened")
  func resume() throws {
    var configuration = Regulariser.Configuration()
    configuration.query = .dfFLOPS(FrequencyWeighting())
    let random = (0..<4).map { RandomBatch(seed: $0) }
    var regulariser = Regulariser(configuration, vocabularySize: RandomBatch.vocabularySize)
    for batch in random[..<3] { _ = regulariser.penalty(of: batch.queries, passages: [], step: 1) }
    let saved = try JSONEncoder().encode(try #require(regulariser.frequencies))
    var resumed = Regulariser(configuration, vocabularySize: RandomBatch.vocabularySize)
    let fresh = resumed.penalty(of: random[3].queries, passages: [], step: 4).parts.query
    resumed.frequencies = try JSONDecoder().decode(RunningFrequencies.self, from: saved)
    let expected = regulariser.penalty(of: random[3].queries, passages: [], step: 4)
    let found = resumed.penalty(of: random[3].queries, passages: [], step: 4)
    #expect(found.parts == expected.parts)
    #expect(found.gradient == expected.gradient)
    #expect(fresh != expected.parts.query)
  }
}
