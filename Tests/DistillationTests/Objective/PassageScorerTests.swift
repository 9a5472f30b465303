import SparseEncoder
import SparseVectors
import TestSupport
import Testing

@testable import Distillation

@Suite("Scores of a batch")
struct PassageScorerTests {
  @Test("are the dot products of queries and passages", arguments: UInt64(0)..<20)
  func dotProducts(seed: UInt64) {
    let random = RandomBatch(seed: seed)
    var scorer = PassageScorer(vocabularySize: RandomBatch.vocabularySize)
    let scores = scorer.scores(of: random.queries, with: random.passages, in: random.batch, cross: true)
    for query in 0..<random.batch.count {
      let vector = random.queries.vector(at: query)
      let row = query * random.passages.count
      for passage in random.passages.indices {
        #expect(abs(scores.cross_BD[row + passage] - vector.dot(random.passages[passage])) < 1e-12)
      }
      for slot in random.batch.range(of: query) {
        #expect(scores.own_S[slot] == scores.cross_BD[row + random.batch.slots[slot]])
      }
    }
    let own = scorer.scores(of: random.queries, with: random.passages, in: random.batch, cross: false)
    #expect(own.own_S == scores.own_S)
    #expect(own.cross_BD.isEmpty)
  }

  @Test("have the derivatives that finite differences give", arguments: UInt64(0)..<20)
  func derivatives(seed: UInt64) {
    let random = RandomBatch(seed: seed)
    var scorer = PassageScorer(vocabularySize: RandomBatch.vocabularySize)
    // A weighted sum of all scores is linear in each weight, so that large exact steps lose nothing.
    func sum(_ queries: SparseRows, _ passages: [SparseVector]) -> Double {
      let scores = scorer.scores(of: queries, with: passages, in: random.batch, cross: true)
      return zip(scores.own_S + scores.cross_BD, random.scores.own_S + random.scores.cross_BD)
        .reduce(0) { $0 + $1.0 * $1.1 }
    }
    let byQueries = FiniteDifferences.gradient(
      at: random.queries.weights.map { Double($0) }, step: 1.0 / 256,
      of: { weights in
        var queries = random.queries
        queries.weights = weights.map { Float($0) }
        return sum(queries, random.passages)
      })
    let byPassages = FiniteDifferences.gradient(
      at: random.passages.flatMap(\.weights).map { Double($0) }, step: 1.0 / 256,
      of: { sum(random.queries, RandomBatch.vectors(random.passages, weights: $0)) })
    let gradients = scorer.gradients(
      from: random.scores, of: random.queries, with: random.passages, in: random.batch, byPassages: true)
    #expect(FiniteDifferences.distance(gradients.queries, byQueries) < 1e-9)
    #expect(FiniteDifferences.distance(gradients.passages, byPassages) < 1e-9)
    let frozen = scorer.gradients(
      from: random.scores, of: random.queries, with: random.passages, in: random.batch)
    #expect(frozen.queries == gradients.queries)
    #expect(frozen.passages.isEmpty)
  }

  @Test("number each passage of a batch once")
  func numbers() {
    let batch = SampledBatch([
      PassageSample(passages: [7, 3], teacherScores: [2, 1], positives: 1),
      PassageSample(passages: [3, 9, 7], teacherScores: [3, 2, 1], positives: 0),
    ])
    #expect(batch.passages == [7, 3, 9])
    #expect(batch.slots == [0, 1, 1, 2, 0])
    #expect(batch.starts == [0, 2, 5])
  }

  @Test("of two losses add their derivatives, whether or not one of them leaves out the passages")
  func sums() {
    var sum = WeightGradients(queries: [1, 2])
    sum += WeightGradients(queries: [3, 4], passages: [5])
    sum += WeightGradients(queries: [1, 1], passages: [6])
    sum += WeightGradients(queries: [1, 1])
    #expect(sum == WeightGradients(queries: [6, 8], passages: [11]))
  }
}
