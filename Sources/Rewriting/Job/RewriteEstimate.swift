public import Conversations
public import Diagnostics

/// What a job would ask for, without asking.
public struct RewriteEstimate: Sendable, Hashable {
  /// Rewrites wanted, and those about which the cache has all answers that are needed.
  public var rewrites = 0
  public var remembered = 0
  /// Of those that are missing, when no answer has to be asked for twice; four characters are taken for a token, as is usual
  /// for English. Where the first answer is remembered and is none, it is the second question's, behind which there is no other.
  public var promptTokens = 0
  /// Were each answer as long as the prompt allows, and none asked for twice; `nil` where no question says how long that is.
  public var completionTokens: Int? = 0

  public var missing: Int { rewrites - remembered }

  /// How often is asked when every first answer is no rewrite, so that all numbers above are doubled.
  public static let mostQuestions = 2
}

extension RewriteJob {
  /// - Throws: as `AnswerCache`.
  public func estimate(_ turns: [Turn]) throws(ParlanceError) -> RewriteEstimate {
    var estimate = RewriteEstimate()
    let reading = AnswerReading(configuration.prompt)
    for turn in turns {
      try interruption?.check()
      for sample in 0..<configuration.samples {
        estimate.rewrites += 1
        guard let request = try missing(turn, sample, reading) else {
          estimate.remembered += 1
          continue
        }
        let characters = request.messages.reduce(0) { $0 + $1.content.count + 16 }
        estimate.promptTokens += (characters + 3) / 4
        let most = request.mostTokens
        estimate.completionTokens = estimate.completionTokens.flatMap { sum in most.map { sum + $0 } }
      }
    }
    return estimate
  }

  /// The question that a run would ask first for a rewrite; `nil` where it asks none, since what is remembered is a rewrite, or
  /// is none twice.
  private func missing(
    _ turn: Turn, _ sample: Int, _ reading: AnswerReading
  ) throws(ParlanceError) -> ChatRequest? {
    for request in requests(turn, sample) {
      guard let answer = try cache.answer(for: request.key(prompt: configuration.prompt.identity)) else {
        return request
      }
      if case .success = reading.rewrite(answer) { return nil }
    }
    return nil
  }
}
