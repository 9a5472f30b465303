import BinaryFiles
import Checkpoints
import Diagnostics
import Evaluation
import Identifiers
import SparseEncoder
import SparseVectors
import TensorEngine

/// The steps of a run, on the engine thread that owns the model.
final class TrainingLoop {
  private let recipe: Recipe
  private let data: TrainingData
  private let vectors: VectorsFile
  private let student: StudentModel
  private let leaving: LeavingStudent
  private let validator: Validator?
  private let folder: RunFolder
  private let export: StudentFolder
  private let engine: TensorEngine
  private let sampler: Sampler
  private var scorer: PassageScorer
  private let objective: Objective
  private var regulariser: Regulariser
  private let order: ExampleOrder
  private let readingChoice: ReadingChoice
  private let rate: LearningRate
  private let totalSteps: Int
  /// Of all steps together; the last step may have fewer than the others.
  private let batches: Int
  private var samples: StepLog?
  private var memory: TrainingState.Memory
  private var epoch: (number: Int, order: [ExampleOrder.Visit]) = (-1, [])
  private var pace = Pace()
  private let savingEvery: Duration
  private let progress: ProgressHandler?
  private let interruption: Interruption?

  init(
    recipe: Recipe, data: TrainingData, dataDigest: String, spokenDigest: String?, vectors: VectorsFile,
    student: StudentModel, pruning: TermPruning, validator: Validator?, folder: RunFolder, export: StudentFolder,
    engine: TensorEngine, saved: TrainingState.Memory?, logsSamples: Bool, savingEvery: Duration,
    progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    self.recipe = recipe
    self.data = data
    self.vectors = vectors
    self.student = student
    self.validator = validator
    self.folder = folder
    self.export = export
    self.engine = engine
    self.savingEvery = savingEvery
    self.progress = progress
    self.interruption = interruption
    sampler = Sampler(recipe.sampling)
    scorer = PassageScorer(vocabularySize: student.model.vocabularySize)
    objective = Objective(recipe.objective)
    regulariser = Regulariser(recipe.regularisation, vocabularySize: student.model.vocabularySize)
    readingChoice = ReadingChoice(
      data.examples, recipe: recipe, maxLength: min(recipe.student.maxLength, export.checkpoint.maxLength))
    order = ExampleOrder(
      sets: recipe.data.indices.map { set in
        (data.examples.indices.filter { data.examples[$0].set == set }, recipe.data[set].share)
      }, batchSize: recipe.optimisation.batchSize, seed: recipe.optimisation.seed)
    leaving = try LeavingStudent(
      student, recipe: recipe, pruning: pruning,
      fitting: FactorFitting(recipe, data: data, order: order, interruption: interruption),
      engine: engine)
    let batches = Int((recipe.optimisation.epochs * Double(order.batchesOfEpoch)).rounded(.up))
    self.batches = batches
    totalSteps = (batches + recipe.optimisation.accumulation - 1) / recipe.optimisation.accumulation
    guard totalSteps > 0 else {
      throw ParlanceError(
        .badInput, "the shares of all training sets come to no turn, so there is nothing to train on")
    }
    rate = LearningRate(
      peak: recipe.optimisation.learningRate, warmupRatio: recipe.optimisation.warmupRatio, totalSteps: totalSteps)
    memory = TrainingState.Memory()
    (memory.recipe, memory.data) = (try folder.digest(of: recipe), dataDigest)
    if let saved {
      memory = saved
      guard saved.frequencies?.vocabularySize == regulariser.frequencies?.vocabularySize else {
        throw ParlanceError(
          .badInput, "the training state is of another model: its term frequencies are of another vocabulary",
          at: .init(file: folder.state))
      }
      regulariser.frequencies = saved.frequencies
      try TrainingState.restore(tensors, from: folder.state)
      student.optimizer.steps = memory.step
      student.gate?.optimizer?.steps = memory.step
    }
    memory.spoken = spokenDigest
    if logsSamples { samples = try StepLog(path: folder.samples, keepingThrough: memory.isFresh ? nil : memory.step) }
  }

