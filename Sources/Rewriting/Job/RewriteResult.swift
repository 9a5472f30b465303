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
      left.promptTokens = sum(left.promptTokens, right.promptTokens)
      left.completionTokens = sum(left.completionTokens, right.completionTokens)
    }

    /// What endpoints count may be any number.
    static func sum(_ left: Int, _ right: Int) -> Int {
      let (sum, isTooMuch) = max(0, left).addingReportingOverflow(max(0, right))
      return isTooMuch ? .max : sum
    }
  }

  public struct Failure: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
      /// Nobody answered, so that a later run may bring more.
      case unanswered
      /// The endpoint does not take the question, today or tomorrow.
      case refused
      /// The answers were none; they are remembered like others.
      case noRewrite
    }

    public var turn: ExternalID
    public var sample: Int
    public var reason: String
    public var kind: Kind
    /// Whether a later run may bring more.
    public var mayAskAgain: Bool { kind == .unanswered }
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
    case .failed(let reason, let cost, let kind):
      failures.append(Failure(turn: turn, sample: sample, reason: reason, kind: kind))
      self.cost += cost
    case .taken: break
    }
  }
}
