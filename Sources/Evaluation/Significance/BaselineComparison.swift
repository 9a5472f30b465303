public import Diagnostics

/// Which of the two paired tests decides. The raw values are the names on the command line.
public enum SignificanceTest: String, Sendable, CaseIterable, Codable {
  case randomisation
  case tTest = "t-test"
}

/// Several runs against one baseline in several measures, with p values adjusted over all of these comparisons.
public struct BaselineComparison: Sendable {
  public struct Configuration: Sendable, Equatable, Codable {
    public var test: SignificanceTest = .randomisation
    public var unit: SamplingUnit = .query
    public var correction: Correction = .holm
    /// An adjusted p value below it is called significant.
    public var alpha = 0.05
    /// How many sign assignments the randomisation test draws where it cannot count all.
    public var permutations = 100_000
    /// How many times the bootstrap draws the units anew.
    public var resamples = 10_000
    public var seed: UInt64 = 20_260_604

    public init() {}
  }

  /// One run in one measure.
  public struct Entry: Sendable, Equatable {
    public let run: String
    public let measure: Measure
    public let byQuery: PairedComparison
    /// Where it is known which queries belong to one conversation.
    public let byConversation: PairedComparison?
    /// Of the test and the unit that were chosen.
    public let p: Double
    /// Over all comparisons with the baseline.
    public let adjusted: Double
    public let isSignificant: Bool

    /// The mean over queries of run minus baseline.
    public var difference: Double { byQuery.difference }
  }

  public let configuration: Configuration
  public let baseline: String
  public let queries: Int
  public let conversations: Int?
  /// For each run its measures, in the order given.
  public let entries: [Entry]

  private static let mostPermutations = 1_000_000_000
  /// Of the bootstrap, four bytes each.
  private static let mostDraws = 1 << 29

  /// - Parameters:
  ///   - runs: evaluations by the same judgments and measures as the baseline, the baseline itself not among them.
  ///   - groups: which queries belong to one conversation, where that is known.
  /// - Throws: `ParlanceError` with code `usage` when the unit is the conversation and `groups` is missing or a number
  ///   is out of range, `badInput` for fewer than two units or evaluations of other queries than the baseline's.
  public init(
    _ runs: [Evaluation], with baseline: Evaluation, groups: QueryGroups?, configuration: Configuration = .init(),
    interruption: Interruption? = nil
  ) throws(ParlanceError) {
    guard configuration.alpha > 0, configuration.alpha < 1 else {
      throw ParlanceError(.usage, "alpha lies between 0 and 1, not at \(configuration.alpha)")
    }
    guard (1...Self.mostPermutations).contains(configuration.permutations), configuration.resamples >= 1 else {
      throw ParlanceError(
        .usage, "permutations are between 1 and \(Self.mostPermutations), resamples 1 or more")
    }
    let (draws, overflows) = configuration.resamples.multipliedReportingOverflow(by: max(1, baseline.queries.count))
    guard !overflows, draws <= Self.mostDraws else {
      throw ParlanceError(
        .usage,
        "\(configuration.resamples) resamples of \(baseline.queries.count) queries take too much memory; expected "
          + "at most \(Self.mostDraws / max(1, baseline.queries.count)) resamples")
    }
    guard configuration.unit == .query || groups != nil else {
      throw ParlanceError(.usage, "a test by conversation needs the file that says which turns belong together")
    }
    let units = configuration.unit == .query ? baseline.queries.count : groups?.groups.count ?? 0
    guard units >= 2 else {
      throw ParlanceError(
        .badInput, "a test needs two or more units, but there is only one \(configuration.unit.rawValue)")
    }

    let comparer = { (unit: SamplingUnit, groups: QueryGroups) in
      PairedComparer(
        unit, groups: groups, permutations: configuration.permutations, resamples: configuration.resamples,
        seed: configuration.seed, level: 1 - configuration.alpha)
    }
    let byQuery = comparer(.query, QueryGroups(queryCount: baseline.queries.count))
    let byConversation = groups.map { comparer(.conversation, $0) }

    var pairs: [(run: String, query: PairedComparison, conversation: PairedComparison?)] = []
    for run in runs {
      try interruption?.check()
      let conversational = try byConversation?.compare(run, with: baseline)
      for (index, comparison) in try byQuery.compare(run, with: baseline).enumerated() {
        pairs.append((run.name, comparison, conversational?[index]))
      }
    }
    let p = pairs.map { pair -> Double in
      let chosen = configuration.unit == .query ? pair.query : pair.conversation ?? pair.query
      return configuration.test == .randomisation ? chosen.randomisation.p : chosen.tTest?.p ?? 1
    }
    entries = zip(pairs, zip(p, configuration.correction.adjusted(p))).map { pair, p in
      Entry(
        run: pair.run, measure: pair.query.measure, byQuery: pair.query, byConversation: pair.conversation, p: p.0,
        adjusted: p.1, isSignificant: p.1 < configuration.alpha)
    }
    self.configuration = configuration
    self.baseline = baseline.name
    queries = baseline.queries.count
    conversations = groups?.groups.count
  }
}