  /// All that a restart needs, in a fixed order.
  private var tensors: [Tensor] {
    let own = [student.optimizer, student.gate?.optimizer].compactMap(\.self)
    return own.flatMap { $0.parameters + $0.means + $0.squares }
  }

  /// The state and the student, each with the one before it beside it while it is written.
  private func checkSpace() throws(ParlanceError) {
    func bytes(_ tensors: [Tensor]) throws(ParlanceError) -> Int {
      var sum = 0
      for tensor in tensors { sum += 4 * (try tensor.shape().reduce(1, *)) }
      return sum
    }
    let there = FileNames.exists(folder.state) ? 1 : 2
    try FreeSpace.check(there * bytes(tensors) + 2 * bytes(student.optimizer.parameters), for: folder.state)
  }

  /// Trains to the end, and leaves the best student in the folder.
  func run() throws(ParlanceError) -> TrainingSummary {
    try checkSpace()
    let log = try StepLog(
      path: folder.metrics, keepingThrough: memory.isFresh ? nil : memory.step,
      validationsThrough: memory.validatedThrough)
    let clock = ContinuousClock()
    var began = clock.now
    func seconds() -> Double {
      let now = clock.now
      memory.seconds += (now - began).seconds
      began = now
      return memory.seconds
    }
    if memory.owesValidation == true {
      try validate(log, seconds: seconds())
      memory.owesValidation = nil
      try save(log)
    }
    if memory.isFresh {
      // Before the first student: whatever is in the folder belongs to a recipe that is known.
      try save(log)
      if validator != nil { try validate(log, seconds: seconds()) }
    }
    var sinceSaved = clock.now
    while memory.step < totalSteps, !hasStalled {
      if interruption?.isRequested == true {
        _ = seconds()
        try save(log)
        throw ParlanceError(.interrupted, "stopped after step \(memory.step); --resume goes on from there")
      }
      let line = try step(clock)
      try log.write(step: memory.step, line + [("seconds", seconds())])
      report(line + (pace.perSecond.map { [("examples_per_second", $0)] } ?? []))
      if let every = recipe.validation?.every, memory.step.isMultiple(of: every) || memory.step == totalSteps {
        do throws(ParlanceError) { try validate(log, seconds: seconds()) } catch {
          guard error.code == .interrupted else { throw error }
          // It looked at the student and changed nothing: the same validation comes first when the run goes on.
          memory.owesValidation = true
          try save(log)
          throw error
        }
      }
      if clock.now - sinceSaved >= savingEvery || memory.step == totalSteps || hasStalled {
        _ = seconds()
        try save(log)
        sinceSaved = clock.now
      }
    }
    if validator == nil { try export(nil) }
    // After steps that another run took, no student of this one has left yet.
    if validator != nil, memory.best == nil {
      try validate(log, seconds: seconds())
      try save(log)
    }
    folder.removeIndex()
    var omissions = data.omissions
    omissions.setsWithoutTurn = order.setsWithoutVisit.count
    return TrainingSummary(
      steps: memory.step, seconds: memory.seconds, examples: data.examples.count, best: memory.best?.value,
      bestStep: memory.best?.step, measure: validator.map { $0.measures[0].description },
      omissions: omissions, batchesWithoutTerms: memory.batchesWithoutTerms, stepsOf: memory.stepsOf)
  }

  private var hasStalled: Bool {
    recipe.validation?.patience.map { memory.validationsWithoutProgress >= $0 } ?? false
  }

  // MARK: - One step

