public import Identifiers

/// One line of a run: a passage and the score a system gave it.
public struct RankedPassage: Hashable, Sendable {
  public var passage: ExternalID
  public var score: Double

  public init(passage: ExternalID, score: Double) {
    self.passage = passage
    self.score = score
  }
}

/// The answer of one system to every query: TREC's run.
public struct RankedRun: Sendable, Equatable {
  /// The run's tag, the last column of the file.
  public var name: String
  /// For each query the passages in the order of the file; what order a measure takes is the measure's matter.
  public var rankings: [ExternalID: [RankedPassage]]

  public init(name: String, rankings: [ExternalID: [RankedPassage]] = [:]) {
    self.name = name
    self.rankings = rankings
  }
}

/// Relevance judgments: for each query the judged passages with their grades. A grade of 0 or less is not relevant.
public struct Qrels: Sendable, Equatable {
  public var grades: [ExternalID: [ExternalID: Int]]

  public init(grades: [ExternalID: [ExternalID: Int]] = [:]) {
    self.grades = grades
  }
}
