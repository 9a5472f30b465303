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
  private let validation: ValidationRound?
  private let folder: RunFolder
  private let export: StudentFolder
  private var plan: StepPlan
  private let drawing: BatchDrawing
  private var gradients: BatchGradients
  private let rate: LearningRate
  private var samples: StepLog?
  private var memory: TrainingState.Memory
  private var pace = Pace()
  private let savingEvery: Duration
  private let progress: ProgressHandler?
  private let interruption: Interruption?

  /// - Parameter memory: what the run in the folder remembers; where it has a state, the student goes on from that.
  init(
    recipe: Recipe, data: TrainingData, vectors: VectorsFile, student: StudentModel, pruning: TermPruning,
    validator: Validator?, folder: RunFolder, export: StudentFolder, memory: TrainingState.Memory, logsSamples: Bool,
    savingEvery: Duration, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    self.recipe = recipe
    self.data = data
    self.vectors = vectors
    self.student = student
    self.folder = folder
    self.export = export
    self.memory = memory
    self.savingEvery = savingEvery
    self.progress = progress
    self.interruption = interruption
    drawing = BatchDrawing(
      recipe, data: data, vectors: vectors,
      maxLength: min(recipe.student.maxLength, export.checkpoint.maxLength))
    gradients = BatchGradients(student, recipe: recipe, vectors: vectors, teachers: data.teachers)
    let plan = try StepPlan(recipe, data.examples)
    self.plan = plan
    let leaving = try LeavingStudent(
      student, recipe: recipe, pruning: pruning,
      fitting: FactorFitting(recipe, data: data, order: plan.order, interruption: interruption),
      engine: student.engine)
    self.leaving = leaving
    validation = validator.map { validator in
      ValidationRound(
        validator: validator, leaving: leaving, vectors: vectors, path: folder.validationVectors, progress: progress,
        interruption: interruption)
    }
    rate = LearningRate(
      peak: recipe.optimisation.learningRate, warmupRatio: recipe.optimisation.warmupRatio,
      totalSteps: plan.totalSteps)
    if FileNames.exists(folder.state) {
      guard memory.frequencies?.vocabularySize == gradients.regulariser.frequencies?.vocabularySize else {
        throw ParlanceError(
          .badInput, "the training state is of another model: its term frequencies are of another vocabulary",
          at: .init(file: folder.state))
      }
      gradients.regulariser.frequencies = memory.frequencies
      try TrainingState.restore(tensors, from: folder.state)
      student.optimizer.steps = memory.step
      student.gate?.optimizer?.steps = memory.step
    }
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
      if validation != nil { try validate(log, seconds: seconds()) }
    }
    var sinceSaved = clock.now
    while memory.step < plan.totalSteps, !hasStalled {
      if interruption?.isRequested == true {
        _ = seconds()
        try save(log)
        throw ParlanceError(.interrupted, "stopped after step \(memory.step); --resume goes on from there")
      }
      let line = try step(clock)
      try log.write(step: memory.step, line + [("seconds", seconds())])
      report(line + (pace.perSecond.map { [("examples_per_second", $0)] } ?? []))
      if let every = recipe.validation?.every, memory.step.isMultiple(of: every) || memory.step == plan.totalSteps {
        do throws(ParlanceError) { try validate(log, seconds: seconds()) } catch {
          guard error.code == .interrupted else { throw error }
          // It looked at the student and changed nothing: the same validation comes first when the run goes on.
          memory.owesValidation = true
          try save(log)
          throw error
        }
      }
      if clock.now - sinceSaved >= savingEvery || memory.step == plan.totalSteps || hasStalled {
        _ = seconds()
        try save(log)
        sinceSaved = clock.now
      }
    }
    if validation == nil { try export(nil) }
    // After steps that another run took, no student of this one has left yet.
    if validation != nil, memory.best == nil {
      try validate(log, seconds: seconds())
      try save(log)
    }
    folder.removeIndex()
    var omissions = data.omissions
    omissions.setsWithoutTurn = plan.order.setsWithoutVisit.count
    return TrainingSummary(
      steps: memory.step, seconds: memory.seconds, examples: data.examples.count, best: memory.best?.value,
      bestStep: memory.best?.step, measure: validation.map { $0.validator.measures[0].description },
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
    let numbers = plan.batches(ofStep: number)
    for (part, batch) in numbers.enumerated() {
      let outcome = try addGradients(ofBatch: batch, share: 1 / Float(numbers.count), step: number)
      counts.queries += outcome.queries
      counts.terms += outcome.terms
      for (place, value) in outcome.figures.enumerated() {
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

  /// Adds the gradients of one batch.
  ///
  /// - Parameter share: of the batch in its step.
  private func addGradients(
    ofBatch number: Int, share: Float, step: Int
  ) throws(ParlanceError) -> BatchGradients.Outcome {
    let batch = try drawing(plan.visits(of: number), batch: number)
    for (example, sample) in zip(batch.examples, batch.sampled.samples) {
      try samples?.write(step: step, example.id, sample, of: vectors)
    }
    guard let outcome = try gradients.add(batch, share: share, step: step) else { throw notFinite(step: step) }
    if outcome.terms == 0 { memory.batchesWithoutTerms += 1 }
    return outcome
  }

  // MARK: - Validation, state, reports

  private func validate(_ log: StepLog, seconds: Double) throws(ParlanceError) {
    guard let validation else { return }
    let outcome: Validator.Outcome
    do throws(ParlanceError) {
      outcome = try validation(at: memory.step)
    } catch {
      // The engine's word for hidden states that are no numbers; before the first step they are the start's.
      guard error.code == .badInput, memory.step > 0 else { throw error }
      throw notFinite(step: memory.step)
    }
    var line = zip(validation.validator.measures, outcome.means).map { (name: "validation \($0)", value: $1) }
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

  /// Writes the student as it is now.
  private func export(_ figures: [(name: String, value: Double)]?) throws(ParlanceError) {
    let card = ModelCard(
      recipe: recipe, start: export.checkpoint, passageSpace: export.passageSpace, steps: memory.step,
      validation: figures.map { TrainingFigures.table($0, turns: validation?.validator.queries.count ?? 0) })
    let text = try card.text()
    try leaving(at: memory.step) { student throws(ParlanceError) in
      try export.write(student, pruning: leaving.pruning, card: text, to: folder.student)
    }
  }

  private func save(_ log: StepLog) throws(ParlanceError) {
    try log.sync()
    try samples?.sync()
    memory.frequencies = gradients.regulariser.frequencies
    try TrainingState.write(memory, tensors, to: folder.state)
  }

  private func notFinite(step: Int) -> ParlanceError {
    folder.removeIndex()
    let ids = plan.batches(ofStep: step).flatMap { plan.visits(of: $0) }.map { data.examples[$0.example].id.string }
    return ParlanceError(
      .badInput,
      "the loss or a gradient of step \(step) is not a number; its turns are \(ids.joined(separator: ", ")). \(kept()). A "
        + "lower learning rate may help", at: .init(file: folder.path))
  }

  /// Leaves the last student that is good for something, and says which one that is.
  private func kept() -> String {
    if let best = memory.best { return "The best student so far, of step \(best.step), is kept" }
    guard validation == nil, memory.step > 0, isStudentFinite, (try? export(nil)) != nil else {
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
    var state = Progress("training", completed: memory.step, total: plan.totalSteps, unit: "steps")
    state.detail = TrainingFigures.line(line)
    progress?(state)
  }
}
