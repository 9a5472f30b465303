public import Diagnostics
public import Identifiers
public import RankedResults

/// How alike the answers of two systems are where nobody judged them: which passages, and in which order.
///
/// Rankings are taken in trec_eval's order, so ties do not depend on the order of the file.
public struct RunAgreement: Sendable, Equatable {
  /// The agreement on one query.
  public struct Query: Sendable, Equatable {
    public let id: ExternalID
    /// For each depth asked for, the share of the first k passages that both have.
    public let overlap: [Double]
    public let rankBiasedOverlap: Double
    /// Over the passages that both have; `nil` for fewer than two.
    public let kendallTau: Double?
  }

  /// The depths k of the overlap.
  public let depths: [Int]
  /// The queries that both runs have, ascending by bytes.
  public let queries: [Query]
  /// How many queries only one of the runs has; they are left out.
  public let onlyInFirst: Int
  public let onlyInSecond: Int

  /// For each depth the mean over the common queries.
  public var overlap: [Double] {
    depths.indices.map { depth in queries.map { $0.overlap[depth] }.mean }
  }

  public var rankBiasedOverlap: Double { queries.map(\.rankBiasedOverlap).mean }

  /// The mean over the queries that have one; `nil` when none has.
  public var kendallTau: Double? {
    let values = queries.compactMap(\.kendallTau)
    return values.isEmpty ? nil : values.mean
  }

  /// - Parameters:
  ///   - depths: the depths k of the overlap.
  ///   - persistence: p of the rank-biased overlap, between 0 and 1; at 0.9 the first ten ranks carry 86 % of the
  ///     weight.
  /// - Throws: `ParlanceError` with code `badInput` when the runs have no query in common, `usage` for a parameter out
  ///   of range.
  public init(
    _ first: RankedRun, _ second: RankedRun, depths: [Int] = [10, 100], persistence: Double = 0.9
  ) throws(ParlanceError) {
    guard persistence > 0, persistence < 1 else {
      throw ParlanceError(.usage, "the persistence of rank-biased overlap lies between 0 and 1, not at \(persistence)")
    }
    guard depths.allSatisfy({ $0 >= 1 }) else { throw ParlanceError(.usage, "a depth is 1 or more") }
    let common = first.rankings.keys.filter { second.rankings[$0] != nil }.sorted()
    guard !common.isEmpty else {
      throw ParlanceError(.badInput, "the runs '\(first.name)' and '\(second.name)' have no query in common")
    }
    self.depths = depths
    queries = common.map { id in
      let left = (first.rankings[id] ?? []).inEvaluationOrder
      let right = (second.rankings[id] ?? []).inEvaluationOrder
      return Query(
        id: id, overlap: depths.map { RankAgreement.overlap(left, right, at: $0) },
        rankBiasedOverlap: RankAgreement.rankBiasedOverlap(left, right, p: persistence),
        kendallTau: RankAgreement.kendallTau(left, right)?.tau)
    }
    onlyInFirst = first.rankings.count - common.count
    onlyInSecond = second.rankings.count - common.count
  }
}

extension [RankedPassage] {
  /// The passages in trec_eval's order: score descending as 32-bit floats, then id descending by bytes.
  package var inEvaluationOrder: [ExternalID] {
    JudgedRanking.order(of: self).map { self[$0].passage }
  }
}
