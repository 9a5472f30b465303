public import SparseVectors

/// One of those that a student learns from.
public struct Teacher: Sendable {
  /// What it knows of each query.
  public enum Knowledge: Sendable {
    /// The vector of its rewrite, which is searched for.
    case vectors(VectorsFile)
    /// A list that some system retrieved.
    case lists(TeacherFile)
  }

  /// What it is called, and its weight.
  public var source: TeacherDescription.Source
  public var knowledge: Knowledge

  public init(source: TeacherDescription.Source, knowledge: Knowledge) {
    self.source = source
    self.knowledge = knowledge
  }

  /// Whether it can score any passage, also one that it did not retrieve.
  public var hasVectors: Bool {
    if case .vectors = knowledge { true } else { false }
  }
}
