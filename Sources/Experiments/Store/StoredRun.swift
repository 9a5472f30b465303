public import Evaluation
public import Identifiers

/// A run as the database of a sweep has it.
public struct StoredRun: Sendable, Hashable {
  public enum State: String, Sendable, Hashable {
    case finished
    case failed
  }

  public var id: String
  public var arm: String
  public var seed: UInt64?
  public var fold: Int?
  public var state: State
  public var digest: String
  /// The recipe, every default filled in; empty for one that failed.
  public var recipe: String
  public var program: String
  /// What made it; `nil` where that was not noted.
  public var maker: RunMaker?
  /// The run that took its steps, where it was another.
  public var stepsOf: String?
  /// By set, how many of its turns are of conversations that are trained on; without a set for which that was not counted.
  public var turnsTrainedOn: [String: Int] = [:]
  public var steps: Int
  public var examples: Int
  /// Of training, by the clock.
  public var seconds: Double
  public var processorSeconds: Double
  public var peakMemory: Int
  /// Why it failed.
  public var fault: String?

  /// Whether it is finished, and by this recipe: a run keeps its name when its recipe is changed.
  public func isFinished(as digest: String?) -> Bool { state == .finished && self.digest == digest }
}

/// What one turn was worth and what it cost in one run.
public struct StoredQuery: Sendable, Hashable {
  public var id: ExternalID
  public var conversation: ExternalID
  public var turn: Int
  public var values: [Double]
  public var effort: QueryEffort
  public var divergence: Double?
}
