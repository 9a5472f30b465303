import Conversations
public import Diagnostics
import Evaluation

extension Recipe {
  // More than anybody means, and little enough that no number made from these overflows.
  static let mostPassages = 1_000_000
  static let mostSteps = 1_000_000_000
  static let mostEpochs = 1_000_000
  static let mostQueries = 1_000_000
  static let mostShare = 1_000

  /// Finds what can be seen to be wrong before anything is opened. A trainer does so by itself, and so does reading.
  ///
  /// - Throws: `usage` that names the recipe's key: one that is missing, a value out of its range, or two that do not go together.
  public func check() throws(ParlanceError) {
    try student.check()
    try require(!vectors.isEmpty, "expected the passages' vectors, a file, as `vectors`")
    try require(!data.isEmpty, "expected at least one training set, as `data`")
    try require(data.contains { $0.share > 0 }, "`share` is 0 in all of `data`, so there is nothing to train on")
    for (place, set) in data.enumerated() { try set.check(as: "data.\(place)") }
    try optimisation.check()
    try objective.check()
    try sampling.check()
    try regularisation.check()
    try validation?.check()
  }
}

extension Recipe.Student {
  /// - Throws: `usage` that names the recipe's key.
  public func check() throws(ParlanceError) {
    try require(!model.isEmpty, "expected the model that the student starts from, as `student.model`")
    try require(!form.needsRewrite, "a student reads no rewrites: `student.form` is \(form.rawValue)")
    try require(layers.map { $0 > 0 } ?? true, "`student.layers` must be above 0")
    try require(maxLength > 2, "`student.max_length` must be above 2")
    try require(keptTerms.map { $0 > 0 } ?? true, "`student.kept_terms` must be above 0")
    try require(
      leastImportance.map { $0 >= 0 && $0.isFinite } ?? true, "`student.least_importance` must be 0 or more")
    try require((0..<1).contains(startShare), "`student.start_share` must be at least 0 and below 1")
    try residual?.check()
    try require(
      residual?.factors == nil || form == .conversation,
      "`student.residual.factors` take every other message for an answer, and `student.form: conversation` alone has "
        + "answers")
    guard let passages else { return }
    try passages.check()
    try require(
      passages.encoder == .separate || (residual == nil && keptTerms == nil && leastImportance == nil),
      "a shared passage encoder leaves as one checkpoint for both sides, so `student.residual`, "
        + "`student.kept_terms` and `student.least_importance` go with `student.passages.encoder: separate`")
  }
}

extension Recipe.Residual {
  fileprivate func check() throws(ParlanceError) {
    try require(start > 0 && start.isFinite, "`student.residual.start` must be above 0")
    try require(learningRate >= 0 && learningRate.isFinite, "`student.residual.learning_rate` must be 0 or more")
    try require(final.map { $0 > 0 && $0.isFinite } ?? true, "`student.residual.final` must be above 0")
    try require(final == nil || gate == .scalar, "`student.residual.final` goes with the gate `scalar`")
    guard let factors else { return }
    try require(factors.ridge > 0 && factors.ridge.isFinite, "`student.residual.factors.ridge` must be above 0")
    try require(
      (1...Recipe.mostQueries).contains(factors.turns),
      "`student.residual.factors.turns` must be between 1 and \(Recipe.mostQueries)")
  }
}

extension Recipe.Passages {
  fileprivate func check() throws(ParlanceError) {
    try require(!texts.isEmpty, "expected the passages' texts, a JSONL file, as `student.passages.texts`")
    try require(maxLength > 2, "`student.passages.max_length` must be above 2")
    try require(atOnce > 0, "`student.passages.at_once` must be above 0")
    try require(
      encoder == .separate || model == nil,
      "`student.passages.model` goes with `student.passages.encoder: separate`")
  }
}

extension Recipe.TrainingSet {
  /// - Parameter key: where in the recipe the set stands.
  fileprivate func check(as key: String) throws(ParlanceError) {
    try require(!conversations.isEmpty, "expected a file as `\(key).conversations`")
    try require(!teacher.isEmpty, "expected a .teacher file as `\(key).teacher`")
    try require(
      (0...Double(Recipe.mostShare)).contains(share), "`\(key).share` must be between 0 and \(Recipe.mostShare)")
    try require((0...1).contains(rewriteShare), "`\(key).rewrite_share` must be between 0 and 1")
    try require(rewriteShare == 0 || rewrites != nil, "`\(key).rewrite_share` needs `\(key).rewrites`")
  }
}

extension Recipe.Optimisation {
  /// - Throws: `usage` that names the recipe's key.
  public func check() throws(ParlanceError) {
    for (name, value) in [
      ("learning_rate", learningRate), ("weight_decay", weightDecay), ("clip_norm", clipNorm), ("epochs", epochs),
    ] {
      try require(value >= 0 && value.isFinite, "`optimisation.\(name)` must be 0 or more")
    }
    try require(epochs > 0, "`optimisation.epochs` must be above 0")
    try require(
      epochs <= Double(Recipe.mostEpochs), "`optimisation.epochs` must be at most \(Recipe.mostEpochs)")
    for (name, value) in [("batch_size", batchSize), ("accumulation", accumulation)] {
      try require(
        (1...Recipe.mostQueries).contains(value),
        "`optimisation.\(name)` must be between 1 and \(Recipe.mostQueries)")
    }
    for (name, value) in [
      ("warmup_ratio", warmupRatio), ("dropout", dropout), ("history_dropout", historyDropout),
      ("foreign_history", foreignHistory),
    ] {
      try require((0..<1).contains(value), "`optimisation.\(name)` must be at least 0 and below 1")
    }
  }
}

extension Recipe.Validation {
  /// - Throws: `usage` that names the recipe's key.
  public func check() throws(ParlanceError) {
    try require(
      (conversations != nil) != (folds != nil), "expected either `validation.conversations` or `validation.folds`")
    if let folds {
      try require(folds > 1, "`validation.folds` must be above 1")
      try require((0..<folds).contains(fold), "`validation.fold` must be below `validation.folds`")
    }
    try require(
      folds != nil || fold == 0,
      "`validation.fold` is \(fold), one of the parts of `validation.folds`, which `validation` does not have")
    do {
      _ = try Measure.list(parsing: measure)
    } catch {
      throw ParlanceError(.usage, "`validation.measure`: \(error.message)")
    }
    try require(every > 0, "`validation.every` must be above 0")
    try require(patience.map { $0 > 0 } ?? true, "`validation.patience` must be above 0")
    try require(patience == nil || keep == .best, "`validation.patience` goes with `validation.keep: best`")
  }
}

private func require(_ holds: Bool, _ message: @autoclosure () -> String) throws(ParlanceError) {
  guard holds else { throw ParlanceError(.usage, message()) }
}
