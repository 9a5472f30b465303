/// A confidence interval of the mean over queries, by the percentile bootstrap (Efron and Tibshirani, 1993, chapter 13)
/// over the independent units: whole conversations are drawn with replacement, and the mean is taken over the queries
/// drawn.
public struct Bootstrap: Sendable {
  /// An interval with both ends included.
  public struct Interval: Sendable, Equatable {
    public let low: Double
    public let high: Double
  }

  /// For each resample how often each group was drawn, and how many queries that makes. Shared by all runs and
  /// measures, so that their intervals rest on the same draws.
  private let draws: [[UInt32]]
  private let queryCounts: [Double]
  private let groups: QueryGroups

  /// - Parameters:
  ///   - resamples: how many times the units are drawn anew.
  ///   - seed: the same seed gives the same intervals.
  public init(_ groups: QueryGroups, resamples: Int = 10_000, seed: UInt64 = 20_260_604) {
    self.groups = groups
    var random = SeededGenerator(seed: seed)
    let sizes = groups.groups.map(\.count)
    let count = sizes.count
    var draws: [[UInt32]] = []
    var queryCounts: [Double] = []
    draws.reserveCapacity(resamples)
    for _ in 0..<resamples {
      var drawn = [UInt32](repeating: 0, count: count)
      var queries = 0
      for _ in 0..<count {
        let group = random.index(below: count)
        drawn[group] += 1
        queries += sizes[group]
      }
      draws.append(drawn)
      queryCounts.append(Double(queries))
    }
    self.draws = draws
    self.queryCounts = queryCounts
  }

  /// The interval of the mean of `values`, one for each query.
  ///
  /// - Returns: `nil` for fewer than two units.
  public func interval(_ values: [Double], level: Double = 0.95) -> Interval? {
    guard groups.groups.count >= 2, !draws.isEmpty else { return nil }
    return interval(of: zip(drawnSums(values), queryCounts).map { $0 / $1 }, level)
  }

  /// The interval of the mean of `values` divided by the mean of `others`, both of the same queries: what one system costs, or
  /// finds, as a share of another.
  ///
  /// - Returns: `nil` for fewer than two units, and where `others` may come to nothing.
  public func ratioInterval(_ values: [Double], over others: [Double], level: Double = 0.95) -> Interval? {
    guard groups.groups.count >= 2, !draws.isEmpty else { return nil }
    let ratios = zip(drawnSums(values), drawnSums(others)).map { $0 / $1 }
    return ratios.allSatisfy(\.isFinite) ? interval(of: ratios, level) : nil
  }

  /// The sum over the queries of each resample.
  private func drawnSums(_ values: [Double]) -> [Double] {
    let sums = groups.sums(values)
    return draws.map { drawn in
      var sum = 0.0
      for index in sums.indices { sum += Double(drawn[index]) * sums[index] }
      return sum
    }
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