  /// Takes the next step.
  ///
  /// - Returns: what goes into the log, by name.
  private func step(_ clock: ContinuousClock) throws(ParlanceError) -> [(name: String, value: Double)] {
    let began = clock.now
    let number = memory.step + 1
    var sums: [(name: String, value: Double)] = []
    var counts = (queries: 0, terms: 0)
    let numbers = batches(ofStep: number)
    for (part, batch) in numbers.enumerated() {
      let visits = visits(of: batch)
      let parts = try accumulate(visits, batch: batch, share: 1 / Float(numbers.count), step: number, &counts)
      for (place, value) in parts.enumerated() {
        if part == 0 { sums.append(value) } else { sums[place].value += value.value }
      }
    }
    for place in sums.indices { sums[place].value /= Double(numbers.count) }
    guard sums.first(where: { $0.name == "loss" })?.value.isFinite ?? true else { throw notFinite(step: number) }
    let learningRate = rate(number)
    let gateRate = rate(number, peak: recipe.student.residual?.learningRate ?? 0)
    let norm = try student.step(
      learningRate: learningRate, gateLearningRate: gateRate, clipNorm: recipe.optimisation.clipNorm)
    // With a norm that is no number nothing has moved.
    guard norm.isFinite else { throw notFinite(step: number) }
    memory.step = number
    pace.add(counts.queries, in: (clock.now - began).seconds)
    sums.append(("query_terms", Double(counts.terms) / Double(max(1, counts.queries))))
    sums.append(("gradient_norm", norm))
    sums.append(("learning_rate", learningRate))
    if let gate = student.gate, case .scalar(let value) = try gate.value() { sums.append(("gate", Double(value))) }
    return sums
  }

  private func batches(ofStep number: Int) -> Range<Int> {
    let first = (number - 1) * recipe.optimisation.accumulation
    return first..<min(batches, first + recipe.optimisation.accumulation)
  }

  private func visits(of batch: Int) -> [ExampleOrder.Visit] {
    let number = batch / order.batchesOfEpoch
    if epoch.number != number { epoch = (number, order.epoch(number)) }
    return Array(order.batch(batch, of: epoch.order))
  }

  /// What the queries of a batch read, and the passages that they are trained on.
  private func draw(
    _ visits: [ExampleOrder.Visit], step: Int, _ generator: inout SeededGenerator
  ) throws(ParlanceError) -> (readings: [TrainingExample.Reading], batch: SampledBatch) {
    var readings: [TrainingExample.Reading] = []
    var drawn: [PassageSample] = []
    for visit in visits {
      let example = data.examples[visit.example]
      readings.append(readingChoice.reading(of: example, &generator))
      let sample = try sample(visit)
      try samples?.write(step: step, example.id, sample, of: vectors)
      drawn.append(sample)
    }
    let examples = visits.map { data.examples[$0.example] }
    return (
      readings,
      SampledBatch(drawn, knownPositives: examples.map { Set($0.gold) }, weights: examples.map(\.weight))
    )
  }

  /// Adds the gradients of one batch.
  ///
  /// - Parameter share: of the batch in its step.
  private func accumulate(
    _ visits: [ExampleOrder.Visit], batch number: Int, share: Float, step: Int,
    _ counts: inout (queries: Int, terms: Int)
  ) throws(ParlanceError) -> [(name: String, value: Double)] {
    var generator = SeededGenerator(seed: recipe.optimisation.seed, "step", UInt64(number))
    try engine.seed(generator.next())
    let (readings, batch) = try draw(visits, step: step, &generator)
    let forward: StudentModel.Forward
    do throws(ParlanceError) {
      forward = try student.forward(
        readings, dropout: recipe.optimisation.dropout, precision: recipe.optimisation.precision)
    } catch {
      // The engine's word for hidden states that are no numbers.
      throw error.code == .badInput ? notFinite(step: step) : error
    }
    let queries = forward.queries
    counts.queries += queries.count
    counts.terms += queries.terms.count
    if queries.terms.isEmpty { memory.batchesWithoutTerms += 1 }

    let learned = try student.passages.map { encoder throws(ParlanceError) in
      try encoder.forward(
        batch.passages, dropout: recipe.optimisation.dropout, precision: recipe.optimisation.precision,
        seed: generator.next())
    }
    var passages = learned?.vectors ?? []
    if learned == nil {
      for passage in batch.passages { passages.append(try vectors.vector(at: Int(passage))) }
    }
    let (line, gradients) = try differentiate(
      queries, visits, on: batch, passages, areLearned: learned != nil, step: step)
    try student.backward(forward, gradients.queries.map { Float($0) * share })
    if let learned { try student.passages?.backward(learned, gradients.passages.map { Float($0) * share }) }
    return line
  }

