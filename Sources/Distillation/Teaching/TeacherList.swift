/// What a teacher retrieved for one query: passages with the scores that the student is to reproduce, best first.
public struct TeacherList: Sendable, Hashable {
  /// Positions in the `.vectors` file that the teacher's file names.
  public var passages: [UInt32]
  /// One score for each passage, descending; equal scores in the order of positions.
  public var scores: [Float]

  public init(passages: [UInt32], scores: [Float]) {
    precondition(passages.count == scores.count, "one score for each passage")
    self.passages = passages
    self.scores = scores
  }

  public var count: Int { passages.count }
}
