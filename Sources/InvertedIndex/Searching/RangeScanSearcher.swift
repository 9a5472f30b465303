import Diagnostics
import SparseVectors
import Synchronization

/// Answers prepared queries over the segments of an index; one algorithm a conforming type.
protocol SearchAlgorithm: Sendable {
  /// - Returns: the best `k` passages, and how many postings were added up.
  func search(
    _ query: PreparedQuery, k: Int, in segments: [IndexSegment]
  ) throws(ParlanceError) -> (hits: [Hit], postings: Int)
}

/// `RangeScan` over all segments, with sums that are kept from one query to the next.
final class RangeScanSearcher<Kind: WeightKind>: SearchAlgorithm {
  private let factors: @Sendable (PreparedQuery, Int) -> [Kind.Sum]
  private let idle = Mutex<[Sums]>([])

  /// - Parameter factors: what the query's terms multiply with in a segment.
  init(factors: @escaping @Sendable (PreparedQuery, Int) -> [Kind.Sum]) {
    self.factors = factors
  }

  func search(
    _ query: PreparedQuery, k: Int, in segments: [IndexSegment]
  ) throws(ParlanceError) -> (hits: [Hit], postings: Int) {
    let sums = idle.withLock { $0.popLast() } ?? Sums()
    var candidates = TopCandidates(limit: k)
    var postings = 0
    for (index, segment) in segments.enumerated() {
      let scan = RangeScan<Kind>(
        segment: segment.postings, firstDocument: segment.firstDocument, terms: query.terms,
        factors: factors(query, index), unit: query.unit)
      postings += try scan.run(sums.accumulators, into: &candidates)
    }
    // Sums that an error left dirty never come here.
    idle.withLock { $0.append(sums) }
    return (candidates.finish(), postings)
  }

  private final class Sums: @unchecked Sendable {
    let accumulators = Accumulators<Kind.Sum>()
  }
}

extension StoredWeights {
  /// The algorithm for an index of these weights.
  func makeSearchAlgorithm() -> any SearchAlgorithm {
    switch self {
    case .u8: RangeScanSearcher<ByteWeights> { $0.wholeFactors[$1] }
    case .f16: RangeScanSearcher<HalfWeights> { query, _ in query.floatFactors }
    case .f32: RangeScanSearcher<FloatWeights> { query, _ in query.floatFactors }
    }
  }
}