  /// The loss of a batch, part by part, and its derivative with respect to each weight.
  private func differentiate(
    _ queries: SparseRows, _ visits: [ExampleOrder.Visit], on batch: SampledBatch, _ passages: [SparseVector],
    areLearned: Bool, step: Int
  ) throws(ParlanceError) -> (line: [(name: String, value: Double)], gradients: WeightGradients) {
    let scores = scorer.scores(of: queries, with: passages, in: batch, cross: objective.usesCrossScores)
    var (parts, byScores) = objective.loss(of: scores, on: batch)
    var gradients = scorer.gradients(
      from: byScores, of: queries, with: passages, in: batch, byPassages: areLearned)
    let (penalties, byWeights) = regulariser.penalty(
      of: queries, turns: visits.map { data.examples[$0.example].turn }, passages: passages, step: step,
      byPassages: areLearned)
    gradients += byWeights
    if objective.usesTeacherVectors {
      let teachers = try visits.map { visit throws(ParlanceError) in try teacherVector(of: data.examples[visit.example])
      }
      gradients += objective.termError(of: queries, from: teachers, weights: batch.weights, adding: &parts)
    }
    var line = parts.named + penalties.named + [("loss", parts.total + penalties.total)]
    if areLearned {
      let terms = passages.reduce(0) { $0 + $1.count }
      line.append(("passage_terms", Double(terms) / Double(max(1, passages.count))))
    }
    return (line, gradients)
  }

  private func teacherVector(of example: TrainingExample) throws(ParlanceError) -> SparseVector {
    // Teachers without vectors were refused when the data were read.
    try data.teachers[example.set].queryVector(at: example.list) ?? .empty
  }

  private func sample(_ visit: ExampleOrder.Visit) throws(ParlanceError) -> PassageSample {
    let example = data.examples[visit.example]
    let teacher = data.teachers[example.set]
    let list = try teacher.list(at: example.list)
    var failure: ParlanceError?
    let query = try teacher.queryVector(at: example.list)
    let score: ((UInt32) -> Float)? = query.map { query in
      { [vectors] passage in
        do throws(ParlanceError) {
          return Float(query.dot(try vectors.vector(at: Int(passage))))
        } catch {
          failure = error
          return 0
        }
      }
    }
    let sample = sampler.sample(
      list: list, gold: example.gold, score: score, collectionCount: vectors.count, seed: recipe.optimisation.seed,
      epoch: visit.epoch, query: UInt64(visit.example), repetition: visit.repetition)
    if let failure { throw failure }
    // Turns with empty lists were left out when the data were read.
    return sample ?? PassageSample(passages: [], teacherScores: [], positives: 0)
  }

  // MARK: - Validation, state, reports

  private func validate(_ log: StepLog, seconds: Double) throws(ParlanceError) {
    guard let validator else { return }
    let outcome: Validator.Outcome
    do throws(ParlanceError) {
      outcome = try leaving(at: memory.step) { student throws(ParlanceError) in
        let vectors = try encode(validator.queries)
        let index = try student.passages.map { passages throws(ParlanceError) in
          try validator.index(of: encodeCollection(passages))
        }
        return try validator.score(vectors, in: index)
      }
    } catch {
      // The engine's word for hidden states that are no numbers; before the first step they are the start's.
      guard error.code == .badInput, memory.step > 0 else { throw error }
      throw notFinite(step: memory.step)
    }
    var line = zip(validator.measures, outcome.means).map { (name: "validation \($0)", value: $1) }
    line += [("validation query_terms", outcome.terms), ("seconds", seconds)]
    try log.write(step: memory.step, line)
    report(line)
    if outcome.means[0] > memory.best?.value ?? -1 || recipe.validation?.keep == .last {
      memory.best = TrainingState.Best(step: memory.step, value: outcome.means[0])
      memory.validationsWithoutProgress = 0
      try export(line)
    } else {
      memory.validationsWithoutProgress += 1
    }
  }

