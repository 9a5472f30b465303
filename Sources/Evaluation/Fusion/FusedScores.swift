import Diagnostics
import Identifiers
import RankedResults

/// What ways of fusion share: the demands on their arguments, and the making of a run out of summed scores.
struct FusedScores {
  let runs: [RankedRun]
  /// One for each run.
  let weights: [Double]
  let depth: Int

  /// Beyond them sums overflow or vanish, and passages change places without a word.
  private static let weights = 1e-30...1e30

  /// - Throws: `ParlanceError` with code `usage` for fewer than two runs, a depth below 1, or weights that are not one
  ///   positive number for each run.
  init(_ runs: [RankedRun], weights: [Double]?, depth: Int) throws(ParlanceError) {
    let weights = weights ?? runs.map { _ in 1 }
    guard runs.count >= 2 else { throw ParlanceError(.usage, "fusion takes two runs or more") }
    guard depth >= 1 else { throw ParlanceError(.usage, "the depth of a fused ranking is 1 or more, not \(depth)") }
    guard weights.count == runs.count, weights.allSatisfy({ Self.weights.contains($0) }) else {
      throw ParlanceError(
        .usage, "there is one weight above 0, of an ordinary size, for each of the \(runs.count) runs")
    }
    self.runs = runs
    self.weights = weights
    self.depth = depth
  }

  /// - Parameter scores: the fused scores of one query's passages.
  /// - Returns: the passages of each query of any run in descending order of their scores, equal ones by descending id, with
  ///   the scores that `RunWriter` would write.
  /// - Throws: `badInput` for scores below those that a `Float` can hold.
  func run(_ name: String, scores: (ExternalID) -> [ExternalID: Double]) throws(ParlanceError) -> RankedRun {
    var fused = RankedRun(name: name)
    for query in Set(runs.flatMap(\.rankings.keys)) {
      let ranking = scores(query).map { RankedPassage(passage: $0.key, score: $0.value) }.sorted {
        $0.score != $1.score ? $0.score > $1.score : $1.passage < $0.passage
      }
      let kept = Array(ranking.prefix(depth)).withFallingScores()
      if let last = kept.last, !last.score.isFinite {
        throw ParlanceError(
          .badInput,
          "the fused score of \(last.passage) for \(query) is below what scores can be; bring scores to one scale first, or give "
            + "smaller weights")
      }
      fused.rankings[query] = kept
    }
    return fused
  }
}
