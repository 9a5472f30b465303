/// The paired randomisation (sign-flip, Fisher-Pitman) test: if the two systems were exchangeable, each unit's
/// difference could as well have had the other sign; how often is the sum then at least as far from 0 as it is?
///
/// Recommended for retrieval by Smucker, Allan and Carterette (CIKM 2007). It assumes no distribution.
public struct RandomisationTest: Sendable, Equatable {
  /// How the p value was found.
  public enum Method: Sendable, Equatable {
    /// Over all 2^n assignments of signs.
    case exact
    /// Over this many random ones, with p = (1 + as extreme) / (1 + all) (Phipson and Smyth, 2010).
    case sampled(Int)
  }

  /// Two-sided.
  public let p: Double
  public let method: Method

  /// Up to this many units with a difference other than 0 all assignments of signs are counted.
  public static let exactLimit = 32

  /// - Parameters:
  ///   - differences: one for each independent unit; for a conversation the sum over its turns.
  ///   - samples: how many random assignments are drawn when there are too many to count.
  ///   - seed: the same seed gives the same assignments, and so the same p value.
  public init(differences: [Double], samples: Int = 100_000, seed: UInt64 = 20_260_604) {
    // A unit without a difference doubles the number of assignments and of extreme ones alike.
    let differences = differences.filter { $0 != 0 }
    let total = differences.reduce(0) { $0 + abs($1) }
    // Sums that are equal on paper differ by rounding errors.
    let threshold = abs(differences.reduce(0, +)) - total * 1e-12
    if differences.count <= Self.exactLimit {
      p = Self.exactShare(differences, threshold)
      method = .exact
    } else {
      let extreme = Self.sampledExtremes(differences, threshold, samples, seed)
      p = Double(1 + extreme) / Double(1 + samples)
      method = .sampled(samples)
    }
  }

  /// The share of all assignments whose sum reaches the threshold on either side. Each half of the units has few sums;
  /// a pair of them is one assignment, and with both lists sorted the extreme pairs are counted in one pass.
  ///
  /// - Complexity: O(n 2^(n/2)).
  private static func exactShare(_ differences: [Double], _ threshold: Double) -> Double {
    guard threshold > 0 else { return 1 }
    let left = signedSums(differences[..<(differences.count / 2)])
    let right = signedSums(differences[(differences.count / 2)...])
    // The sums are symmetric about 0, so both sides together are twice the upper one.
    var extreme = 0
    var first = right.count
    for sum in left {
      while first > 0, sum + right[first - 1] >= threshold { first -= 1 }
      extreme += right.count - first
    }
    return min(1, 2 * Double(extreme) / (Double(left.count) * Double(right.count)))
  }

  /// The sums of all assignments of signs, ascending.
  private static func signedSums(_ differences: ArraySlice<Double>) -> [Double] {
    var sums = [0.0]
    for difference in differences {
      let size = abs(difference)
      sums = merged(sums.map { $0 - size }, sums.map { $0 + size })
    }
    return sums
  }

  private static func merged(_ left: [Double], _ right: [Double]) -> [Double] {
    var merged: [Double] = []
    merged.reserveCapacity(left.count + right.count)
    var (i, j) = (0, 0)
    while i < left.count || j < right.count {
      if j == right.count || (i < left.count && left[i] <= right[j]) {
        merged.append(left[i])
        i += 1
      } else {
        merged.append(right[j])
        j += 1
      }
    }
    return merged
  }

  /// How many of the random assignments reach the threshold. Eight units at a time have 256 signed sums, kept in a
  /// table, so that an assignment costs n/8 additions.
  private static func sampledExtremes(
    _ differences: [Double], _ threshold: Double, _ samples: Int, _ seed: UInt64
  ) -> Int {
    let groups = (differences.count + 7) / 8
    var sums = [Double](repeating: 0, count: groups * 256)
    for group in 0..<groups {
      for signs in 0..<256 {
        var sum = 0.0
        for (bit, difference) in differences[(group * 8)..<min(group * 8 + 8, differences.count)].enumerated() {
          sum += signs >> bit & 1 == 0 ? difference : -difference
        }
        sums[group * 256 + signs] = sum
      }
    }
    var random = SeededGenerator(seed: seed)
    var extreme = 0
    for _ in 0..<samples {
      var sum = 0.0
      var (bits, left) = (UInt64(0), 0)
      for group in 0..<groups {
        if left == 0 { (bits, left) = (random.next(), 8) }
        sum += sums[group * 256 + Int(truncatingIfNeeded: bits & 0xFF)]
        bits >>= 8
        left -= 1
      }
      if abs(sum) >= threshold { extreme += 1 }
    }
    return extreme
  }
}
