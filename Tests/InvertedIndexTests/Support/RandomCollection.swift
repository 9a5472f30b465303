// Outside data never comes here.
// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import SparseVectors
import TestSupport

/// A made-up collection with what breaks search engines: terms in nearly all passages and in none, empty passages,
/// repeated passages, and weights of few values, so that scores tie.
struct RandomCollection {
  let vocabularySize: Int
  let vectors: [SparseVector]
  private var generator: SeededGenerator
  private let weightLevels: Int

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    vocabularySize = Int.random(in: 1...200, using: &generator)
    weightLevels = [1, 2, 5, 1000].randomElement(using: &generator)!
    let count = [0, 1, 2, 17, 64, 300].randomElement(using: &generator)!
    let density = Double.random(in: 0...0.3, using: &generator)
    var vectors: [SparseVector] = []
    for _ in 0..<count {
      if let earlier = vectors.randomElement(using: &generator), Int.random(in: 0..<4, using: &generator) == 0 {
        vectors.append(earlier)
      } else {
        vectors.append(
          Self.vector(
            vocabularySize - vocabularySize / 10, density: density, levels: weightLevels, using: &generator))
      }
    }
    self.vectors = vectors
  }

  mutating func query() -> SparseVector {
    Self.vector(
      vocabularySize, density: [0, 0.02, 0.3, 1].randomElement(using: &generator)!, levels: weightLevels,
      using: &generator)
  }

  mutating func next() -> UInt64 { generator.next() }
  mutating func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  private static func vector(
    _ vocabularySize: Int, density: Double, levels: Int, using generator: inout SeededGenerator
  ) -> SparseVector {
    var (terms, weights): ([TermID], [Float]) = ([], [])
    for term in 0..<vocabularySize {
      // The first term is in nearly every passage.
      guard Double.random(in: 0..<1, using: &generator) < (term == 0 ? 0.95 : density) else { continue }
      terms.append(TermID(UInt32(term)))
      weights.append(Float(Int.random(in: 1...levels, using: &generator)) * 3 / Float(levels))
    }
    return SparseVector(exactly: terms, weights: weights)!
  }
}
