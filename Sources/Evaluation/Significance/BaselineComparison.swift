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
    /// The difference that was tested: the mean over queries, but in the t test by conversation the mean of the
    /// conversations' means, whose sign may be the other one.
    public let tested: Double
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
  /// Which queries are one unit of the test.
  public let units: QueryGroups
  /// For each run its measures, in the order given.
  public let entries: [Entry]

  private static let mostPermutations = 1_000_000_000

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
    guard (1...Self.mostPermutations).contains(configuration.permutations) else {
      throw ParlanceError(.usage, "permutations are between 1 and \(Self.mostPermutations)")
    }
    guard configuration.unit == .query || groups != nil else {
      throw ParlanceError(.usage, "a test by conversation needs the file that says which turns belong together")
    }
    let unitCount = configuration.unit == .query ? baseline.queries.count : groups?.groups.count ?? 0
    guard unitCount >= 2 else {
      throw ParlanceError(
        .badInput, "a test needs two or more units, but there is only one \(configuration.unit.rawValue)")
    }

    func comparer(_ unit: SamplingUnit, _ groups: QueryGroups) throws(ParlanceError) -> PairedComparer {
      try PairedComparer(
        unit, groups: groups, permutations: configuration.permutations, resamples: configuration.resamples,
        seed: configuration.seed, level: 1 - configuration.alpha)
    }
    let queryGroups = QueryGroups(queryCount: baseline.queries.count)
    let byQuery = try comparer(.query, queryGroups)
    var byConversation: PairedComparer?
    if let groups { byConversation = try comparer(.conversation, groups) }

    var pairs: [(run: String, query: PairedComparison, conversation: PairedComparison?)] = []
    for run in runs {
      try interruption?.check()
      let conversational = try byConversation?.compare(run, with: baseline)
      for (index, comparison) in try byQuery.compare(run, with: baseline).enumerated() {
        pairs.append((run.name, comparison, conversational?[index]))
      }
    }
    let chosen = pairs.map { configuration.unit == .query ? $0.query : $0.conversation ?? $0.query }
    let isRandomised = configuration.test == .randomisation
    let p = chosen.map { isRandomised ? $0.randomisation.p : $0.tTest?.p ?? 1 }
    let adjusted = configuration.correction.adjusted(p)
    entries = pairs.indices.map { place in
      let pair = pairs[place]
      return Entry(
        run: pair.run, measure: pair.query.measure, byQuery: pair.query, byConversation: pair.conversation,
        tested: isRandomised ? chosen[place].difference : chosen[place].tTest?.mean ?? chosen[place].difference,
        p: p[place], adjusted: adjusted[place], isSignificant: adjusted[place] < configuration.alpha)
    }
    units = configuration.unit == .query ? queryGroups : groups ?? queryGroups
    self.configuration = configuration
    self.baseline = baseline.name
    queries = baseline.queries.count
    conversations = groups?.groups.count
  }
}
