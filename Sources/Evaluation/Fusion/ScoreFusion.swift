public import Diagnostics
import Identifiers
public import RankedResults

/// Combines runs by their scores, brought to one scale first: CombSUM, CombMNZ and CombMAX of Fox and Shaw (TREC-2, 1993),
/// with weights.
///
/// Where scores mean something, they say more than ranks: how far the first passage is ahead. Where they do not, as with a
/// run whose scores are ranks turned round, `ReciprocalRankFusion` asks less of them.
public struct ScoreFusion: Sendable, Equatable {
  public enum Combination: String, Sendable, CaseIterable {
    /// The sum of weight times normalised score.
    case sum
    /// The same times the number of runs that have the passage. A score below zero would fall where more runs agree, so that
    /// `zScore` is refused, and so are such scores where the normalisation leaves them.
    case mnz
    /// The greatest of weight times normalised score, over the runs that have the passage.
    case max
  }

  /// What a passage that a run lacks scores there, by `sum` and `mnz`.
  public enum Missing: String, Sendable, CaseIterable {
    /// The lowest normalised score of that ranking: never more than what the run did find.
    case lowest
    /// 0, as is usual; by `z-score` that is the mean, more than half of the passages have that the run found.
    case zero
  }

  public var combination: Combination
  public var normalisation: ScoreNormalisation
  public var missing: Missing
  /// How many passages of each query are kept.
  public var depth: Int

  public init(
    _ combination: Combination = .sum, normalisation: ScoreNormalisation = .minMax, missing: Missing = .lowest,
    depth: Int = 1000
  ) {
    self.combination = combination
    self.normalisation = normalisation
    self.missing = missing
    self.depth = depth
  }

  /// - Parameters:
  ///   - weights: one for each run; all 1 unless given.
  ///   - name: the name of the fused run.
  /// - Returns: as `ReciprocalRankFusion.fuse`. A run without the query adds nothing to it.
  /// - Throws: `ParlanceError` with code `usage` for fewer than two runs, a depth below 1, weights that are not one
  ///   positive number for each run, or scores that `mnz` cannot multiply; `badInput` for
  ///   scores that no `Float` can hold.
  public func fuse(
    _ runs: [RankedRun], weights: [Double]? = nil, name: String = "fused"
  ) throws(ParlanceError) -> RankedRun {
    let fusion = try FusedScores(runs, weights: weights, depth: depth)
    try checkSize(of: runs)
    if combination == .mnz { try checkMultiplying(runs) }
    return try fusion.run(name) { query in
      let parts = zip(fusion.runs, fusion.weights).compactMap { run, weight -> Part? in
        run.rankings[query].flatMap { $0.isEmpty ? nil : Part($0, weight: weight, normalisation, missing) }
      }
      var scores: [ExternalID: Double] = [:]
      for passage in Set(parts.flatMap(\.scores.keys)) { scores[passage] = score(of: passage, parts) }
      return scores
    }
  }

  /// A run's file can hold larger numbers than a run, whose squares and differences would be infinite.
  private func checkSize(of runs: [RankedRun]) throws(ParlanceError) {
    for run in runs {
      for (query, ranking) in run.rankings {
        guard let odd = ranking.first(where: { abs($0.score) > Double(Float.greatestFiniteMagnitude) }) else {
          continue
        }
        throw ParlanceError(
          .badInput, "\(run.name) gives \(odd.passage) a score of \(odd.score) for \(query), beyond what scores can be")
      }
    }
  }

  private func checkMultiplying(_ runs: [RankedRun]) throws(ParlanceError) {
    let advice = "mnz multiplies scores, which those below zero do not bear; bring them to a scale by min-max"
    guard normalisation != .zScore else { throw ParlanceError(.usage, advice + " instead of z-score") }
    guard normalisation == .none || normalisation == .max else { return }
    for run in runs {
      for (query, ranking) in run.rankings {
        guard let low = ranking.first(where: { $0.score < 0 }) else { continue }
        throw ParlanceError(.usage, "\(advice); \(run.name) gives \(low.passage) a score of \(low.score) for \(query)")
      }
    }
  }

  private func score(of passage: ExternalID, _ parts: [Part]) -> Double {
    let found = parts.compactMap { $0.scores[passage] }
    let sum = parts.reduce(0) { $0 + ($1.scores[passage] ?? $1.missing) }
    switch combination {
    case .sum: return sum
    case .mnz: return sum * Double(found.count)
    case .max: return found.max() ?? 0
    }
  }

  /// What one run says of one query: weight times normalised score.
  private struct Part {
    var scores: [ExternalID: Double] = [:]
    /// For passages that the run lacks.
    let missing: Double

    init(_ ranking: [RankedPassage], weight: Double, _ normalisation: ScoreNormalisation, _ missing: Missing) {
      let values = normalisation.normalised(ranking.map(\.score))
      for (ranked, value) in zip(ranking, values) { scores[ranked.passage] = weight * value }
      self.missing = missing == .zero ? 0 : weight * normalisation.lowest(of: values)
    }
  }
}
