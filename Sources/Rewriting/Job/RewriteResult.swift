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
    /// Answers received whose tokens the endpoint did not count, or not both numbers: the two above are too small by those.
    public var uncounted = 0

    static func += (left: inout Cost, right: Cost) {
      left.asked += right.asked
      left.answered += right.answered
      left.remembered += right.remembered
      left.promptTokens = sum(left.promptTokens, right.promptTokens)
      left.completionTokens = sum(left.completionTokens, right.completionTokens)
      left.uncounted += right.uncounted
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
  /// Rewrites out of answers that do not have the label that the prompt asks for: a person should look at some.
  public private(set) var unlabelled = 0
  public private(set) var cost = Cost()

  init(samples: Int) {
    rewrites = Array(repeating: [:], count: samples)
  }

  var count: Int { rewrites.reduce(failures.count) { $0 + $1.count } }

  mutating func add(_ outcome: RewriteJob.ItemOutcome, _ turn: ExternalID, _ sample: Int) {
    switch outcome {
    case .taken: break
    case .rewritten(let found, let cost):
      rewrites[sample][turn] = found.text
      if found.lacksLabel { unlabelled += 1 }
      self.cost += cost
    case .noRewrite(let fault, let cost): add(turn, sample, fault.rawValue + ", twice", .noRewrite, cost)
    case .unanswered(let reason, let cost): add(turn, sample, reason, .unanswered, cost)
    case .refused(let reason, let cost): add(turn, sample, reason, .refused, cost)
    case .forbidden(let words, let cost): add(turn, sample, ChatClient.refusal + words, .refused, cost)
    }
  }

  private mutating func add(
    _ turn: ExternalID, _ sample: Int, _ reason: String, _ kind: Failure.Kind, _ cost: Cost
  ) {
    failures.append(Failure(turn: turn, sample: sample, reason: reason, kind: kind))
    self.cost += cost
  }
}
