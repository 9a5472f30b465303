import Diagnostics
import Identifiers
import Reports
import Rewriting

/// What `parlance rewrite` says at its end.
enum RewriteReport {
  /// Of a million tokens.
  struct Price {
    var read: Double
    var written: Double

    /// - Throws: `usage` unless the text is two numbers of 0 or more between a comma.
    init(_ text: String) throws(ParlanceError) {
      let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? -1 }
      guard numbers.count == 2, numbers.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        throw ParlanceError(.usage, "expected --price as two numbers of 0 or more, in,out, found '\(text)'")
      }
      (read, written) = (numbers[0], numbers[1])
    }
  }

  private static let failuresShown = 20

  /// - Returns: `tryAgain` when a rerun may bring what is missing, `badInput` when answers were no rewrites, else nothing.
  static func exitCode(of result: RewriteResult) -> ParlanceError.Code? {
    if result.failures.contains(where: \.mayAskAgain) { return .tryAgain }
    return result.failures.isEmpty ? nil : .badInput
  }

  static func print(
    _ result: RewriteResult, files: [String], of turns: Int, json: Bool
  ) throws(ParlanceError) {
    let console = Console.standard
    let cost = result.cost
    guard json else {
      for (file, rewrites) in zip(files, result.rewrites) where file != "-" {
        console.note("\(file): \(FixedDecimal.grouped(rewrites.count)) of \(FixedDecimal.counted(turns, "turn"))")
      }
      console.note(
        "asked \(FixedDecimal.counted(cost.asked, "time")), \(FixedDecimal.counted(cost.answered, "answer")), "
          + "\(FixedDecimal.grouped(cost.remembered)) remembered; " + tokens(cost))
      if result.unlabelled > 0 {
        console.note(
          "\(FixedDecimal.counted(result.unlabelled, "rewrite")) from answers without the label that the prompt asks for; "
            + "look at some before you use them")
      }
      if !result.failures.isEmpty { console.note("\(FixedDecimal.counted(result.failures.count, "rewrite")) failed:") }
      for failure in result.failures.prefix(failuresShown) { console.note("  \(failure.turn): \(failure.reason)") }
      let untold = result.failures.count - failuresShown
      if untold > 0 { console.note("  and \(FixedDecimal.grouped(untold)) more; --json names all") }
      return
    }
    try console.print(
      json: [
        "files": .array(files.map { .string($0) }), "turns": .integer(turns),
        "rewrites": .array(result.rewrites.map { .integer($0.count) }), "asked": .integer(cost.asked),
        "answered": .integer(cost.answered), "remembered": .integer(cost.remembered),
        "prompt_tokens": number(cost.promptTokens, cost), "completion_tokens": number(cost.completionTokens, cost),
        "uncounted": .integer(cost.uncounted), "unlabelled": .integer(result.unlabelled),
        "failures": .array(
          result.failures.map { failure in
            [
              "turn": .string(failure.turn.string), "sample": .integer(failure.sample),
              "reason": .string(failure.reason), "may_ask_again": .bool(failure.mayAskAgain),
            ]
          }),
      ] as OrderedJSON)
  }

  private static func number(_ value: Double?) -> OrderedJSON {
    value.map { OrderedJSON.number($0) } ?? OrderedJSON.null
  }

  private static func tokens(_ cost: RewriteResult.Cost) -> String {
    if cost.uncounted > 0, cost.promptTokens == 0, cost.completionTokens == 0 {
      return "tokens not counted by the endpoint"
    }
    let counted =
      "\(FixedDecimal.grouped(cost.promptTokens)) tokens read, \(FixedDecimal.grouped(cost.completionTokens)) written"
    guard cost.uncounted > 0 else { return counted }
    return counted + ", without \(FixedDecimal.counted(cost.uncounted, "answer")) not counted by the endpoint"
  }

  /// A number of tokens; null where no answer had one, since 0 would be a claim.
  private static func number(_ tokens: Int, _ cost: RewriteResult.Cost) -> OrderedJSON {
    tokens == 0 && cost.uncounted > 0 ? OrderedJSON.null : OrderedJSON.integer(tokens)
  }

  static func print(
    _ estimate: RewriteEstimate, of turns: Int, price: Price?, concurrency: Int, json: Bool
  ) throws(ParlanceError) {
    let missing = estimate.missing
    let most = RewriteEstimate.mostQuestions
    let cost = price.flatMap { price in
      estimate.completionTokens.map { written in
        (price.read * Double(estimate.promptTokens) + price.written * Double(written)) / 1e6
      }
    }
    let seconds = { (each: Double) in Int((Double(missing) * each / Double(max(1, concurrency))).rounded(.up)) }
    let console = Console.standard
    if json {
      let written = estimate.completionTokens.map { OrderedJSON.integer(most * $0) } ?? OrderedJSON.null
      return try console.print(
        json: .object([
          ("turns", .integer(turns)), ("rewrites", .integer(estimate.rewrites)),
          ("remembered", .integer(estimate.remembered)), ("missing", .integer(missing)),
          ("prompt_tokens", .integer(estimate.promptTokens)),
          ("prompt_tokens_at_most", .integer(most * estimate.promptTokens)),
          ("completion_tokens_at_most", written),
          ("cost", price == nil ? nil : number(cost)),
          ("cost_at_most", price == nil ? nil : number(cost.map { Double(most) * $0 })),
          ("concurrency", .integer(concurrency)),
          ("seconds", ["half_a_second_each": .integer(seconds(0.5)), "three_seconds_each": .integer(seconds(3))]),
        ]))
    }
    try console.print(
      "\(FixedDecimal.counted(estimate.rewrites, "rewrite")) of \(FixedDecimal.counted(turns, "turn")), "
        + "\(FixedDecimal.grouped(estimate.remembered)) remembered, \(FixedDecimal.grouped(missing)) to ask for")
    let written = estimate.completionTokens.map { "up to \(FixedDecimal.grouped($0))" } ?? "without a bound on those"
    try console.print(
      "about \(FixedDecimal.grouped(estimate.promptTokens)) tokens to read (four characters a token), \(written) "
        + "to write; twice that were every answer asked for again")
    if let cost {
      try console.print(
        "up to \(FixedDecimal.text(cost, digits: 2)) by that price, \(FixedDecimal.text(Double(most) * cost, digits: 2)) "
          + "were every answer asked for again")
    } else if price != nil {
      try console.print("that price has no bound, since the questions name no greatest number of tokens to count with")
    }
    try console.print(
      "with \(concurrency) under way: \(FixedDecimal.grouped(seconds(0.5))) s at half a second an answer, "
        + "\(FixedDecimal.grouped(seconds(3))) s at three seconds")
  }
}
