import Diagnostics
import Synchronization

/// Runs `RangeScan` over the segments of an index, with sums that are kept from one query to the next.
///
/// It is not generic itself, and switches over the kinds of weights by hand: a generic type behind a protocol would not be
/// specialised, and each addition would then be a call.
final class ExactSearch: Sendable {
  private let weights: StoredWeights
  private let wholeSums = IdleSums<Int32>()
  private let floatSums = IdleSums<Float>()

  init(weights: StoredWeights) {
    self.weights = weights
  }

  /// - Returns: the best `k` passages, and how many postings were added up.
  func run(
    _ query: PreparedQuery, k: Int, in segments: [IndexSegment], interruption: Interruption?
  ) throws(ParlanceError) -> (hits: [Hit], postings: Int) {
    switch weights {
    case .u8: try scan(ByteWeights.self, query, query.wholeFactors, k, segments, wholeSums, interruption)
    case .f16:
      try scan(HalfWeights.self, query, segments.map { _ in query.weights }, k, segments, floatSums, interruption)
    case .f32:
      try scan(FloatWeights.self, query, segments.map { _ in query.weights }, k, segments, floatSums, interruption)
    }
  }

  private func scan<Arithmetic: WeightArithmetic>(
    _ arithmetic: Arithmetic.Type, _ query: PreparedQuery, _ factors: [[Arithmetic.Sum]], _ k: Int,
    _ segments: [IndexSegment],
    _ idle: IdleSums<Arithmetic.Sum>, _ interruption: Interruption?
  ) throws(ParlanceError) -> (hits: [Hit], postings: Int) {
    let sums = idle.take()
    var candidates = TopCandidates(limit: k)
    var postings = 0
    for (segment, factors) in zip(segments, factors) {
      let scan = RangeScan<Arithmetic>(
        segment: segment.postings, firstDocument: segment.firstDocument, terms: query.terms, factors: factors,
        unit: query.unit, interruption: interruption)
      postings += try scan.run(sums.accumulators, into: &candidates)
    }
    // Sums that an error left dirty never come here.
    idle.put(sums)
    return (candidates.finish(), postings)
  }
}

/// Sums that no search is using: as many as there ever were searches at once.
private final class IdleSums<Sum: BitwiseCopyable & Comparable & Numeric & Sendable>: Sendable {
  final class Sums: @unchecked Sendable {
    let accumulators = Accumulators<Sum>()
  }

  private let idle = Mutex<[Sums]>([])

  func take() -> Sums { idle.withLock { $0.popLast() } ?? Sums() }
  func put(_ sums: Sums) { idle.withLock { $0.append(sums) } }
}
