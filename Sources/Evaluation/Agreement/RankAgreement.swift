/// How alike two orders of passages are, without judgments. Both lists are without repetitions.
package enum RankAgreement {
  /// The share of the first k passages that both lists have: |A ∩ B| over the longer of the two, so that equal lists
  /// shorter than k agree wholly. 1 for two empty lists.
  package static func overlap<Element: Hashable>(_ left: [Element], _ right: [Element], at k: Int) -> Double {
    let (left, right) = (left.prefix(k), right.prefix(k))
    let longer = max(left.count, right.count)
    guard longer > 0 else { return 1 }
    let known = Set(left)
    return Double(right.count { known.contains($0) }) / Double(longer)
  }

  /// Rank-biased overlap, extrapolated beyond the ends of the lists: RBO_ext of Webber, Moffat and Zobel (TOIS 2010),
  /// equation 32. The first 1/(1-p) ranks carry most of the weight. 1 for two empty lists, 0 when one is empty.
  ///
  /// - Parameter p: between 0 and 1, both excluded.
  static func rankBiasedOverlap<Element: Hashable>(_ left: [Element], _ right: [Element], p: Double) -> Double {
    let (short, long) = left.count <= right.count ? (left, right) : (right, left)
    guard !long.isEmpty else { return 1 }
    guard !short.isEmpty else { return 0 }

    // overlaps[d]: how many passages the two prefixes of length d share.
    var seen: Set<Element> = []
    var overlap = 0
    var overlapAtShortEnd = 0
    var sum = 0.0
    var weight = 1.0
    for depth in 1...long.count {
      if depth <= short.count, !seen.insert(short[depth - 1]).inserted { overlap += 1 }
      if !seen.insert(long[depth - 1]).inserted { overlap += 1 }
      if depth == short.count { overlapAtShortEnd = overlap }
      weight *= p
      var agreement = Double(overlap) / Double(depth)
      if depth > short.count {
        // Beyond its end the short list is taken to go on agreeing as it did at its end.
        agreement +=
          Double(overlapAtShortEnd) * Double(depth - short.count) / (Double(short.count) * Double(depth))
      }
      sum += agreement * weight
    }
    let atEnd =
      Double(overlap - overlapAtShortEnd) / Double(long.count) + Double(overlapAtShortEnd) / Double(short.count)
    return (1 - p) / p * sum + atEnd * weight
  }

  /// Kendall's tau over the passages that both lists have: concordant minus discordant pairs, over all pairs.
  ///
  /// - Returns: `nil` for fewer than two common passages.
  /// - Complexity: O(n log n).
  static func kendallTau<Element: Hashable>(_ left: [Element], _ right: [Element]) -> (tau: Double, common: Int)? {
    var positions: [Element: Int] = [:]
    for (position, element) in right.enumerated() { positions[element] = position }
    let order = left.compactMap { positions[$0] }
    guard order.count >= 2 else { return nil }
    let pairs = order.count * (order.count - 1) / 2
    return (1 - 2 * Double(inversions(order)) / Double(pairs), order.count)
  }

  /// How many pairs stand in the wrong order; counted while merging ever longer sorted stretches.
  static func inversions(_ order: [Int]) -> Int {
    var current = order
    var merged = order
    var count = 0
    var width = 1
    while width < current.count {
      for start in stride(from: 0, to: current.count, by: 2 * width) {
        let middle = min(start + width, current.count)
        let end = min(start + 2 * width, current.count)
        var (i, j) = (start, middle)
        for target in start..<end {
          if j == end || (i < middle && current[i] <= current[j]) {
            merged[target] = current[i]
            i += 1
          } else {
            merged[target] = current[j]
            count += middle - i
            j += 1
          }
        }
      }
      swap(&current, &merged)
      width *= 2
    }
    return count
  }
}
