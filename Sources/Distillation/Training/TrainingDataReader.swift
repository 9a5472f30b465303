import Conversations
import Diagnostics
import Evaluation
import Identifiers
import LineFiles
import RankedResults
import SparseEncoder
import SparseVectors

/// Reads the recipe's training sets.
struct TrainingDataReader {
  let recipe: Recipe
  let vectors: VectorsFile
  let student: SparseEncoder
  /// The encoder whose vector of the last question a residual student starts from.
  let frozen: SparseEncoder?
  let progress: ProgressHandler?
  let interruption: Interruption?

  func read() async throws(ParlanceError) -> TrainingData {
    let judgments: [Qrels?] = try recipe.data.map { source throws(ParlanceError) in try readJudgments(of: source) }
    let learned: [Qrels] = zip(recipe.data, judgments).compactMap { source, qrels in source.share > 0 ? qrels : nil }
    let gold = try GoldPositions(of: learned, in: vectors, interruption: interruption)
    var data = TrainingData()
    (data.omissions.goldOutsideCollection, data.omissions.goldWithoutTerms) = (gold.outside, gold.withoutTerms)
    var sets = HeldOutTurns()
    for (set, qrels) in judgments.enumerated() {
      try readSet(set, qrels, gold, into: &data, holdingOut: &sets)
      try interruption?.check()
    }
    try check(data)
    let held = try readHeldOut(sets, judgments)
    (data.heldOut, data.heldOutQrels) = (held.turns, held.qrels)
    data.omissions.heldOutWithoutGold = held.unjudged
    let trained = Set(data.examples.map(\.conversation))
    data.omissions.validationTurnsTrainedOn = data.heldOut.count { trained.contains($0.conversation) }
    if let frozen { try await addFrozen(frozen, to: &data.examples) }
    return data
  }

  private func readJudgments(of source: Recipe.TrainingSet) throws(ParlanceError) -> Qrels? {
    guard let path = source.qrels else { return nil }
    let qrels = try Qrels(readingAnyForm: path)
    guard !qrels.queries().isEmpty else {
      throw ParlanceError(.badInput, "expected judgments, none has a grade above 0", at: .init(file: path))
    }
    return qrels
  }

  /// Adds a set's teacher, and its examples.
  private func readSet(
    _ set: Int, _ qrels: Qrels?, _ gold: GoldPositions, into data: inout TrainingData,
    holdingOut held: inout HeldOutTurns
  ) throws(ParlanceError) {
    let source = recipe.data[set]
    let teacher = try openTeacher(of: source)
    data.teachers.append(teacher)
    let rewrites = try source.rewrites.map { path throws(ParlanceError) in try Rewrites(readingFrom: path) }
    let turns = try readTurns(of: source, qrels, holdingOut: &held)
    var examples: [TrainingExample] = []
    for turn in turns {
      guard let list = teacher.index(of: turn.id) else {
        data.omissions.turnsWithoutList += 1
        continue
      }
      guard teacher.passageCount(at: list) > 0 else {
        data.omissions.turnsWithEmptyList += 1
        continue
      }
      let positions = gold.positions(in: qrels?.grades[turn.id] ?? [:])
      let (example, isTruncated) = try makeExample(turn, set: set, list: list, gold: positions, rewrites)
      if positions.isEmpty { data.omissions.turnsWithoutGold += 1 }
      if try !hasNegatives(teacher, list, gold: positions) { data.omissions.turnsWithoutNegatives += 1 }
      if isTruncated { data.omissions.truncatedQueries += 1 }
      if source.rewriteShare > 0, example.rewrite == nil { data.omissions.turnsWithoutRewrite += 1 }
      examples.append(example)
    }
    // A set of which nothing can be learned was meant to be another one.
    guard turns.isEmpty || !examples.isEmpty else {
      throw ParlanceError(
        .badInput,
        "none of the \(turns.count) turns that are trained on has a list with passages in \(source.teacher); do the two "
          + "belong together?", at: .init(file: source.conversations))
    }
    weigh(&examples, by: teacher)
    data.examples += examples
  }

