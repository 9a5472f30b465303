extension Sequence where Element: Comparable {
  /// Percentiles by the nearest rank, as whatever tells one finds it: for each share the least element that at least this
  /// share of the elements does not exceed. So a percentile is always one of them.
  ///
  /// - Parameter shares: from 0 to 1.
  /// - Returns: `nil` of no elements.
  package func percentiles(_ shares: [Double]) -> [Element]? {
    let ascending = sorted()
    guard !ascending.isEmpty else { return nil }
    return shares.map { share in
      let rank = Int((share * Double(ascending.count)).rounded(.up))
      return ascending[Swift.min(Swift.max(1, rank), ascending.count) - 1]
    }
  }

  /// One of them.
  package func percentile(_ share: Double) -> Element? { percentiles([share])?[0] }
}
