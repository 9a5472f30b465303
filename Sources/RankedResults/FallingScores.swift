/// The scores of one ranking, best first, as float32 that every reader puts into the same order.
///
/// Readers disagree about ties: trec_eval compares scores as 32-bit floats and puts the larger passage id first, others
/// keep the order of the file. So a score that is not below the one before it is lowered to the next smaller float32.
package struct FallingScores {
  private var before = Float.infinity

  package init() {}

  /// - Parameter score: finite, and no higher than the one before.
  /// - Returns: minus infinity where no float32 is left for it.
  package mutating func lower(_ score: Double) -> Float {
    before = min(Float(score), before.nextDown)
    return before
  }
}

extension [RankedPassage] {
  /// The ranking with the scores that its run file has, so that it measures the same in memory as it does read back.
  package func withFallingScores() -> [RankedPassage] {
    var scores = FallingScores()
    return map { RankedPassage(passage: $0.passage, score: Double(scores.lower($0.score))) }
  }
}