  private func encode(_ queries: [Validator.Query]) throws(ParlanceError) -> [SparseVector] {
    try engine.withoutRecording { () throws(ParlanceError) -> [SparseVector] in
      var vectors: [SparseVector] = []
      let batch = 16
      for start in stride(from: 0, to: queries.count, by: batch) {
        let part = queries[start..<min(queries.count, start + batch)]
        let rows = try student.forward(part.map(\.reading), dropout: 0).queries
        for row in 0..<rows.count { vectors.append(leaving.pruning(student.vector(of: rows, row))) }
      }
      return vectors
    }
  }

  /// The vectors of all passages, as the passage encoder is now.
  private func encodeCollection(_ passages: LearnedPassages) throws(ParlanceError) -> String {
    let description = VectorsDescription(
      encoder: vectors.description.encoder, vocabulary: vectors.description.vocabulary)
    let path = folder.validationVectors
    try VectorsWriter.write(path, description) { (writer: VectorsWriter) throws(ParlanceError) in
      for start in stride(from: 0, to: vectors.count, by: 64) {
        try interruption?.check()
        let range = start..<min(vectors.count, start + 64)
        for (place, vector) in zip(range, try passages.vectors(UInt32(range.lowerBound)..<UInt32(range.upperBound))) {
          try writer.append(try vectors.id(at: place), vector)
        }
        progress?(
          Progress("encoding passages", completed: range.upperBound, total: vectors.count, unit: "passages"))
      }
    }
    return path
  }

  /// Writes the student as it is now.
  private func export(_ figures: [(name: String, value: Double)]?) throws(ParlanceError) {
    let card = ModelCard(
      recipe: recipe, start: export.checkpoint, passageSpace: export.passageSpace, steps: memory.step,
      validation: figures.map { TrainingFigures.table($0, turns: validator?.queries.count ?? 0) })
    let text = try card.text()
    try leaving(at: memory.step) { student throws(ParlanceError) in
      try export.write(student, pruning: leaving.pruning, card: text, to: folder.student)
    }
  }

  private func save(_ log: StepLog) throws(ParlanceError) {
    try log.sync()
    try samples?.sync()
    memory.frequencies = regulariser.frequencies
    try TrainingState.write(memory, tensors, to: folder.state)
  }

  private func notFinite(step: Int) -> ParlanceError {
    folder.removeIndex()
    let ids = batches(ofStep: step).map(visits).joined().map { data.examples[$0.example].id.string }
    return ParlanceError(
      .badInput,
      "the loss or a gradient of step \(step) is not a number; its turns are \(ids.joined(separator: ", ")). \(kept()). A "
        + "lower learning rate may help", at: .init(file: folder.path))
  }

  /// Leaves the last student that is good for something, and says which one that is.
  private func kept() -> String {
    if let best = memory.best { return "The best student so far, of step \(best.step), is kept" }
    guard validator == nil, memory.step > 0, isStudentFinite, (try? export(nil)) != nil else {
      return "No student is kept"
    }
    return "The student of step \(memory.step) is kept"
  }

  /// Whether its weights are numbers, and what it makes of some turns with them.
  private var isStudentFinite: Bool {
    let isFinite = student.optimizer.parameters.allSatisfy { tensor in
      guard let numbers = try? tensor.floats() else { return false }
      return numbers.allSatisfy(\.isFinite)
    }
    return isFinite && (try? student.forward(data.examples.prefix(16).map(\.query), dropout: 0)) != nil
  }

  private func report(_ line: [(name: String, value: Double)]) {
    var state = Progress("training", completed: memory.step, total: totalSteps, unit: "steps")
    state.detail = TrainingFigures.line(line)
    progress?(state)
  }
}
