import SparseEncoder
import SparseVectors
import TestSupport

@testable import Distillation

/// A small batch of random samples, scores and vectors.
struct RandomBatch {
  var batch: SampledBatch
  var scores: PassageScores
  var queries: SparseRows
  var passages: [SparseVector]
  var turns: [Int]

  static let vocabularySize = 24

  init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...5, using: &generator)
    let corrected = Bool.random(using: &generator)
    let distilsPositives = Bool.random(using: &generator)
    let samples = (0..<count).map { _ in
      let passages = Array(
        (UInt32(0)..<16).shuffled(using: &generator).prefix(Int.random(in: 1...8, using: &generator)))
      return PassageSample(
        passages: passages, teacherScores: passages.map { _ in Float.random(in: 0...4, using: &generator) },
        positives: Int.random(in: 0...min(3, passages.count), using: &generator), distilsPositives: distilsPositives,
        logExpectedCounts: corrected ? passages.map { _ in Float.random(in: -3...0, using: &generator) } : [])
    }
    let known = samples.map { sample in
      Set(sample.passages.prefix(sample.positives)).union([UInt32.random(in: 0..<16, using: &generator)])
    }
    // Some queries count more than others; drawn apart, so that all else stays as it was.
    var weighing = SeededGenerator(seed: seed ^ 0x5EED)
    let weights = samples.map { _ in Double.random(in: 0.25...2, using: &weighing) }
    batch = SampledBatch(samples, knownPositives: known, weights: seed.isMultiple(of: 2) ? [] : weights)
    scores = PassageScores(
      own_S: batch.slots.map { _ in Double.random(in: 0...4, using: &generator) },
      cross_BD: (0..<batch.count * batch.passages.count).map { _ in Double.random(in: 0...4, using: &generator) })
    passages = batch.passages.map { _ in Self.vector(&generator) }
    let rows = (0..<count).map { _ in Self.vector(&generator) }
    queries = Self.rows(rows)
    turns = rows.map { _ in Int.random(in: 1...9, using: &generator) }
  }

  /// A vector whose weights are whole numbers of 1/256, so that steps of that size are exact.
  static func vector(_ generator: inout SeededGenerator) -> SparseVector {
    let terms = (0..<UInt32(vocabularySize)).filter { _ in Bool.random(using: &generator) }
    return SparseVector(
      exactly: terms.map { TermID($0) },
      weights: terms.map { _ in Float(Int.random(in: 2...512, using: &generator)) / 256 }) ?? .empty
  }

  static func rows(_ vectors: [SparseVector]) -> SparseRows {
    var rows = SparseRows(starts: [0], terms: [], weights: [], positions: [])
    for vector in vectors {
      rows.terms += vector.terms
      rows.weights += vector.weights
      rows.positions += vector.terms.map { _ in 0 }
      rows.starts.append(rows.terms.count)
    }
    return rows
  }

  /// The vectors with other weights, laid end to end.
  static func vectors(_ vectors: [SparseVector], weights: [Double]) -> [SparseVector] {
    var start = 0
    return vectors.map { vector in
      defer { start += vector.count }
      return SparseVector(exactly: vector.terms, weights: weights[start..<start + vector.count].map { Float($0) })
        ?? .empty
    }
  }
}
