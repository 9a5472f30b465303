import Conversations
import Diagnostics
import Evaluation

extension Recipe {
  // More than anybody means, and little enough that no number made from these overflows.
  static let mostPassages = 1_000_000
  static let mostSteps = 1_000_000_000
  static let mostEpochs = 1_000_000
  static let mostQueries = 1_000_000
  static let mostShare = 1_000

  /// What can be seen to be wrong before anything is opened.
  func validate(_ fault: (String) -> ParlanceError) throws(ParlanceError) {
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(ParlanceError) {
      if !condition { throw fault(message()) }
    }
    try require(!student.model.isEmpty, "expected the model that the student starts from, as `student.model`")
    try require(!vectors.isEmpty, "expected the passages' vectors, a file, as `vectors`")
    try require(!data.isEmpty, "expected at least one training set, as `data`")
    try require(data.contains { $0.share > 0 }, "`share` is 0 in all of `data`, so there is nothing to train on")
    for (place, set) in data.enumerated() {
      try require(!set.conversations.isEmpty, "expected a file as `data.\(place).conversations`")
      try require(!set.teacher.isEmpty, "expected a .teacher file as `data.\(place).teacher`")
      try require(
        (0...Double(Self.mostShare)).contains(set.share),
        "`data.\(place).share` must be between 0 and \(Self.mostShare)")
      try require((0...1).contains(set.rewriteShare), "`data.\(place).rewrite_share` must be between 0 and 1")
      try require(
        set.rewriteShare == 0 || set.rewrites != nil, "`data.\(place).rewrite_share` needs `data.\(place).rewrites`")
    }
    try require(!student.form.needsRewrite, "a student reads no rewrites: `student.form` is \(student.form.rawValue)")
    try require(student.layers.map { $0 > 0 } ?? true, "`student.layers` must be above 0")
    try require(student.maxLength > 2, "`student.max_length` must be above 2")
    try require(student.keptTerms.map { $0 > 0 } ?? true, "`student.kept_terms` must be above 0")
    try require(
      student.leastImportance.map { $0 >= 0 && $0.isFinite } ?? true, "`student.least_importance` must be 0 or more")
    try require((0..<1).contains(student.startShare), "`student.start_share` must be at least 0 and below 1")
    if let residual = student.residual {
      try require(residual.start > 0 && residual.start.isFinite, "`student.residual.start` must be above 0")
      try require(residual.learningRate >= 0, "`student.residual.learning_rate` must be 0 or more")
      try require(
        residual.final.map { $0 > 0 && $0.isFinite } ?? true, "`student.residual.final` must be above 0")
      try require(
        residual.final == nil || residual.gate == .scalar, "`student.residual.final` goes with the gate `scalar`")
      if let factors = residual.factors {
        try require(factors.ridge > 0 && factors.ridge.isFinite, "`student.residual.factors.ridge` must be above 0")
        try require(
          (1...Self.mostQueries).contains(factors.turns),
          "`student.residual.factors.turns` must be between 1 and \(Self.mostQueries)")
        try require(
          student.form == .conversation,
          "`student.residual.factors` look for who said a term, which `student.form: conversation` alone tells")
      }
    }
    if let passages = student.passages {
      try require(!passages.texts.isEmpty, "expected the passages' texts, a JSONL file, as `student.passages.texts`")
      try require(passages.maxLength > 2, "`student.passages.max_length` must be above 2")
      try require(passages.atOnce > 0, "`student.passages.at_once` must be above 0")
      let isShared = passages.encoder == .shared
      try require(
        !isShared || passages.model == nil, "`student.passages.model` goes with `student.passages.encoder: separate`")
      try require(
        !isShared || (student.residual == nil && student.keptTerms == nil && student.leastImportance == nil),
        "a shared passage encoder leaves as one checkpoint for both sides, so `student.residual`, "
          + "`student.kept_terms` and `student.least_importance` go with `student.passages.encoder: separate`")
    }
    let steps = optimisation
    for (name, value) in [
      ("learning_rate", steps.learningRate), ("weight_decay", steps.weightDecay), ("clip_norm", steps.clipNorm),
      ("epochs", steps.epochs),
    ] {
      try require(value >= 0 && value.isFinite, "`optimisation.\(name)` must be 0 or more")
    }
    try require(steps.epochs > 0, "`optimisation.epochs` must be above 0")
    try require(
      steps.epochs <= Double(Self.mostEpochs), "`optimisation.epochs` must be at most \(Self.mostEpochs)")
    for (name, value) in [("batch_size", steps.batchSize), ("accumulation", steps.accumulation)] {
      try require(
        (1...Self.mostQueries).contains(value), "`optimisation.\(name)` must be between 1 and \(Self.mostQueries)")
    }
    for (name, value) in [
      ("warmup_ratio", steps.warmupRatio), ("dropout", steps.dropout), ("history_dropout", steps.historyDropout),
      ("foreign_history", steps.foreignHistory),
    ] {
      try require((0..<1).contains(value), "`optimisation.\(name)` must be at least 0 and below 1")
    }
    do {
      try objective.check()
      try sampling.check()
      try regularisation.check()
    } catch {
      throw fault(error.message)
    }
    guard let validation else { return }
    try require(
      (validation.conversations != nil) != (validation.folds != nil),
      "expected either `validation.conversations` or `validation.folds`")
    if let folds = validation.folds {
      try require(folds > 1, "`validation.folds` must be above 1")
      try require((0..<folds).contains(validation.fold), "`validation.fold` must be below `validation.folds`")
    }
    do {
      _ = try Measure.list(parsing: validation.measure)
    } catch {
      throw fault("`validation.measure`: \(error.message)")
    }
    try require(validation.every > 0, "`validation.every` must be above 0")
    try require(validation.patience.map { $0 > 0 } ?? true, "`validation.patience` must be above 0")
    try require(
      validation.patience == nil || validation.keep == .best, "`validation.patience` goes with `validation.keep: best`")
  }
}
