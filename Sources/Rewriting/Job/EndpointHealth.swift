import Diagnostics

/// Whether a run can still come to something: ends one whose endpoint answers nobody, refuses everybody, or brings no rewrite.
struct EndpointHealth {
  /// Where a user sets the greatest number of tokens, for advice.
  let tokenBound: String
  let hasKey: Bool

  init(tokenBound: String, hasKey: Bool) {
    self.tokenBound = tokenBound
    self.hasKey = hasKey
  }

  /// Questions, repeated ones included, that were sent since the last answer.
  private var unanswered = 0
  /// Rewrites without an answer since then.
  private var failed = 0
  /// Whether any answer is there, remembered ones included.
  private var isAnswered = false
  private var hasRewrite = false
  /// Turns, each by its place: with several samples one is asked about often, and says no more by that.
  private var refused: Set<Int> = []
  /// Those refused as one with a wrong key is since the last answer that was paid: what is remembered says nothing about a key.
  private var forbidden: Set<Int> = []
  private var forbiddenWords = ""
  /// Whether anything that was sent came to another end than that.
  private var hasOtherEnd = false
  /// What was wrong with answers that were paid, before any was a rewrite.
  private var faults: [Int: AnswerReading.Fault] = [:]

  /// So many questions without an answer between them are an endpoint that is not there: three that were each asked as often as
  /// the usual policy allows.
  private static let mostUnanswered = 36
  private static let leastFailed = 3
  /// So many first turns refused, or without a rewrite, are a parameter, a model or a prompt that does not fit; so many forbidden
  /// ones in a row are a key that is not, or no longer, good.
  private static let mostFirst = 20

  /// - Parameter turn: its place among all turns.
  /// - Throws: `tryAgain` for an endpoint that answers nobody; `badInput` for one that refuses all, or whose answers are no
  ///   rewrites; `unavailable` for one that refuses the key.
  mutating func note(_ outcome: RewriteJob.ItemOutcome, turn: Int) throws(ParlanceError) {
    switch outcome {
    case .taken: return
    case .rewritten(_, let cost):
      noteAnswer(cost)
      hasRewrite = true
    case .noRewrite(let fault, let cost):
      noteAnswer(cost)
      // What is remembered costs nothing; counted, it would end each rerun where the last one ended.
      guard cost.asked > 0 else { return }
      faults[turn] = fault
      guard !hasRewrite, faults.count >= Self.mostFirst else { return }
      throw noRewrites
    case .unanswered(let reason, let cost):
      notePaid(cost)
      hasOtherEnd = true
      (unanswered, failed) = (unanswered + cost.asked, failed + 1)
      guard unanswered >= Self.mostUnanswered, failed >= Self.leastFailed else { return }
      throw ParlanceError(
        .tryAgain,
        "the last \(failed) questions were not answered: \(reason); what was answered before is kept, a rerun goes on")
    case .refused(let reason, let cost):
      notePaid(cost)
      hasOtherEnd = true
      refused.insert(turn)
      guard !isAnswered, refused.count >= Self.mostFirst else { return }
      throw refusedAll(reason)
    case .forbidden(let words, let cost):
      notePaid(cost)
      refused.insert(turn)
      forbidden.insert(turn)
      forbiddenWords = words
      if forbidden.count >= Self.mostFirst { throw refusedKey }
      guard !isAnswered, refused.count >= Self.mostFirst else { return }
      throw refusedAll(ChatClient.refusal + words)
    }
  }

  /// Looks at a run as a whole.
  ///
  /// - Throws: `unavailable` where every question that was sent was refused as one with a wrong key is.
  func end() throws(ParlanceError) {
    if !hasOtherEnd, !forbidden.isEmpty { throw refusedKey }
  }

  private mutating func noteAnswer(_ cost: RewriteResult.Cost) {
    (unanswered, failed, isAnswered) = (0, 0, true)
    notePaid(cost)
  }

  /// Of two questions about one rewrite the first may have been answered where the second was not.
  private mutating func notePaid(_ cost: RewriteResult.Cost) {
    guard cost.answered > 0 else { return }
    hasOtherEnd = true
    forbidden = []
  }

  private func refusedAll(_ reason: String) -> ParlanceError {
    ParlanceError(.badInput, "the questions about the first \(refused.count) turns were all refused: \(reason)")
  }

  private var refusedKey: ParlanceError {
    let others =
      hasOtherEnd ? "each question about \(forbidden.count) turns, with no answer between them" : "every question"
    return ParlanceError(
      .unavailable,
      "the endpoint refuses the key" + (hasKey ? "" : ", none was given") + ", or \(others)\(forbiddenWords)")
  }

  private var noRewrites: ParlanceError {
    var counts: [AnswerReading.Fault: Int] = [:]
    for fault in faults.values { counts[fault, default: 0] += 1 }
    let ordered = counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
    let told = ordered.prefix(3).map { "\($0.key.rawValue) (\($0.value))" }.joined(separator: ", ")
    let advice = ordered.first?.key.advice(tokenBound: tokenBound) ?? ""
    return ParlanceError(
      .badInput,
      "the first \(faults.count) turns asked about brought no rewrite, not by a second answer either: \(told); \(advice); the "
        + "answers are kept, and a rerun goes on behind them")
  }
}

extension AnswerReading.Fault {
  /// What a user can do where no answer is a rewrite.
  fileprivate func advice(tokenBound: String) -> String {
    switch self {
    case .cut, .unfinished: "raise \(tokenBound), or switch the model's thinking off by the parameters"
    case .empty:
      "the model may answer with its thoughts alone: switch them off by the parameters, or raise \(tokenBound)"
    case .unlabelled, .json, .introduction: "try a prompt that the model follows, or another model"
    case .short, .long: "try another prompt or model"
    case .filtered, .refusal: "ask another model, or in other words by another prompt"
    case .unreadable: "the endpoint does not answer as chat/completions does"
    }
  }
}
