import Diagnostics

/// Whether a run can still come to something: ends one whose endpoint answers nobody, or refuses everybody.
struct EndpointHealth {
  /// Questions, repeated ones included, that were sent since the last answer.
  private var unanswered = 0
  /// Questions refused since the last answer, and how many of all turns were answered before.
  private var refused = 0
  private var answered = 0

  /// So many questions without an answer between them are an endpoint that is not there: three that were each asked as often as
  /// the usual policy allows.
  private static let mostUnanswered = 36
  private static let leastFailed = 3
  private var failed = 0
  /// So many first questions refused are a parameter or a model that the endpoint does not take.
  private static let mostRefused = 20

  /// - Throws: `tryAgain` for an endpoint that answers nobody; `badInput` for one that refuses all.
  mutating func note(_ outcome: RewriteJob.ItemOutcome) throws(ParlanceError) {
    switch outcome {
    case .taken: return
    case .rewritten, .failed(_, _, .noRewrite): (unanswered, refused, failed, answered) = (0, 0, 0, answered + 1)
    case .failed(let reason, let cost, .unanswered):
      (unanswered, failed) = (unanswered + cost.asked, failed + 1)
      guard unanswered >= Self.mostUnanswered, failed >= Self.leastFailed else { return }
      throw ParlanceError(
        .tryAgain,
        "the last \(failed) questions were not answered: \(reason); what was answered before is kept, a rerun goes on")
    case .failed(let reason, _, .refused):
      refused += 1
      guard answered == 0, refused >= Self.mostRefused else { return }
      throw ParlanceError(.badInput, "the first \(refused) questions were all refused: \(reason)")
    }
  }
}
