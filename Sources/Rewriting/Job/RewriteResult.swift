public import Identifiers

/// What a job brought: rewrites, failures, and what it cost.
public struct RewriteResult: Sendable {
  /// How often was asked, and what for.
  public struct Cost: Sendable, Hashable {
    /// Questions sent, repeated ones included.
    public var asked = 0
    /// Answers received.
    public var answered = 0
    /// Answers that the cache had.
    public var remembered = 0
    public var promptTokens = 0
    public var completionTokens = 0

    static func += (left: inout Cost, right: Cost) {
      left.asked += right.asked
      left.answered += right.answered
      left.remembered += right.remembered
      left.promptTokens += right.promptTokens
      left.completionTokens += right.completionTokens
    }
  }

  public struct Failure: Sendable, Hashable {
    public var turn: ExternalID
    public var sample: Int
    public var reason: String
    /// Whether a later run asks again; answers that are no rewrites are remembered like others.
    public var mayAskAgain: Bool
  }

  /// By the sample, from 0: the rewrites by the turn.
  public private(set) var rewrites: [[ExternalID: String]]
  public private(set) var failures: [Failure] = []
  public private(set) var cost = Cost()

  init(samples: Int) {
    rewrites = Array(repeating: [:], count: samples)
  }

  var count: Int { rewrites.reduce(failures.count) { $0 + $1.count } }

  mutating func add(_ outcome: RewriteJob.ItemOutcome, _ turn: ExternalID, _ sample: Int) {
    switch outcome {
    case .rewritten(let text, let cost):
      rewrites[sample][turn] = text
      self.cost += cost
    case .failed(let reason, let cost, let mayAskAgain):
      failures.append(Failure(turn: turn, sample: sample, reason: reason, mayAskAgain: mayAskAgain))
      self.cost += cost
    case .taken: break
    }
  }
}
