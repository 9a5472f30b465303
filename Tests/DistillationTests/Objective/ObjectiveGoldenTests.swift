import FoundationEssentials
import SparseVectors
import TestSupport
import Testing

@testable import Distillation

/// `Goldens/Objective/objective.json`: what PyTorch's autograd says of small random batches.
struct ObjectiveGolden: Decodable {
  struct Sample: Decodable {
    var passages: [UInt32]
    var teacher_scores: [Float]
    var positives: Int
    var distils_positives: Bool
    var log_expected_counts: [Float]
  }

  struct Batch: Decodable {
    var samples: [Sample]
    var known_positives: [Set<UInt32>]
    var turns: [Int]
    /// Dense, as are the passages, which lie at their positions.
    var queries: [[Float]]
    var passages: [[Float]]

    var sampled: SampledBatch {
      SampledBatch(
        samples.map {
          PassageSample(
            passages: $0.passages, teacherScores: $0.teacher_scores, positives: $0.positives,
            distilsPositives: $0.distils_positives, logExpectedCounts: $0.log_expected_counts)
        }, knownPositives: known_positives)
    }
  }

  struct Judged<Configuration: Decodable>: Decodable {
    var name: String
    var configuration: Configuration
    var batch: Int
    var step: Int?
    var parts: [String: Double]
    var query_gradient: [Double]
    var passage_gradient: [Double]
  }

  var batches: [Batch]
  var objectives: [Judged<Objective.Configuration>]
  var regularisers: [Judged<Regulariser.Configuration>]

  static func read() throws -> ObjectiveGolden {
    let path = TestSupport.packageRoot + "/Tests/DistillationTests/Goldens/Objective/objective.json"
    return try JSONDecoder().decode(ObjectiveGolden.self, from: Data(contentsOf: URL(filePath: path)))
  }

  static func sparse(_ dense: [Float]) -> SparseVector {
    let terms = dense.indices.filter { dense[$0] > 0 }
    return SparseVector(exactly: terms.map { TermID(UInt32($0)) }, weights: terms.map { dense[$0] }) ?? .empty
  }

  /// Compares part for part by the names in logs, at a relative 1e-6.
  static func differences(of parts: some Encodable, from expected: [String: Double]) throws -> [String] {
    let object = try JSONDecoder().decode([String: Part].self, from: JSONEncoder().encode(parts))
    return expected.compactMap { name, value in
      guard let found = object[name]?.value, abs(found - value) <= 1e-6 * abs(value) else {
        return "\(name): \(object[name]?.value as Double?) instead of \(value)"
      }
      return nil
    }
  }

  private struct Part: Decodable {
    var value: Double?

    init(from decoder: any Decoder) throws {
      value = try? decoder.singleValueContainer().decode(Double.self)
    }
  }
}

@Suite("PyTorch's autograd")
struct ObjectiveGoldenTests {
  @Test("agrees with each objective and its derivative, from the vectors' weights on")
  func objectives() throws {
    let golden = try ObjectiveGolden.read()
    #expect(golden.objectives.count == 39)
    for judged in golden.objectives {
      let batch = golden.batches[judged.batch].sampled
      let dense = golden.batches[judged.batch].passages
      let passages = batch.passages.map { ObjectiveGolden.sparse(dense[Int($0)]) }
      let queries = RandomBatch.rows(golden.batches[judged.batch].queries.map(ObjectiveGolden.sparse))
      var scorer = PassageScorer(vocabularySize: dense[0].count)
      let objective = Objective(judged.configuration)
      let scores = scorer.scores(of: queries, with: passages, in: batch, cross: objective.usesCrossScores)
      let loss = objective.loss(of: scores, on: batch)
      let gradients = scorer.gradients(
        from: loss.gradient, of: queries, with: passages, in: batch, byPassages: true)
      #expect(
        try ObjectiveGolden.differences(of: loss.parts, from: judged.parts) == [], "\(judged.name), \(judged.batch)")
      #expect(
        FiniteDifferences.distance(gradients.queries, judged.query_gradient) < 1e-6,
        "\(judged.name), \(judged.batch)")
      // The golden has all passages in order of position, the batch those that it names.
      var byPosition = [[Double]](repeating: [], count: dense.count)
      var start = 0
      for (position, passage) in zip(batch.passages, passages) {
        byPosition[Int(position)] = Array(gradients.passages[start..<start + passage.count])
        start += passage.count
      }
      let all = zip(byPosition, dense).flatMap { gradient, dense in
        gradient.isEmpty ? dense.filter { $0 > 0 }.map { _ in 0 } : gradient
      }
      #expect(FiniteDifferences.distance(all, judged.passage_gradient) < 1e-6, "\(judged.name), \(judged.batch)")
    }
  }

  @Test("agrees with each regulariser and its derivative, over three steps")
  func regularisers() throws {
    let golden = try ObjectiveGolden.read()
    #expect(golden.regularisers.count == 24)
    var regulariser = Regulariser(Regulariser.Configuration(), vocabularySize: 0)
    for judged in golden.regularisers {
      let batch = golden.batches[judged.batch]
      let step = try #require(judged.step)
      if step == 1 { regulariser = Regulariser(judged.configuration, vocabularySize: batch.queries[0].count) }
      let (parts, gradient) = regulariser.penalty(
        of: RandomBatch.rows(batch.queries.map(ObjectiveGolden.sparse)), turns: batch.turns,
        passages: batch.passages.map(ObjectiveGolden.sparse), step: step, byPassages: true)
      #expect(try ObjectiveGolden.differences(of: parts, from: judged.parts) == [], "\(judged.name), step \(step)")
      #expect(
        FiniteDifferences.distance(gradient.queries, judged.query_gradient) < 1e-6, "\(judged.name), step \(step)")
      #expect(
        FiniteDifferences.distance(gradient.passages, judged.passage_gradient) < 1e-6, "\(judged.name), step \(step)")
    }
  }
}
