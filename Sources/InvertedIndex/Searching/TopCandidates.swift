import SparseVectors

/// The best k of many candidates, each seen once, in the order of their documents.
///
/// A buffer of k and some more is filled; when it is full, a selection keeps the best k and raises the threshold, so that
/// from then on most candidates fall to one comparison. That costs less than a heap when k is large, and nothing more
/// when it is small.
///
/// A candidate is a key: the bits of its score above, the complement of its document below. Scores are positive, so that
/// the order of their bits is their order, and of two passages of the same score the lower document wins.
struct TopCandidates: ~Copyable {
  /// k.
  let limit: Int
  /// In the order of their documents.
  private var keys: [UInt64] = []

  /// The least of the best k so far, once there are k.
  private var threshold: UInt64 = 0

  /// A candidate that comes later and scores no more than this is not among the best k.
  var thresholdScore: Float { Float(bitPattern: CandidateKeys.score(threshold)) }

  /// - Parameter limit: k, at least 1.
  init(limit: Int) {
    self.limit = limit
    keys.reserveCapacity(Self.capacity(limit))
  }

  /// Takes a candidate, whose score is above zero.
  @inline(__always)
  mutating func insert(score: Float, document: UInt32) {
    let key = UInt64(score.bitPattern) << 32 | UInt64(~document)
    guard key > threshold else { return }
    keys.append(key)
    if keys.count == Self.capacity(limit) { keepBest() }
  }

  /// Raises `thresholdScore` as far as the candidates so far allow.
  mutating func raiseThreshold() {
    guard keys.count > limit || (keys.count == limit && threshold == 0) else { return }
    keepBest()
  }

  /// The candidates, best first.
  consuming func finish() -> [Hit] {
    if keys.count > limit { keepBest() }
    CandidateKeys.sort(&keys)
    return keys.map {
      Hit(
        document: .init(~UInt32(truncatingIfNeeded: $0)), score: Float(bitPattern: CandidateKeys.score($0)))
    }
  }

  private static func capacity(_ limit: Int) -> Int { limit + max(limit, 64) }

  @inline(never)
  private mutating func keepBest() {
    threshold = CandidateKeys.keepGreatest(limit, of: &keys)
  }
}
