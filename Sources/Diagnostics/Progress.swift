/// How far a long job is; libraries report it, only the command line draws it.
public struct Progress: Sendable, Equatable {
  /// What is being done, in the present participle: `encoding`.
  public var activity: String
  /// How many units are done.
  public var completed: Int
  /// How many there are, where that is known beforehand.
  public var total: Int?
  /// What is counted, in the plural: `passages`.
  public var unit: String
  /// What else a person who waits wants to see, such as the loss.
  public var detail = ""

  public init(_ activity: String, completed: Int, total: Int?, unit: String) {
    self.activity = activity
    self.completed = completed
    self.total = total
    self.unit = unit
  }
}

/// Receives the progress of a long job, from whichever thread does the work.
public typealias ProgressHandler = @Sendable (Progress) -> Void
