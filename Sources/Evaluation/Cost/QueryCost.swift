/// What searching costs with a set of queries, whatever machine it runs on.
public struct QueryCost: Sendable, Hashable {
  /// Active terms of a query, the mean.
  public var meanLength: Double
  /// The expected number of terms that a query and a passage share; as `ActivationFrequencies.flops`.
  public var flops: Double
  /// Postings that an exhaustive search touches for a query, the mean.
  public var postings: Double

  /// The means of what is known query by query.
  ///
  /// - Parameter passages: how many passages there are.
  /// - Returns: `nil` where FLOPS is not known.
  public init?(_ summary: EffortSummary, passages: Int? = nil) {
    guard let flops = summary.flops else { return nil }
    meanLength = summary.terms
    self.flops = flops
    postings = summary.postings ?? passages.map { flops * Double($0) } ?? 0
  }

  /// - Parameters:
  ///   - passageCounts: for each term the number of passages in which it is active; terms beyond the end are active nowhere.
  ///   - passages: how many there are.
  public init(_ queries: ActivationFrequencies, passageCounts: [Int], passages: Int) {
    meanLength = queries.meanLength
    let touched = zip(queries.counts, passageCounts).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    postings = queries.vectors > 0 ? touched / Double(queries.vectors) : 0
    flops = passages > 0 ? postings / Double(passages) : 0
  }
}