  private func openTeacher(of source: Recipe.TrainingSet) throws(ParlanceError) -> TeacherFile {
    let teacher = try TeacherFile(path: source.teacher)
    try teacher.check(against: vectors)
    if !teacher.description.hasQueryVectors, let key = recipe.keyThatNeedsTeacherVectors {
      throw ParlanceError(
        .badInput,
        "expected a teacher with query vectors, whose weights `\(key)` looks at; this one has scores alone (`teach "
          + "--combine rescore` of rewrites keeps them)", at: .init(file: source.teacher))
    }
    // Hours later would be a bad time to find out.
    try teacher.checkBytes(progress: progress, interruption: interruption)
    return teacher
  }

  /// Judgments of validation's own stand for all others.
  private var areSetsJudges: Bool { recipe.validation?.qrels == nil }

  /// The turns of a set that are learned from, none with a share of 0; those of conversations that are held out are added to
  /// `held`.
  private func readTurns(
    of source: Recipe.TrainingSet, _ qrels: Qrels?, holdingOut held: inout HeldOutTurns
  ) throws(ParlanceError) -> [Turn] {
    var turns: [Turn] = []
    let reader = try TurnReader(path: source.conversations)
    while let turn = try reader.next() {
      if recipe.isHeldOut(turn.conversation) {
        try held.add(turn, from: source.conversations)
        if areSetsJudges { try held.judge(turn.id, by: qrels, from: source.qrels) }
      } else if source.share > 0 {
        turns.append(turn)
      }
    }
    guard reader.lines.lineNumber > 0 else {
      throw ParlanceError(.badInput, "expected turns, there are none", at: .init(file: source.conversations))
    }
    return turns
  }

  /// Gives the turns of one set the weights that the teacher's file has, so that their mean is 1: a set counts as much as its
  /// turns are many, whatever its weights are.
  private func weigh(_ examples: inout [TrainingExample], by teacher: TeacherFile) {
    guard teacher.weighsTurns else { return }
    let weights = examples.map { Double(teacher.weight(at: $0.list)) }
    let mean = weights.reduce(0, +) / Double(max(1, weights.count))
    for (place, weight) in zip(examples.indices, weights) { examples[place].weight = weight / mean }
  }

  private func check(_ data: TrainingData) throws(ParlanceError) {
    guard !data.examples.isEmpty else {
      throw ParlanceError(
        .badInput, "all conversations of the training sets with a share above 0 are held out for validation")
    }
    guard data.omissions.turnsWithoutNegatives == data.examples.count else { return }
    if let window = recipe.sampling.strategy.window,
      data.examples.allSatisfy({ window.places(in: data.teachers[$0.set].passageCount(at: $0.list)).isEmpty })
    {
      throw ParlanceError(
        .badInput,
        "`sampling.window` is [\(window.first), \(window.last)], and no list reaches rank \(window.first), so that there "
          + "are no negatives")
    }
    if !recipe.learnsWithoutNegatives {
      throw ParlanceError(
        .badInput,
        "no turn's list has a passage besides its positives that a negative can be, so that there is nothing to learn; lists of "
          + "more passages are what a student learns from (teach --depth)")
    }
  }

  private func hasNegatives(_ teacher: TeacherFile, _ list: Int, gold: [UInt32]) throws(ParlanceError) -> Bool {
    let strategy = recipe.sampling.strategy
    let count = teacher.passageCount(at: list)
    // Nearly all lists are longer than what could be taken out of them, and need not be read.
    if (strategy.window?.places(in: count).count ?? count) > gold.count + strategy.positives { return true }
    let sample = Sampler(recipe.sampling).sample(
      list: try teacher.list(at: list), gold: gold, collectionCount: vectors.count, seed: 0, epoch: 0, query: 0)
    return sample.map { $0.passages.count > $0.positives } ?? false
  }

