import Diagnostics
import StrictJSON

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

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

  /// What became of a question.
  enum Outcome: Sendable {
    case answered(ChatAnswer)
    /// Asked as often as the policy allows, or refused for what it says; with the reason. A later run may ask again.
    case failed(String)
  }

  /// - Returns: the answer and how often was asked.
  /// - Throws: `unavailable` where no question can be answered: a key that is refused, an address or a model that is not
  ///   there; `usage` for an address that is none; `interrupted`.
  func ask(_ request: ChatRequest) async throws(ParlanceError) -> (outcome: Outcome, asked: Int) {
    var headers = [("content-type", "application/json"), ("accept", "application/json")]
    if let key { headers.append(("authorization", "Bearer " + key)) }
    let body = request.body
    var generator = SystemRandomNumberGenerator()
    var reason = ""
    for attempt in 1...policy.attempts {
      try await waitForQuiet()
      let clock = ContinuousClock()
      let asked = clock.now
      var named: Duration?
      do throws(ParlanceError) {
        let reply = try await transport.post(url, headers: headers, body: body, timeout: timeout)
        switch try judge(reply) {
        case .answered(let answer):
          limit.succeeded()
          return (.answered(answer), attempt)
        case .refused(let why): return (.failed(why), attempt)
        case .again(let why, let isTooMuch):
          reason = why
          named = RetryPolicy.seconds(reply.retryAfter)
          if isTooMuch { limit.overloaded(asked: asked, now: clock.now) }
          if let named { limit.stayQuiet(until: clock.now + named) }
        }
      } catch {
        guard error.code == .tryAgain else { throw error }
        reason = scrubbed(error.message)
        limit.overloaded(asked: asked, now: clock.now)
      }
      guard attempt < policy.attempts else { break }
      // An endpoint that says "at once" to all of them at once is given time as well.
      if (named ?? .zero) < .milliseconds(100) { try await wait(policy.wait(before: attempt, &generator)) }
    }
    return (.failed("\(reason) (asked \(policy.attempts) times)"), policy.attempts)
  }

  /// Waits while the endpoint asked for quiet.
  private func waitForQuiet() async throws(ParlanceError) {
    while let time = limit.quietTime(from: ContinuousClock().now) { try await wait(time) }
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
    case refused(String)
    case again(String, isTooMuch: Bool)
  }

  private func judge(_ reply: ChatReply) throws(ParlanceError) -> Verdict {
    switch reply.status {
    case 200..<300:
      guard let answer = ChatAnswer(body: reply.body) else {
        return .again("the answer is not whole, or none of chat/completions", isTooMuch: false)
      }
      return .answered(answer)
    case 401, 403:
      throw ParlanceError(
        .unavailable, "the endpoint refuses the key" + (key == nil ? ", none was given" : "") + error(in: reply))
    case 404, 405: throw ParlanceError(.unavailable, "the endpoint has no such address or model" + error(in: reply))
    case 429, 503: return .again("the endpoint is overloaded" + error(in: reply), isTooMuch: true)
    case 408, 409, 425, 500...599: return .again("the endpoint failed" + error(in: reply), isTooMuch: false)
    default: return .refused("the endpoint refuses the question" + error(in: reply))
    }
  }

  /// Status and what kind of error the endpoint says it is; never its message, which may repeat the conversation.
  private func error(in reply: ChatReply) -> String {
    let document = try? JSONValue(parsing: reply.body, file: "answer")
    let kinds = ["type", "code"].compactMap { document?["error"]?[$0]?.string }
    return scrubbed(
      " (status "
        + ([String(reply.status)] + kinds.prefix(2).map { String($0.prefix(60)) })
        .joined(separator: ", ") + ")")
  }

  private func scrubbed(_ text: String) -> String {
    guard let key, !key.isEmpty else { return text }
    return text.replacing(key, with: "***")
  }
}
