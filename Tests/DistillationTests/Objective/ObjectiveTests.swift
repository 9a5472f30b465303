import SparseEncoder
import SparseVectors
import Testing

@testable import Distillation

@Suite("The objective")
struct ObjectiveTests {
  /// Settings that between them use every part and option.
  static let settings: [(String, @Sendable (inout Objective.Configuration) -> Void)] = [
    ("the paper's", { _ in }),
    ("only KLD", { $0.contrastive.weight = 0 }),
    (
      "KLD, tempered",
      {
        $0.contrastive.weight = 0
        $0.kld.temperature = 2
        $0.kld.scaleBySquaredTemperature = true
        $0.positiveWeight = 3
      }
    ),
    (
      "KLD, the temperature multiplied",
      {
        $0.contrastive.weight = 0
        $0.kld.temperature = 2
        $0.kld.referenceTemperature = true
      }
    ),
    (
      "only MarginMSE",
      {
        $0.kld.weight = 0
        $0.marginMSE.weight = 1
        $0.contrastive.weight = 0
      }
    ),
    (
      "MarginMSE of all pairs",
      {
        $0.kld.weight = 0
        $0.marginMSE.weight = 0.5
        $0.marginMSE.pairs = .all
        $0.contrastive.weight = 0
      }
    ),
    ("only InfoNCE", { $0.contrastive.weight = 1 }),
    (
      "InfoNCE without masks",
      {
        $0.contrastive.weight = 1
        $0.contrastive.maskKnownPositives = false
        $0.contrastive.temperature = 0.5
      }
    ),
    (
      "everything, own negatives only",
      {
        $0.marginMSE.weight = 0.05
        $0.contrastive.weight = 0.2
        $0.contrastive.inBatchNegatives = false
      }
    ),
  ]