  /// What validation reads: turns of its own, or those that the sets hold out.
  ///
  /// - Returns: the turns, their judgments, and how many of them have no relevant passage; none without validation.
  private func readHeldOut(
    _ sets: HeldOutTurns, _ judgments: [Qrels?]
  ) throws(ParlanceError) -> (turns: [Turn], qrels: Qrels, unjudged: Int) {
    guard let validation = recipe.validation else { return ([], Qrels(), 0) }
    var held = sets
    var turns = held.turns
    if let path = validation.conversations {
      turns = try TurnReader.all(path)
      guard !turns.isEmpty else {
        throw ParlanceError(.badInput, "expected turns to validate on, there are none", at: .init(file: path))
      }
      for (source, qrels) in zip(recipe.data, judgments) where areSetsJudges {
        for turn in turns { try held.judge(turn.id, by: qrels, from: source.qrels) }
      }
    }
    var qrels = held.qrels
    if let path = validation.qrels { qrels = try Qrels(readingAnyForm: path) }
    guard !turns.isEmpty else {
      throw ParlanceError(
        .badInput,
        "of `validation.folds`, \(validation.folds ?? 1), fold \(validation.fold) has no conversation of the training sets; "
          + "fewer folds have more each")
    }
    let judged = Set(qrels.queries())
    let unjudged = turns.count { !judged.contains($0.id) }
    guard unjudged < turns.count else {
      throw ParlanceError(
        .badInput,
        "none of the \(turns.count) turns held out for validation has a relevant passage in the judgments",
        at: (validation.qrels ?? validation.conversations).map { .init(file: $0) })
    }
    return (turns, qrels, unjudged)
  }

  /// - Returns: the turn as the trainer reads it, and whether its query was cut.
  private func makeExample(
    _ turn: Turn, set: Int, list: Int, gold: [UInt32], _ rewrites: Rewrites?
  ) throws(ParlanceError) -> (example: TrainingExample, isTruncated: Bool) {
    let text = try recipe.student.form.query(for: turn).text
    let question = ResidualQueries.lastQuestion(of: text)
    func reading(_ text: String, _ question: String) -> (TrainingExample.Reading, isTruncated: Bool) {
      let tokens = student.queryTokens(of: text)
      return (TrainingExample.Reading(tokens: tokens.ids, question: question), tokens.isTruncated)
    }
    var (query, isTruncated) = reading(text, question)
    if recipe.student.residual?.factors != nil { query.spoken = student.spokenTokens(of: text) }
    let last = reading(question, question).0
    var example = TrainingExample(
      id: turn.id, conversation: turn.conversation, set: set, turn: turn.number, query: query,
      questionTokens: last.tokens.count, list: list, gold: gold)
    if recipe.optimisation.historyDropout > 0 { example.lastQuestion = last }
    if let rewrite = rewrites?[turn.id] {
      example.rewrite = reading(rewrite, ResidualQueries.lastQuestion(of: rewrite)).0
    }
    return (example, isTruncated)
  }

  /// Encodes the questions once: the frozen encoder does not change.
  private func addFrozen(
    _ frozen: SparseEncoder, to examples: inout [TrainingExample]
  ) async throws(ParlanceError) {
    let window = 256
    for start in stride(from: 0, to: examples.count, by: window) {
      try interruption?.check()
      let places = start..<min(examples.count, start + window)
      let questions = places.map { examples[$0].query.question }
      for (place, encoded) in zip(places, try await frozen.encode(questions, as: .query)) {
        examples[place].query.frozen = encoded.vector
        examples[place].lastQuestion?.frozen = encoded.vector
      }
      let rewritten = places.filter { examples[$0].rewrite != nil }
      let rewrites = rewritten.map { examples[$0].rewrite?.question ?? "" }
      for (place, encoded) in zip(rewritten, try await frozen.encode(rewrites, as: .query)) {
        examples[place].rewrite?.frozen = encoded.vector
      }
      progress?(Progress("encoding questions", completed: places.upperBound, total: examples.count, unit: "turns"))
    }
  }
}

extension Recipe {
  /// Whether other turns' positives, several positives of its own or a teacher's weights tell something of a turn by themselves.
  fileprivate var learnsWithoutNegatives: Bool {
    objective.contrastive.weight > 0 && objective.contrastive.inBatchNegatives || objective.termMSE.weight > 0
      || sampling.strategy.positives > 1
  }

  /// The key that looks at the weights of the vectors that the teachers' scores come from; `nil` where none does.
  fileprivate var keyThatNeedsTeacherVectors: String? {
    if student.residual?.factors != nil { return "student.residual.factors" }
    return objective.termMSE.weight > 0 ? "objective.term_mse" : nil
  }
}
