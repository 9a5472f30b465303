public import Identifiers

/// What a set of queries cost: means of what follows from their terms, percentiles of what was timed.
public struct EffortSummary: Sendable, Hashable {
  /// Latencies in milliseconds that this share of the queries does not exceed.
  public struct Percentiles: Sendable, Hashable {
    public var p50: Double
    public var p95: Double
    public var p99: Double

    /// - Returns: `nil` of nothing.
    public init?(_ values: [Double]) {
      guard let found = values.percentiles([0.5, 0.95, 0.99]) else { return nil }
      (p50, p95, p99) = (found[0], found[1], found[2])
    }
  }

  public var queries: Int
  /// L0, the mean.
  public var terms: Double
  /// FLOPS by definition: the mean over the queries that have it.
  public var flops: Double?
  /// Postings that a search touched, the mean.
  public var postings: Double?
  public var encoding: Percentiles?
  public var searching: Percentiles?
  /// Of the sums, not the sums of the percentiles.
  public var total: Percentiles?

  /// - Returns: `nil` of no queries.
  public init?(_ efforts: [QueryEffort]) {
    guard !efforts.isEmpty else { return nil }
    func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.mean }
    queries = efforts.count
    terms = efforts.map(\.terms).mean
    flops = mean(efforts.compactMap(\.flops))
    postings = mean(efforts.compactMap(\.postings))
    encoding = Percentiles(efforts.compactMap(\.encoding))
    searching = Percentiles(efforts.compactMap(\.searching))
    total = Percentiles(efforts.compactMap(\.total))
  }

  /// Of queries in the order of their ids, so that sums have the same bits each time.
  ///
  /// - Returns: `nil` of no queries.
  public init?(_ efforts: [ExternalID: QueryEffort]) {
    self.init(efforts.sorted { $0.key < $1.key }.map(\.value))
  }

  /// For each turn depth that has a query, ascending; queries without a place are left out.
  public static func byTurn(
    _ efforts: [ExternalID: QueryEffort], places: ConversationPlaces
  ) -> [(turn: Int, summary: EffortSummary)] {
    var turns: [Int: [QueryEffort]] = [:]
    for (query, effort) in efforts.sorted(by: { $0.key < $1.key }) {
      if let place = places.places[query] { turns[place.turn, default: []].append(effort) }
    }
    return turns.sorted { $0.key < $1.key }.compactMap { turn, efforts in
      EffortSummary(efforts).map { (turn, $0) }
    }
  }
}
