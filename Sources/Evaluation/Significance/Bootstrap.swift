public import Diagnostics

/// A confidence interval of the mean over queries, by the percentile bootstrap (Efron and Tibshirani, 1993, chapter 13)
/// over the independent units: whole conversations are drawn with replacement, and the mean is taken over the queries
/// drawn.
public struct Bootstrap: Sendable {
  /// An interval with both ends included.
  public struct Interval: Sendable, Equatable {
    public let low: Double
    public let high: Double
  }

  /// Which a person may ask for in earnest; the sums of each are kept while an interval is found.
  public static let mostResamples = 10_000_000

  private let groups: QueryGroups
  private let resamples: Int
  private let seed: UInt64
  /// How many lists of values are added up while the units are drawn once: as many as 32 MiB of sums are of, and four at least.
  var listsAtOnce: Int

  /// - Parameters:
  ///   - resamples: how many times the units are drawn anew.
  ///   - seed: the same seed gives the same intervals.
  /// - Throws: `ParlanceError` with code `usage` for no resamples, and for more than `mostResamples`.
  public init(_ groups: QueryGroups, resamples: Int = 10_000, seed: UInt64 = 20_260_604) throws(ParlanceError) {
    guard (1...Self.mostResamples).contains(resamples) else {
      throw ParlanceError(.usage, "expected from 1 to \(Self.mostResamples) resamples, found \(resamples)")
    }
    self.groups = groups
    self.resamples = resamples
    self.seed = seed
    listsAtOnce = max(4, (1 << 22) / resamples)
  }

  /// The interval of the mean of `values`, one for each query.
  ///
  /// - Returns: `nil` for fewer than two units.
  public func interval(_ values: [Double], level: Double = 0.95) -> Interval? {
    intervals([values], level: level)[0]
  }

  /// The interval of the mean of each of these lists of values, as `interval` finds it for one after the other: faster, since
  /// the units are drawn once for many lists.
  ///
  /// - Complexity: O(units * resamples) for the draws and for each list. No draws are kept: memory is O(units + resamples).
  public func intervals(_ values: [[Double]], level: Double = 0.95) -> [Interval?] {
    guard groups.groups.count >= 2 else { return values.map { _ in nil } }
    let ones = [Double](repeating: 1, count: groups.queryCount)
    var intervals: [Interval?] = []
    for batch in batches(of: values) {
      let sums = drawnSums(batch + [ones])
      for place in batch.indices {
        intervals.append(interval(of: zip(sums[place], sums[batch.count]).map { $0 / $1 }, level))
      }
    }
    return intervals
  }

  /// The interval of the mean of `values` divided by the mean of `others`, both of the same queries: what one system costs, or
  /// finds, as a share of another.
  ///
  /// - Returns: `nil` for fewer than two units, and where `others` may come to nothing.
  package func ratioInterval(_ values: [Double], over others: [Double], level: Double = 0.95) -> Interval? {
    ratioIntervals([(values: values, others: others)], level: level)[0]
  }

  /// The interval of each of these ratios, as `ratioInterval` finds it for one after the other.
  ///
  /// - Complexity: as `intervals`.
  public func ratioIntervals(
    _ ratios: [(values: [Double], others: [Double])], level: Double = 0.95
  ) -> [Interval?] {
    guard groups.groups.count >= 2 else { return ratios.map { _ in nil } }
    var intervals: [Interval?] = []
    for batch in batches(of: ratios) {
      let sums = drawnSums(batch.flatMap { [$0.values, $0.others] })
      for place in batch.indices {
        let drawn = zip(sums[2 * place], sums[2 * place + 1]).map { $0 / $1 }
        intervals.append(drawn.allSatisfy(\.isFinite) ? interval(of: drawn, level) : nil)
      }
    }
    return intervals
  }

  private func batches<Item>(of items: [Item]) -> [[Item]] {
    stride(from: 0, to: items.count, by: listsAtOnce).map { start in
      Array(items[start..<min(start + listsAtOnce, items.count)])
    }
  }

  /// The sum over the queries of each resample, for each of these lists of values. The units are drawn anew from the seed, so
  /// that the intervals of all runs and measures rest on the same draws.
  private func drawnSums(_ values: [[Double]]) -> [[Double]] {
    let sums = values.map { groups.sums($0) }
    let count = groups.groups.count
    var drawn = sums.map { _ in [Double](repeating: 0, count: resamples) }
    // How often each unit was drawn.
    var draws = [Double](repeating: 0, count: count)
    var random = SeededGenerator(seed: seed)
    for resample in 0..<resamples {
      for unit in 0..<count { draws[unit] = 0 }
      for _ in 0..<count { draws[random.index(below: count)] += 1 }
      for place in sums.indices { drawn[place][resample] = Self.product(draws, sums[place]) }
    }
    return drawn
  }

  private static func product(_ draws: [Double], _ sums: [Double]) -> Double {
    var sum = 0.0
    for unit in draws.indices { sum += draws[unit] * sums[unit] }
    return sum
  }

  private func interval(of figures: [Double], _ level: Double) -> Interval {
    let ascending = figures.sorted()
    let tail = (1 - level) / 2
    return Interval(low: quantile(ascending, tail), high: quantile(ascending, 1 - tail))
  }

  /// The quantile of ascending values, interpolated linearly (Hyndman and Fan's type 7).
  private func quantile(_ ascending: [Double], _ share: Double) -> Double {
    let position = share * Double(ascending.count - 1)
    let below = Int(position)
    let above = min(below + 1, ascending.count - 1)
    return ascending[below] + (position - Double(below)) * (ascending[above] - ascending[below])
  }
}
