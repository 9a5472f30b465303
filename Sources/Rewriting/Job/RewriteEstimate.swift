public import Conversations
public import Diagnostics

/// What a job would ask for, without asking.
public struct RewriteEstimate: Sendable, Hashable {
  /// Rewrites wanted, and those whose answer the cache has.
  public var rewrites = 0
  public var remembered = 0
  /// Of those that are missing, when no answer has to be asked for twice; four characters are taken for a token, as is usual
  /// for English.
  public var promptTokens = 0
  /// Were each answer as long as the prompt allows, and none asked for twice.
  public var completionTokens = 0

  public var missing: Int { rewrites - remembered }

  /// How often is asked when every first answer is no rewrite, so that all numbers above are doubled.
  public static let mostQuestions = 2
}

extension RewriteJob {
  /// - Throws: as `AnswerCache`.
  public func estimate(_ turns: [Turn]) throws(ParlanceError) -> RewriteEstimate {
    var estimate = RewriteEstimate()
    for turn in turns {
      try interruption?.check()
      for sample in 0..<configuration.samples {
        estimate.rewrites += 1
        guard let request = requests(turn, sample).first else { continue }
        if try cache.answer(for: request.key(prompt: configuration.prompt.identity)) != nil {
          estimate.remembered += 1
          continue
        }
        let characters = request.messages.reduce(0) { $0 + $1.content.count + 16 }
        estimate.promptTokens += (characters + 3) / 4
        estimate.completionTokens += request.maximumTokens
      }
    }
    return estimate
  }
}
