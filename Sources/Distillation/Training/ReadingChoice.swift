/// What the student reads of a turn in one step: its conversation as a rule, now and then something that teaches what the
/// history is for.
struct ReadingChoice: Sendable {
  let examples: [TrainingExample]
  /// For each training set how often a turn is read as its rewrite.
  private let rewriteShares: [Double]
  private let historyDropout: Double
  private let foreignHistory: Double
  private let maxLength: Int

  /// - Parameter maxLength: the most tokens that the student reads.
  init(_ examples: [TrainingExample], recipe: Recipe, maxLength: Int) {
    self.examples = examples
    rewriteShares = recipe.data.map(\.rewriteShare)
    historyDropout = recipe.optimisation.historyDropout
    foreignHistory = recipe.optimisation.foreignHistory
    self.maxLength = maxLength
  }

  /// Draws as often whatever comes out, so that no choice shifts a later one.
  func reading(
    of example: TrainingExample, _ generator: inout some RandomNumberGenerator
  ) -> TrainingExample.Reading {
    func draw() -> Double { Double.random(in: 0..<1, using: &generator) }
    let (rewritten, forgotten, strayed) = (draw(), draw(), draw())
    let other = examples[Int(draw() * Double(examples.count))]
    if let rewrite = example.rewrite, rewritten < rewriteShares[example.set] { return rewrite }
    if let last = example.lastQuestion, forgotten < historyDropout { return last }
    if strayed < foreignHistory, let question = example.standingAlone, other.conversation != example.conversation {
      return question.followed(by: other.history, maxLength: maxLength)
    }
    return example.query
  }
}

extension TrainingExample {
  /// A question that needs no history: the rewrite, or a conversation's first question.
  fileprivate var standingAlone: Reading? { rewrite ?? (history.isEmpty ? query : nil) }

  /// The tokens of the query behind its last question, the final separator included.
  fileprivate var history: ArraySlice<Int32> { query.tokens.dropFirst(questionTokens) }
}

extension TrainingExample.Reading {
  /// The same question before another conversation's history, cut as a query is.
  fileprivate func followed(by history: ArraySlice<Int32>, maxLength: Int) -> Self {
    guard let separator = tokens.last, tokens.count + history.count > maxLength else {
      return with(tokens: tokens + history)
    }
    return with(tokens: Array((tokens + history).prefix(maxLength - 1)) + [separator])
  }

  private func with(tokens: [Int32]) -> Self {
    var reading = self
    reading.tokens = tokens
    return reading
  }
}
