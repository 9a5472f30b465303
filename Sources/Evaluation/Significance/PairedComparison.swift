public import Diagnostics
import Identifiers

/// How two runs differ in one measure over the same queries: the difference, its tests and its interval.
public struct PairedComparison: Sendable, Equatable {
  public let measure: Measure
  /// The mean over queries of run minus baseline.
  public let difference: Double
  /// What is independent in the tests and the interval.
  public let unit: SamplingUnit
  /// How many units there are.
  public let units: Int
  public let randomisation: RandomisationTest
  /// `nil` for fewer than two units.
  public let tTest: TTest?
  /// Of the difference; `nil` for fewer than two units.
  public let interval: Bootstrap.Interval?
  /// Queries where the run is better, worse, the same.
  public let wins: Int
  public let losses: Int
  public let ties: Int

  /// Run minus baseline on one query; 0 where they differ by rounding errors alone, as means over several seeds do that
  /// were added in another order.
  package static func difference(_ run: Double, from baseline: Double) -> Double {
    let difference = run - baseline
    return abs(difference) <= 1e-12 ? 0 : difference
  }
}

/// Compares runs with a baseline by one unit; all comparisons share their draws.
public struct PairedComparer: Sendable {
  public let unit: SamplingUnit
  public let groups: QueryGroups
  public let permutations: Int
  public let seed: UInt64
  public let level: Double
  private let bootstrap: Bootstrap

  /// - Parameters:
  ///   - groups: which of the compared queries belong together; every query by itself for `.query`.
  ///   - permutations: how many sign assignments the randomisation test draws where it cannot count all.
  ///   - level: of the confidence interval.
  /// - Throws: as `Bootstrap`.
  public init(
    _ unit: SamplingUnit, groups: QueryGroups, permutations: Int = 100_000, resamples: Int = 10_000,
    seed: UInt64 = 20_260_604, level: Double = 0.95
  ) throws(ParlanceError) {
    self.unit = unit
    self.groups = groups
    self.permutations = permutations
    self.seed = seed
    self.level = level
    bootstrap = try Bootstrap(groups, resamples: resamples, seed: seed)
  }

  /// By conversation, the randomisation test flips the sign of a conversation's summed difference, so its statistic stays
  /// the mean over queries; the t test takes each conversation's mean difference as one value.
  ///
  /// - Returns: one comparison for each measure that both evaluations have.
  /// - Throws: `badInput` when the evaluations are not of the same queries, so not of the same judgments, or when the
  ///   groups are of others.
  public func compare(
    _ run: Evaluation, with baseline: Evaluation
  ) throws(ParlanceError) -> [PairedComparison] {
    try checkPairs(run, baseline)
    var measures: [Measure] = []
    var differences: [[Double]] = []
    for measure in run.measures {
      guard let ours = run.values(of: measure), let theirs = baseline.values(of: measure) else { continue }
      measures.append(measure)
      differences.append(zip(ours, theirs).map { PairedComparison.difference($0, from: $1) })
    }
    let intervals = bootstrap.intervals(differences, level: level)
    return measures.indices.map { compare(differences[$0], measures[$0], intervals[$0]) }
  }

  func compare(_ differences: [Double], _ measure: Measure) -> PairedComparison {
    compare(differences, measure, bootstrap.interval(differences, level: level))
  }

  private func compare(
    _ differences: [Double], _ measure: Measure, _ interval: Bootstrap.Interval?
  ) -> PairedComparison {
    PairedComparison(
      measure: measure, difference: differences.mean, unit: unit, units: groups.groups.count,
      randomisation: RandomisationTest(differences: groups.sums(differences), samples: permutations, seed: seed),
      tTest: TTest(differences: groups.means(differences)),
      interval: interval,
      wins: differences.count { $0 > 0 }, losses: differences.count { $0 < 0 }, ties: differences.count { $0 == 0 })
  }

  private func checkPairs(_ run: Evaluation, _ baseline: Evaluation) throws(ParlanceError) {
    if run.queries != baseline.queries {
      let alone = Set(run.queries).symmetricDifference(baseline.queries).min()
      throw ParlanceError(
        .badInput,
        "the runs '\(run.name)' and '\(baseline.name)' are not measured over the same queries"
          + (alone.map { ": only one of them has '\($0)'" } ?? "") + "; measure both by the same judgments")
    }
    guard groups.queryCount == run.queries.count else {
      throw ParlanceError(
        .badInput,
        "the groups are of \(groups.queryCount) queries, the run '\(run.name)' is measured over \(run.queries.count)")
    }
  }
}
