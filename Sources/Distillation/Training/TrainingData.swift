import BinaryFiles
import Conversations
import Diagnostics
import Evaluation
import Identifiers
import LineFiles
import RankedResults
import SparseEncoder
import SparseVectors

/// What the recipe's training sets hold, read and checked, and what of it cannot be trained on.
struct TrainingData: Sendable {
  /// In the order of sets and files.
  var examples: [TrainingExample] = []
  var teachers: [TeacherFile] = []
  /// Turns held out for validation.
  var heldOut: [Turn] = []
  /// The judgments of the held-out turns.
  var heldOutQrels = Qrels()
  var omissions = TrainingOmissions()
}

extension TrainingData {
  /// What tells these data from others, for a run that goes on: ids, what is read, what is relevant, the teachers, the passages'
  /// vectors, the models that it starts from, and all that validation reads and is judged by.
  func digest(_ vectors: VectorsFile, _ models: [EncoderIdentity]) -> String {
    var hash = SHA256()
    hash.update("\(vectors.idDigest.hexadecimal) \(vectors.description.encoder.digest)\n")
    hash.update("\(vectors.fingerprint.hexadecimal) \(models.map(\.digest))\n")
    for teacher in teachers { hash.update(teacher.fingerprint + "\n") }
    for example in examples {
      hash.update("\(example.id) \(example.query.tokens) \(example.gold) \(example.rewrite?.tokens ?? [])\n")
    }
    for turn in heldOut {
      hash.update("\(turn.id) \(turn.messages.count)\n")
      for message in turn.messages {
        hash.update("\(message.role.rawValue) \(message.content.utf8.count) \(message.content)\n")
      }
      for (passage, grade) in (heldOutQrels.grades[turn.id] ?? [:]).sorted(by: { $0.key < $1.key }) {
        hash.update("\(passage) \(grade)\n")
      }
    }
    return hash.finish().hexadecimal
  }

  /// What tells the words from others that factors are fitted to, those that no query has room for among them; `nil` where
  /// none are fitted. Apart from the rest, since recipes with and without factors train the same weights.
  var spokenDigest: String? {
    let spoken = examples.compactMap(\.query.spoken)
    if spoken.isEmpty { return nil }
    var hash = SHA256()
    for words in spoken { hash.update("\(words.tokens)\n") }
    return hash.finish().hexadecimal
  }
}

/// What was left out of training and why, for the summary: nothing is dropped silently.
public struct TrainingOmissions: Codable, Sendable, Hashable {
  /// Turns without a list of any teacher.
  public var turnsWithoutList = 0
  /// Turns whose list is empty.
  public var turnsWithEmptyList = 0
  /// Relevant passages of the judgments that the collection does not have.
  public var goldOutsideCollection = 0
  /// Turns without a relevant passage in the collection; the teacher's best stands in.
  public var turnsWithoutGold = 0
  /// Relevant passages whose vector has no term: no query finds them.
  public var goldWithoutTerms = 0
  /// Turns whose list ends before the window that negatives are drawn from, or has nothing but their positives.
  public var turnsWithoutNegatives = 0
  /// Turns without a rewrite in a set that shows rewrites now and then.
  public var turnsWithoutRewrite = 0
  /// Turns of validation that have no relevant passage and are not measured.
  public var heldOutWithoutGold = 0
  /// Validation turns of conversations that are trained on: the figures of validation are too high.
  public var validationTurnsTrainedOn = 0
  /// Training sets whose share is so small that no turn of theirs comes in an epoch.
  public var setsWithoutTurn = 0
  /// Queries cut at the student's maximum length.
  public var truncatedQueries = 0

