// Outside data never comes here.
// swift-format-ignore-file: NeverForceUnwrap, NeverUseForceTry

import InvertedIndex
import SparseVectors

/// The score of every passage as Documentation/formats/index.md defines it, in plain loops over the vectors that the index
/// was built from: no postings, no ranges, no code of the index.
struct PlainScoring {
  private let passages: [[TermID: Float]]
  /// For each passage the number of its segment.
  private let segments: [Int]
  /// For each passage the number of its range, those of all segments counted on.
  private let ranges: [Int]
  private let weights: StoredWeights

  init(vectors: [SparseVector], weights: StoredWeights, passagesPerRange: Int = 32_768) {
    self.init(segments: [vectors], weights: weights, passagesPerRange: [passagesPerRange])
  }

  /// - Parameter passagesPerRange: of each segment; all of them before version 3 of postings files, in which a term's bytes are
  ///   parts of its greatest weight in the segment.
  init(segments: [[SparseVector]], weights: StoredWeights, passagesPerRange: [Int]) {
    passages = segments.joined().map { Dictionary(uniqueKeysWithValues: zip($0.terms, $0.weights)) }
    self.segments = segments.enumerated().flatMap { number, own in own.map { _ in number } }
    var ranges: [Int] = []
    for (own, perRange) in zip(segments, passagesPerRange) {
      let first = (ranges.last ?? -1) + 1
      ranges += own.indices.map { first + $0 / perRange }
    }
    self.ranges = ranges
    self.weights = weights
  }

  func search(_ query: SparseVector, k: Int) -> [Hit] {
    let scores = weights == .u8 ? wholeScores(query) : floatScores(query)
    let hits = scores.enumerated().filter { $0.element > 0 }.map {
      Hit(document: DocumentID(UInt32($0.offset)), score: $0.element)
    }
    return Array(hits.sorted { $0.score != $1.score ? $0.score > $1.score : $0.document < $1.document }.prefix(k))
  }

  private func floatScores(_ query: SparseVector) -> [Float] {
    passages.map { passage in
      var score: Float = 0
      for (term, weight) in zip(query.terms, query.weights) {
        guard let stored = passage[term] else { continue }
        score += weight * (weights == .f16 ? max(Float(Float16(stored)), 0x1p-24) : stored)
      }
      return score
    }
  }

  private func wholeScores(_ query: SparseVector) -> [Float] {
    func greatestWeights(by parts: [Int]) -> [[TermID: Float]] {
      var greatest: [[TermID: Float]] = Array(repeating: [:], count: (parts.max() ?? 0) + 1)
      for (passage, part) in zip(passages, parts) {
        for (term, weight) in passage { greatest[part][term] = max(greatest[part][term] ?? 0, weight) }
      }
      return greatest
    }
    func scale(_ greatest: Float?) -> Float { greatest.map { max($0 / 255, .leastNonzeroMagnitude) } ?? 0 }
    let (greatest, greatestOfRanges) = (greatestWeights(by: segments), greatestWeights(by: ranges))
    let matched = zip(query.terms, query.weights).filter { entry in greatest.contains { $0[entry.0] != nil } }
    let scales = matched.map { entry in greatest.map { scale($0[entry.0]) }.max()! }
    let total = zip(matched, scales).reduce(0) { $0 + Double($1.0.1) * Double($1.1) }
    let most = zip(matched, scales).map { Double($0.1) * Double($1) }.max() ?? 1
    let multiplier = min(32_767 / most, (Double(Int32.max) - 255 * Double(matched.count + 1)) / (255 * total))
    return zip(passages, ranges).map { passage, range in
      var sum = 0
      for (term, weight) in matched {
        guard let stored = passage[term] else { continue }
        let scale = scale(greatestOfRanges[range][term])
        let code = min(255, max(1, Int((stored / scale).rounded(.toNearestOrEven))))
        let factor = max(1, Int((Double(weight) * Double(scale) * multiplier).rounded(.toNearestOrEven)))
        sum += code * factor
      }
      precondition(sum <= Int(Int32.max))
      return sum == 0 ? 0 : Float(Double(sum) * (1 / multiplier))
    }
  }
}
