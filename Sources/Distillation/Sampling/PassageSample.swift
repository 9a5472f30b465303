/// The passages that one query is trained on in one step, drawn from its teacher's list.
public struct PassageSample: Sendable, Hashable {
  /// Positions in the `.vectors` file, the positives first; none twice.
  public var passages: [UInt32]
  /// The teacher's score of each.
  public var teacherScores: [Float]
  /// How many passages at the front are positives: 0 where there is none, 1 as a rule, more with soft positives.
  public var positives: Int
  /// Whether the positives take part in KLD and in MarginMSE over all pairs; in pairs of a positive and a negative and in the
  /// contrastive loss they always do.
  public var distilsPositives: Bool
  /// For each passage the natural logarithm of how often it is expected in a sample, subtracted from both sides' scores
  /// where the sampler is corrected for; empty where it is not.
  public var logExpectedCounts: [Float]

  /// - Precondition: there are as many `teacherScores` as passages, as many `logExpectedCounts` unless there are none, and not
  ///   more `positives`.
  public init(
    passages: [UInt32], teacherScores: [Float], positives: Int, distilsPositives: Bool = true,
    logExpectedCounts: [Float] = []
  ) {
    precondition(passages.count == teacherScores.count && positives <= passages.count)
    precondition(logExpectedCounts.isEmpty || logExpectedCounts.count == passages.count)
    self.passages = passages
    self.teacherScores = teacherScores
    self.positives = positives
    self.distilsPositives = distilsPositives
    self.logExpectedCounts = logExpectedCounts
  }

  public var count: Int { passages.count }
}
