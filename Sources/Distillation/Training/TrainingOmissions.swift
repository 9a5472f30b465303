/// What was left out of training and why, for the summary: nothing is dropped silently.
public struct TrainingOmissions: Codable, Sendable, Hashable {
  /// Turns without a list of any teacher.
  public var turnsWithoutList = 0
  /// Turns whose list is empty.
  public var turnsWithEmptyList = 0
  /// Relevant passages of the judgments that the collection does not have.
  public var goldOutsideCollection = 0
  /// Turns without a relevant passage in the collection; the teacher's best stands in.
  public var turnsWithoutGold = 0
  /// Relevant passages whose vector has no term: no query finds them.
  public var goldWithoutTerms = 0
  /// Turns whose list ends before the window that negatives are drawn from, or has nothing but their positives.
  public var turnsWithoutNegatives = 0
  /// Turns without a rewrite in a set that shows rewrites now and then.
  public var turnsWithoutRewrite = 0
  /// Turns of validation that have no relevant passage and are not measured.
  public var heldOutWithoutGold = 0
  /// Validation turns of conversations that are trained on: the figures of validation are too high.
  public var validationTurnsTrainedOn = 0
  /// Training sets whose share is so small that no turn of theirs comes in an epoch.
  public var setsWithoutTurn = 0
  /// Queries cut at the student's maximum length.
  public var truncatedQueries = 0

  public init() {}
}
