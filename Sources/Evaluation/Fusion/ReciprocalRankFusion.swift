public import Diagnostics
public import RankedResults
import Identifiers

/// Combines runs by ranks alone, so that systems whose scores mean different things can be joined: Cormack, Clarke and
/// Büttcher (SIGIR 2009).
///
/// score(d) = sum over runs of weight / (k + rank of d), over the runs that rank d.
public struct ReciprocalRankFusion: Sendable, Equatable {
  /// Dampens the weight of the first ranks; 60 in the paper.
  public var k: Double
  /// How many passages of each query are kept.
  public var depth: Int
  /// Above, neighbouring ranks would weigh the same to the last digits.
  private static let mostK = 1e9

  public init(k: Double = 60, depth: Int = 1000) {
    self.k = k
    self.depth = depth
  }

  /// - Parameters:
  ///   - weights: one for each run; all 1 unless given.
  ///   - name: the name of the fused run.
  /// - Returns: for each query of any run the passages in descending order of their fused score, equal ones by
  ///   descending id, with the scores that `RunWriter` would write: float32, each below the one before, so that a measure
  ///   finds the same order in the run and in its file.
  /// - Throws: `ParlanceError` with code `usage` for fewer than two runs, a negative k, a depth below 1, or weights
  ///   that are not one positive number for each run.
  public func fuse(
    _ runs: [RankedRun], weights: [Double]? = nil, name: String = "rrf"
  ) throws(ParlanceError) -> RankedRun {
    guard (0...Self.mostK).contains(k) else {
      throw ParlanceError(.usage, "k of the fusion is from 0 to \(Self.mostK), not \(k)")
    }
    let fusion = try FusedScores(runs, weights: weights, depth: depth)
    return try fusion.run(name) { query in
      var scores: [ExternalID: Double] = [:]
      for (run, weight) in zip(fusion.runs, fusion.weights) {
        for (index, passage) in (run.rankings[query] ?? []).inEvaluationOrder.enumerated() {
          scores[passage, default: 0] += weight / (k + Double(index + 1))
        }
      }
      return scores
    }
  }
}
