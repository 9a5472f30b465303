import SparseVectors

/// The best k of many candidates, each seen once.
///
/// A buffer of k and some more is filled; when it is full, a selection keeps the best k and raises the threshold, so that
/// from then on most candidates fall to one comparison. That costs less than a heap when k is large, and nothing more
/// when it is small.
///
/// A candidate is a key: the bits of its score above, the complement of its document below. Scores are positive, so that
/// the order of their bits is their order, and of two passages of the same score the lower document wins.
struct TopCandidates: ~Copyable {
  private let limit: Int
  private var keys: [UInt64] = []

  /// The least of the best k so far, once there are k.
  private var threshold: UInt64 = 0

  /// A candidate that comes later and scores no more than this is not among the best k.
  var thresholdScore: Float { Float(bitPattern: UInt32(truncatingIfNeeded: threshold >> 32)) }

  /// - Parameter limit: k, at least 1.
  init(limit: Int) {
    self.limit = limit
    keys.reserveCapacity(Self.capacity(limit))
  }

  private static func hit(_ key: UInt64) -> Hit {
    Hit(
      document: .init(~UInt32(truncatingIfNeeded: key)), score: Float(bitPattern: UInt32(truncatingIfNeeded: key >> 32))
    )
  }

  /// Takes a candidate, whose score is above zero.
  ///
  /// - Returns: whether `thresholdScore` may have risen.
  @inline(__always)
  mutating func insert(score: Float, document: UInt32) -> Bool {
    let key = UInt64(score.bitPattern) << 32 | UInt64(~document)
    guard key > threshold else { return false }
    keys.append(key)
    guard keys.count == Self.capacity(limit) else { return false }
    keepBest()
    return true
  }

  /// The candidates, best first.
  consuming func finish() -> [Hit] {
    if keys.count > limit { keepBest() }
    keys.sort(by: >)
    return keys.map(Self.hit)
  }

  private static func capacity(_ limit: Int) -> Int { limit + max(limit, 64) }

  @inline(never)
  private mutating func keepBest() {
    Selection.moveGreatest(limit, toFrontOf: &keys)
    keys.removeLast(keys.count - limit)
    threshold = keys.min() ?? 0
  }
}

/// Hoare's selection.
enum Selection {
  /// Reorders `keys` so that the `count` greatest come first, in no particular order.
  ///
  /// Complexity: linear on average; the pivot is the middle one of three.
  static func moveGreatest(_ count: Int, toFrontOf keys: inout [UInt64]) {
    var (low, high) = (0, keys.count - 1)
    while low < high {
      let pivot = median(keys[low], keys[low + (high - low) / 2], keys[high])
      var (left, right) = (low, high)
      while left <= right {
        while keys[left] > pivot { left += 1 }
        while keys[right] < pivot { right -= 1 }
        if left <= right {
          keys.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      // Now keys[low...right] are at least the pivot and keys[left...high] at most.
      if count - 1 <= right {
        high = right
      } else if count - 1 >= left {
        low = left
      } else {
        return
      }
    }
  }

  private static func median(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 {
    max(min(a, b), min(max(a, b), c))
  }
}