  public init() {}
}

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
    var data = TrainingData()
    let judgments: [Qrels?] = try recipe.data.map { source throws(ParlanceError) in
      try source.qrels.map { path throws(ParlanceError) in try Qrels(readingAnyForm: path) }
    }
    let positions = try goldPositions(judgments, &data.omissions)
    var held = HeldOutTurns()
    // Judgments of validation's own stand for all others.
    let areSetsJudges = recipe.validation?.qrels == nil
    for (set, source) in recipe.data.enumerated() {
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
      data.teachers.append(teacher)
      let rewrites = try source.rewrites.map { path throws(ParlanceError) in try Rewrites(readingFrom: path) }
      var turns: [Turn] = []
      let reader = try TurnReader(path: source.conversations)
      while let turn = try reader.next() {
        if recipe.isHeldOut(turn.conversation) {
          try held.add(turn, from: source.conversations)
          if areSetsJudges { try held.judge(turn.id, by: judgments[set], from: source.qrels) }
        } else {
          turns.append(turn)
        }
      }
      let before = data.examples.count
      for turn in turns {
        guard let list = teacher.index(of: turn.id) else {
          data.omissions.turnsWithoutList += 1
          continue
        }
        guard teacher.passageCount(at: list) > 0 else {
          data.omissions.turnsWithEmptyList += 1
          continue
        }
        let judged = judgments[set]?.grades[turn.id] ?? [:]
        let gold = judged.filter { $0.value > 0 }.keys.compactMap { positions[$0] }.sorted()
        if gold.isEmpty { data.omissions.turnsWithoutGold += 1 }
        if try !hasNegatives(teacher, list, gold: gold) { data.omissions.turnsWithoutNegatives += 1 }
        data.examples.append(try example(turn, set: set, list: list, gold: gold, rewrites, &data.omissions))
      }
      weigh(&data.examples[before...], by: teacher)
      try check(turns, of: source, taught: data.examples.count - before, isEmpty: reader.lines.lineNumber == 0)
      try interruption?.check()
    }
    try check(data)
    data.heldOut = held.turns
    if let path = recipe.validation?.conversations {
      data.heldOut = try TurnReader.all(path)
      guard !data.heldOut.isEmpty else {
        throw ParlanceError(.badInput, "expected turns to validate on, there are none", at: .init(file: path))
      }
      let trained = Set(data.examples.map(\.conversation))
      data.omissions.validationTurnsTrainedOn = data.heldOut.count { trained.contains($0.conversation) }
      for (source, qrels) in zip(recipe.data, judgments) where areSetsJudges {
        for turn in data.heldOut { try held.judge(turn.id, by: qrels, from: source.qrels) }
      }
    }
    data.heldOutQrels = held.qrels
    if let path = recipe.validation?.qrels { data.heldOutQrels = try Qrels(readingAnyForm: path) }
    try checkHeldOut(&data)
    if let frozen { try await addFrozen(frozen, to: &data.examples) }
    return data
  }

  /// Gives the turns of one set the weights that the teacher's file has, so that their mean is 1: a set counts as much as its
  /// turns are many, whatever its weights are.
  private func weigh(_ examples: inout ArraySlice<TrainingExample>, by teacher: TeacherFile) {
    guard teacher.weighsTurns else { return }
    let weights = examples.map { Double(teacher.weight(at: $0.list)) }
    let mean = weights.reduce(0, +) / Double(max(1, weights.count))
    for (place, weight) in zip(examples.indices, weights) { examples[place].weight = weight / mean }
  }

  /// A set of which nothing can be learned was meant to be another one.
  private func check(
    _ turns: [Turn], of source: Recipe.TrainingSet, taught: Int, isEmpty: Bool
  ) throws(ParlanceError) {
    if isEmpty {
      throw ParlanceError(.badInput, "expected turns, there are none", at: .init(file: source.conversations))
    }
    if !turns.isEmpty, taught == 0 {
      throw ParlanceError(
        .badInput,
        "none of the \(turns.count) turns that are trained on has a list with passages in \(source.teacher); do the two "
          + "belong together?", at: .init(file: source.conversations))
    }
  }

  private func check(_ data: TrainingData) throws(ParlanceError) {
    guard !data.examples.isEmpty else {
      throw ParlanceError(.badInput, "all conversations of the training sets are held out for validation")
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

  private func checkHeldOut(_ data: inout TrainingData) throws(ParlanceError) {
    guard recipe.validation != nil else { return }
    let judged = Set(data.heldOutQrels.queries())
    guard !data.heldOut.isEmpty else {
      let folds = recipe.validation?.folds ?? 1
      throw ParlanceError(
        .badInput,
        "of `validation.folds`, \(folds), fold \(recipe.validation?.fold ?? 0) has no conversation of the training sets; fewer folds "
          + "have more each")
    }
    data.omissions.heldOutWithoutGold = data.heldOut.count { !judged.contains($0.id) }
    guard data.omissions.heldOutWithoutGold < data.heldOut.count else {
      throw ParlanceError(
        .badInput,
        "none of the \(data.heldOut.count) turns held out for validation has a relevant passage in the judgments",
        at: (recipe.validation?.qrels ?? recipe.validation?.conversations).map { .init(file: $0) })
    }
  }

  /// Where the relevant passages of all sets are in the collection.
  ///
  /// - Parameter judgments: of each set, where it has some.
  private func goldPositions(
    _ judgments: [Qrels?], _ omissions: inout TrainingOmissions
  ) throws(ParlanceError) -> [ExternalID: UInt32] {
    var wanted: Set<ExternalID> = []
    for (source, qrels) in zip(recipe.data, judgments) {
      guard let path = source.qrels, let qrels else { continue }
      let before = wanted.count
      for grades in qrels.grades.values {
        for (passage, grade) in grades where grade > 0 { wanted.insert(passage) }
      }
      if wanted.count == before, qrels.queries().isEmpty {
        throw ParlanceError(.badInput, "expected judgments, none has a grade above 0", at: .init(file: path))
      }
    }
    if wanted.isEmpty { return [:] }
    var positions: [ExternalID: UInt32] = [:]
    for position in 0..<vectors.count {
      let id = try vectors.id(at: position)
      if wanted.contains(id) {
        positions[id] = UInt32(position)
        if try vectors.vector(at: position).isEmpty { omissions.goldWithoutTerms += 1 }
      }
      if position.isMultiple(of: 65_536) { try interruption?.check() }
    }
    omissions.goldOutsideCollection = wanted.count - positions.count
    return positions
  }

  private func example(
    _ turn: Turn, set: Int, list: Int, gold: [UInt32], _ rewrites: Rewrites?, _ omissions: inout TrainingOmissions
  ) throws(ParlanceError) -> TrainingExample {
    let text = try recipe.student.form.query(for: turn).text
    let question = ResidualQueries.lastQuestion(of: text)
    func reading(_ text: String, _ question: String) -> (TrainingExample.Reading, isTruncated: Bool) {
      let tokens = student.queryTokens(of: text)
      return (TrainingExample.Reading(tokens: tokens.ids, question: question), tokens.isTruncated)
    }
    var (query, isTruncated) = reading(text, question)
    if recipe.student.residual?.factors != nil { query.spoken = student.spokenTokens(of: text) }
    if isTruncated { omissions.truncatedQueries += 1 }
    let last = reading(question, question).0
    var example = TrainingExample(
      id: turn.id, conversation: turn.conversation, set: set, turn: turn.number, query: query,
      questionTokens: last.tokens.count, list: list, gold: gold)
    if recipe.optimisation.historyDropout > 0 { example.lastQuestion = last }
    if let rewrite = rewrites?[turn.id] {
      example.rewrite = reading(rewrite, ResidualQueries.lastQuestion(of: rewrite)).0
    } else if recipe.data[set].rewriteShare > 0 {
      omissions.turnsWithoutRewrite += 1
    }
    return example
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