  @Test("has the derivative that finite differences give", arguments: settings.indices, UInt64(0)..<12)
  func derivatives(setting: Int, seed: UInt64) {
    var configuration = Objective.Configuration()
    Self.settings[setting].1(&configuration)
    let objective = Objective(configuration)
    let random = RandomBatch(seed: seed)
    let slots = random.scores.own_S.count
    let expected = FiniteDifferences.gradient(
      at: random.scores.own_S + random.scores.cross_BD,
      of: { point in
        let scores = PassageScores(own_S: Array(point.prefix(slots)), cross_BD: Array(point.dropFirst(slots)))
        return objective.loss(of: scores, on: random.batch).parts.total
      })
    let gradient = objective.loss(of: random.scores, on: random.batch).gradient
    #expect(
      FiniteDifferences.distance(gradient.own_S + gradient.cross_BD, expected) < 1e-6,
      "\(Self.settings[setting].0), seed \(seed)")
  }

  @Test("of a student that scores like its teacher has no divergence, at any temperature and correction")
  func sameScores() throws {
    let sample = PassageSample(
      passages: [1, 2, 3], teacherScores: [3, 1, 2], positives: 1, logExpectedCounts: [0, -1, -2])
    var configuration = Objective.Configuration()
    configuration.kld.temperature = 3
    configuration.contrastive.weight = 0
    let loss = Objective(configuration).loss(of: PassageScores(own_S: [13, 11, 12]), on: SampledBatch([sample]))
    #expect(abs(try #require(loss.parts.kld)) < 1e-12)
    #expect(loss.gradient.own_S.allSatisfy { abs($0) < 1e-12 })
  }

  @Test("does not compute what weighs nothing")
  func partsLeftOut() {
    var configuration = Objective.Configuration()
    configuration.contrastive.weight = 0
    let objective = Objective(configuration)
    #expect(!objective.usesCrossScores)
    let sample = PassageSample(passages: [1, 2], teacherScores: [1, 0], positives: 1)
    let parts = objective.loss(of: PassageScores(own_S: [0, 0]), on: SampledBatch([sample])).parts
    #expect(parts.contrastive == nil)
    #expect(parts.marginMSE == nil)
    #expect(parts.kld == parts.total)
  }

  @Test("weighs distillation by what the contrastive part leaves")
  func total() throws {
    var configuration = Objective.Configuration()
    configuration.kld.weight = 0.5
    configuration.marginMSE.weight = 0.05
    configuration.contrastive.weight = 0.2
    let random = RandomBatch(seed: 1)
    let parts = Objective(configuration).loss(of: random.scores, on: random.batch).parts
    let (kld, margin) = (try #require(parts.kld), try #require(parts.marginMSE))
    let contrastive = try #require(parts.contrastive)
    #expect(abs(parts.total - (0.8 * (0.5 * kld + 0.05 * margin) + 0.2 * contrastive)) < 1e-12)
  }

  @Test("counts queries without a positive and leaves them out of the contrastive mean")
  func withoutPositive() throws {
    var configuration = Objective.Configuration()
    configuration.contrastive.weight = 1
    configuration.contrastive.inBatchNegatives = false
    let with = PassageSample(passages: [1, 2], teacherScores: [1, 0], positives: 1)
    let without = PassageSample(passages: [3, 4], teacherScores: [1, 0], positives: 0)
    let objective = Objective(configuration)
    let one = objective.loss(of: PassageScores(own_S: [2, 1]), on: SampledBatch([with]))
    let two = objective.loss(of: PassageScores(own_S: [2, 1, 5, 5]), on: SampledBatch([with, without]))
    #expect(one.parts.queriesWithoutPositive == 0)
    #expect(two.parts.queriesWithoutPositive == 1)
    #expect(two.parts.contrastive == one.parts.contrastive)
    #expect(two.gradient.own_S == one.gradient.own_S + [0, 0])
    let none = objective.loss(of: PassageScores(own_S: [5, 5]), on: SampledBatch([without]))
    #expect(none.parts.contrastive == 0)
  }

  @Test("counts a query of weight 2 as two of them are counted")
  func weights() throws {
    var configuration = Objective.Configuration()
    configuration.marginMSE.weight = 0.5
    configuration.contrastive.weight = 0.3
    configuration.contrastive.inBatchNegatives = false
    let objective = Objective(configuration)
    let first = PassageSample(passages: [1, 2, 3], teacherScores: [2, 1, 0], positives: 1)
    let second = PassageSample(passages: [4, 5], teacherScores: [1, 2], positives: 1)
    let twice = objective.loss(
      of: PassageScores(own_S: [1, 3, 2, 1, 3, 2, 0, 2]), on: SampledBatch([first, first, second]))
    let weighed = objective.loss(
      of: PassageScores(own_S: [1, 3, 2, 0, 2]), on: SampledBatch([first, second], weights: [4.0 / 3, 2.0 / 3]))
    for part in [\LossParts.kld, \.marginMSE, \.contrastive] {
      #expect(abs(try #require(twice.parts[keyPath: part]) - #require(weighed.parts[keyPath: part])) < 1e-12)
    }
    #expect(abs(twice.parts.total - weighed.parts.total) < 1e-12)
    let slopes = twice.gradient.own_S
    for (slope, expected) in zip(
      weighed.gradient.own_S, [2 * slopes[0], 2 * slopes[1], 2 * slopes[2], slopes[6], slopes[7]])
    {
      #expect(abs(slope - expected) < 1e-12)
    }
    let same = objective.loss(of: PassageScores(own_S: [1, 3, 2]), on: SampledBatch([first], weights: [1]))
    #expect(
      same.parts.total == objective.loss(of: PassageScores(own_S: [1, 3, 2]), on: SampledBatch([first])).parts.total)
  }

  @Test("counts the weights of a query as it counts its scores")
  func weighsTermError() throws {
    var configuration = Objective.Configuration()
    configuration.contrastive.weight = 0
    configuration.termMSE.weight = 1
    let objective = Objective(configuration)
    let queries = SparseRows(starts: [0, 1, 2], terms: [TermID(1), TermID(2)], weights: [3, 5], positions: [0, 0])
    let teachers = [SparseVector.empty, .empty]
    func error(_ weights: [Double]) -> (value: Double?, gradient: [Double]) {
      var parts = LossParts()
      let gradient = objective.termError(of: queries, from: teachers, weights: weights, adding: &parts)
      return (parts.termMSE, gradient.queries)
    }
    let (plain, even, uneven) = (error([]), error([1, 1]), error([2, 0.5]))
    #expect(plain == even)
    #expect(even.value == 17)
    #expect(uneven.value == 15.25)
    #expect(uneven.gradient == [6, 2.5])
  }

  @Test("never counts a known positive as a negative, unless it is told to")
  func masks() throws {
    var configuration = Objective.Configuration()
    configuration.contrastive.weight = 1
    // Passage 9 is relevant to the first query, known but not drawn, and a negative of the second.
    let batch = SampledBatch(
      [
        PassageSample(passages: [1, 2], teacherScores: [1, 0], positives: 1),
        PassageSample(passages: [3, 9, 1], teacherScores: [1, 0, 0], positives: 1),
      ], knownPositives: [[1, 9], [3]])
    let scores = PassageScores(own_S: [2, 1, 2, 1, 1], cross_BD: [2, 1, 0, 9, 1, 1, 2, 1])
    let masked = Objective(configuration).loss(of: scores, on: batch).gradient
    #expect(masked.cross_BD[0] == 0, "its own positive, a negative of the second query")
    #expect(masked.cross_BD[3] == 0, "its known positive")
    #expect(masked.cross_BD[5] > 0, "the first query's negative is the second's as well")
    configuration.contrastive.maskKnownPositives = false
    let unmasked = Objective(configuration).loss(of: scores, on: batch).gradient
    #expect(unmasked.cross_BD[0] > 0)
    #expect(unmasked.cross_BD[3] > 0)
  }

  @Test("leaves the positives out of the distilled list where the sample says so")
  func positivesLeftOut() {
    var configuration = Objective.Configuration()
    configuration.marginMSE.weight = 1
    configuration.marginMSE.pairs = .all
    configuration.contrastive.weight = 0
    let sample = PassageSample(passages: [1, 2, 3], teacherScores: [9, 1, 2], positives: 1, distilsPositives: false)
    let gradient = Objective(configuration).loss(of: PassageScores(own_S: [0, 3, 1]), on: SampledBatch([sample]))
      .gradient
    #expect(gradient.own_S[0] == 0)
    #expect(gradient.own_S[1] > 0)
  }

  @Test("stays finite for scores of any size")
  func largeScores() {
    var configuration = Objective.Configuration()
    configuration.contrastive.temperature = 0.01
    let sample = PassageSample(passages: [1, 2, 3], teacherScores: [4000, 0, 10], positives: 1)
    let batch = SampledBatch([sample])
    let scores = PassageScores(own_S: [0, 5000, 10], cross_BD: [0, 5000, 10])
    let loss = Objective(configuration).loss(of: scores, on: batch)
    #expect(loss.parts.total.isFinite)
    #expect((loss.gradient.own_S + loss.gradient.cross_BD).allSatisfy { $0.isFinite })
  }

  @Test("of an empty batch is zero")
  func nothing() {
    let loss = Objective(Objective.Configuration()).loss(of: PassageScores(own_S: []), on: SampledBatch([]))
    #expect(loss.parts.total == 0)
  }
}
