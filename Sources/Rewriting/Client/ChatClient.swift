import Diagnostics
import StrictJSON

/// Asks one endpoint, and asks again where that may help.
struct ChatClient: Sendable {
  let url: String
  let key: String?
  let transport: any ChatTransport
  let limit: AdaptiveLimit
  let policy: RetryPolicy
  let timeout: Duration
  let interruption: Interruption?
  let pause: @Sendable (Duration) async -> Void
  /// Told why the first question was not answered, while none was: waiting for an endpoint that is not there takes minutes.
  var trouble: FirstTrouble?

  /// What became of a question.
  enum Outcome: Sendable {
    case answered(ChatAnswer)
    /// Asked as often as the policy allows, with the reason of the last time. A later run may fare better.
    case failed(String)
    /// Refused for what it says, with the reason. A later run fares no better.
    case refused(String)
    /// Refused with status 403, whose words are given: for the key, or for what it says; other questions show which.
    case forbidden(String)
  }

  /// How often a question is paid whose answer cannot be read.
  private static let unreadableAnswers = 2

  /// - Returns: the answer and how often was asked.
  /// - Throws: `unavailable` where no question can be answered: a key that is refused, an account without money, an address or
  ///   a model that is not there or elsewhere; `tryAgain` where the endpoint asks for more quiet than anybody waits for; `usage` for an
  ///   address that is none; `interrupted`.
  func ask(_ request: ChatRequest) async throws(ParlanceError) -> (outcome: Outcome, asked: Int) {
    var headers = [("content-type", "application/json"), ("accept", "application/json")]
    if let key { headers.append(("authorization", "Bearer " + key)) }
    let body = request.body
    var generator = SystemRandomNumberGenerator()
    var (reason, unreadable) = ("", 0)
    for attempt in 1...policy.attempts {
      // All who were told to be quiet would come back at once.
      if try await waitForQuiet() { try await wait(policy.wait(before: attempt, &generator)) }
      while !limit.enter() { try await wait(.milliseconds(50)) }
      let clock = ContinuousClock()
      let asked = clock.now
      var tooQuiet: ParlanceError?
      do throws(ParlanceError) {
        defer { limit.leave() }
        let reply = try await transport.post(url, headers: headers, body: body, timeout: timeout)
        switch try judge(reply) {
        case .answered(let answer):
          limit.succeeded()
          return (.answered(answer), attempt)
        case .unreadable(let why):
          limit.succeeded()
          (reason, unreadable) = (why, unreadable + 1)
          if unreadable == Self.unreadableAnswers { return (.answered(.unreadable), attempt) }
        case .refused(let why): return (.refused(why), attempt)
        case .forbidden(let words): return (.forbidden(words), attempt)
        case .again(let why, let isTooMuch):
          reason = why
          if isTooMuch { limit.overloaded(asked: asked, now: clock.now) }
          if let named = RetryAfter.wait(reply.retryAfter) {
            limit.stayQuiet(until: clock.now + min(named, RetryPolicy.mostQuiet))
            if named > RetryPolicy.mostQuiet {
              tooQuiet = ParlanceError(
                .tryAgain, "\(why), and asks for \(named.components.seconds) seconds of quiet; run again after that")
            }
          }
        }
      } catch {
        guard error.code == .tryAgain else { throw error }
        reason = scrubbed(error.message)
        limit.overloaded(asked: asked, now: clock.now)
      }
      if let tooQuiet { throw tooQuiet }
      if unreadable == 0, !limit.hasAnswered { trouble?.tell(reason) }
      guard attempt < policy.attempts else { break }
      if limit.quietTime(from: clock.now) == nil { try await wait(policy.wait(before: attempt, &generator)) }
    }
    return (.failed("\(reason) (asked \(policy.attempts) times)"), policy.attempts)
  }

  /// Waits while the endpoint asked for quiet.
  ///
  /// - Returns: whether it had.
  private func waitForQuiet() async throws(ParlanceError) -> Bool {
    var hasWaited = false
    while let time = limit.quietTime(from: ContinuousClock().now) {
      hasWaited = true
      try await wait(time)
    }
    return hasWaited
  }

  /// Waits in pieces, so that a wish to stop is seen.
  private func wait(_ time: Duration) async throws(ParlanceError) {
    var rest = time
    while rest > .zero {
      try interruption?.check()
      let piece = min(rest, .milliseconds(250))
      await pause(piece)
      rest -= piece
    }
    try interruption?.check()
  }

  private enum Verdict {
    case answered(ChatAnswer)
    /// Whole, so that it was paid, and no answer.
    case unreadable(String)
    case refused(String)
    case forbidden(String)
    case again(String, isTooMuch: Bool)
  }

  private func judge(_ reply: ChatReply) throws(ParlanceError) -> Verdict {
    switch reply.status {
    case 200..<300:
      let document = ChatAnswer.document(in: reply.body)
      if let document, let error = EndpointError(in: document, http: reply.status) { return try judge(error) }
      if let answer = ChatAnswer(document, body: reply.body) {
        // Of a body that only a loose reader can read.
        guard answer.finish != ChatAnswer.failed else { return .again("the endpoint failed", isTooMuch: false) }
        return .answered(answer)
      }
      if reply.isTooLong { return .unreadable("the answer is longer than any rewrite") }
      if ChatAnswer.wasPaid(reply.body) { return .unreadable("the answer has no message") }
      return .again("the answer is not whole, or none of chat/completions", isTooMuch: false)
    case 300..<400: throw redirection(reply)
    default: return try judge(EndpointError(reply))
    }
  }

  private func judge(_ error: EndpointError) throws(ParlanceError) -> Verdict {
    let words = scrubbed(" (\(error.words))")
    switch error.status {
    case 401:
      throw ParlanceError(
        .unavailable, "the endpoint refuses the key" + (key == nil ? ", none was given" : "") + words)
    case 402: throw ParlanceError(.unavailable, "the endpoint wants to be paid first" + words)
    case 403: return error.isAboutContent ? .refused(Self.refusal + words) : .forbidden(words)
    case 404, 405: throw ParlanceError(.unavailable, "the endpoint has no such address or model" + words)
    case 429 where error.isUsedUpQuota: throw ParlanceError(.unavailable, "the account's quota is used up" + words)
    case 429, 503: return .again("the endpoint is overloaded" + words, isTooMuch: true)
    case 408, 409, 425, 500...599: return .again("the endpoint failed" + words, isTooMuch: false)
    default: return .refused(Self.refusal + words + error.advice)
    }
  }

  static let refusal = "the endpoint refuses the question"

  /// Where a redirect leads, without what is behind the path: that may be a secret of theirs.
  private func redirection(_ reply: ChatReply) -> ParlanceError {
    let address = (reply.location ?? "").prefix { $0 != "?" && $0 != "#" }
    let place = address.isEmpty ? "" : " to " + scrubbed(String(address.prefix(200)))
    return ParlanceError(
      .unavailable,
      "the endpoint redirects\(place) (status \(reply.status)), which is not followed; name the final address as the endpoint"
    )
  }

  private func scrubbed(_ text: String) -> String {
    guard let key, !key.isEmpty else { return text }
    return text.replacing(key, with: "***")
  }
}
