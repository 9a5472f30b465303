import BinaryFiles
public import Checkpoints
import Conversations
public import Diagnostics
public import InvertedIndex
import SparseEncoder
import SparseVectors
public import TensorEngine
import WorkerThreads

/// Trains a student query encoder against frozen passage vectors (arXiv 2606.04650): each step moves it against the gradient
/// of its ``Objective`` on a batch of turns, in which teachers' scores are distilled, and of the ``Regulariser``.
///
/// ```swift
/// let recipe = try Recipe(reading: "Recipes/kld.yaml")
/// let trainer = try Trainer(recipe, student: Checkpoint(folder: recipe.student.model), engine: .load())
/// let summary = try await trainer.train(into: "runs/first")
/// ```
///
/// Every random choice follows from the recipe's seed and the number of the step, so a run that was killed and resumed has
/// the same bits as one that was not (same machine, same number of cores).
public struct Trainer: Sendable {
  public let recipe: Recipe
  private let student: Checkpoint
  /// Of a residual student; the student's own start unless the recipe names another.
  private let frozen: Checkpoint?
  /// What a separate passage encoder starts from, where one learns too.
  private let passages: Checkpoint?
  private let engine: TensorEngine
  private let device: Device
  private let cores: Int
  private let vectors: VectorsFile

  /// - Parameters:
  ///   - student: the checkpoint that the recipe's `student.model` names.
  ///   - frozen: the one that `student.residual.model` names, if it does.
  ///   - passages: the one that `student.passages.model` names, if it does.
  ///   - cores: how many cores to use; all that the process may run on when `nil`.
  /// - Throws: as `Recipe.check()`; `badInput` when the passages' vectors are not over the student's vocabulary; as `VectorsFile`.
  public init(
    _ recipe: Recipe, student: Checkpoint, frozen: Checkpoint? = nil, passages: Checkpoint? = nil, engine: TensorEngine,
    device: Device = .cpu, cores: Int? = nil
  ) throws(ParlanceError) {
    try recipe.check()
    try engine.check(device)
    self.recipe = recipe
    // Of a pair the part that encodes queries learns; what a residual student was trained beside stays beside it.
    let start = try student.queryPart() ?? student
    if recipe.student.residual == nil, start.student?.residual != nil {
      throw ParlanceError(
        .badInput,
        "the model is a residual student, and the recipe is for a plain one, which would lose its frozen part; the recipe needs "
          + "student.residual", at: .init(file: start.folder))
    }
    self.student =
      try recipe.student.layers.map { count throws(ParlanceError) in try start.keeping(layers: count) } ?? start
    if recipe.student.residual == nil {
      self.frozen = nil
    } else {
      self.frozen = if let frozen { frozen } else { try start.frozenPart() ?? student }
    }
    if let frozen = self.frozen, frozen.staticQueries != nil {
      throw ParlanceError(
        .badInput, "expected a frozen encoder whose queries go through it, this one weighs their words by a table",
        at: .init(file: frozen.folder))
    }
    if let frozen = self.frozen, try (frozen.queryPart() ?? frozen).student?.residual != nil {
      throw ParlanceError(
        .badInput, "expected a frozen encoder of one part, this is a residual student; its folder has one in frozen/",
        at: .init(file: frozen.folder))
    }
    self.passages = recipe.student.passages?.encoder == .separate ? passages ?? student : nil
    self.engine = engine
    self.device = device
    self.cores = max(1, cores ?? WorkerThreads.availableCores)
    vectors = try VectorsFile(path: recipe.vectors)
  }

  /// Trains to the end of the recipe, or until validation makes no progress.
  ///
  /// - Parameters:
  ///   - folder: gets `recipe.yaml`, `metrics.jsonl`, `training.state` and `student/`.
  ///   - resuming: go on with the run that is there.
  ///   - logsSamples: write `samples.jsonl`, what each query was trained on in each step.
  ///   - savingEvery: how often it is saved where it stands; after each step when zero.
  ///   - index: one of the recipe's vectors, with their exact weights, that validation searches; without, the run builds its
  ///     own and removes it at its end.
  /// - Throws: `interrupted` after saving where it stood; `badInput` for data that do not fit each other, and when the loss
  ///   stops being a number; `cannotWrite`.
  public func train(
    into folder: String, resuming: Bool = false, logsSamples: Bool = false,
    savingEvery: Duration = .seconds(60), index: InvertedIndex? = nil, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) async throws(ParlanceError) -> TrainingSummary {
    let run = RunFolder(folder)
    try run.check(resuming: resuming)
    let encoder = try makeEncoder(student)
    guard encoder.vocabulary == vectors.description.vocabulary else {
      throw ParlanceError(
        .badInput, "expected vectors over the vocabulary of \(student.name), these are over another one",
        at: .init(file: recipe.vectors))
    }
    let frozenEncoder = try frozen.map { checkpoint throws(ParlanceError) in try makeEncoder(checkpoint) }
    if let frozenEncoder, frozenEncoder.vocabulary != encoder.vocabulary {
      throw ParlanceError(.badInput, "the frozen encoder and the student have different vocabularies")
    }
    let reader = TrainingDataReader(
      recipe: recipe, vectors: vectors, student: encoder, frozen: frozenEncoder, progress: progress,
      interruption: interruption)
    let learned = try learnedPassages(encoder, progress, interruption)
    let data = try await reader.read()
    let lock = try run.take(resuming: resuming)
    defer { withExtendedLifetime(lock) {} }
    let models = [encoder.identity, frozenEncoder?.identity].compactMap(\.self)
    let digest = data.digest(vectors, models) + (learned?.digest ?? "")
    let memory = try run.memory(of: recipe, data: digest, spoken: data.spokenDigest)
    try AtomicFile.write(Array(try recipe.yaml().utf8), to: run.recipe)
    let validator = try await makeValidator(data, encoder, frozenEncoder, run, index, progress, interruption)
    let pruning = try TermPruning(recipe, vectors: vectors, progress: progress, interruption: interruption)
    let export = StudentFolder(
      checkpoint: student, recipe: recipe, passageSpace: vectors.description.encoder, frozen: frozen,
      passages: passages)

    let threads = try EngineThreads(engine: engine, count: 1, coresEach: cores, recordsGradients: true)
    // The engine's thread is no part of this task.
    let faults = FaultLayer.current
    let summary = try await threads.run { [self] () throws(ParlanceError) -> TrainingSummary in
      let outcome: Result<TrainingSummary, ParlanceError> = FaultLayer.$current.withValue(faults) {
        Result { () throws(ParlanceError) in
          let model = try StudentModel(
            student, recipe: recipe, pieces: encoder.vocabulary, passages: learned, engine: engine,
            device: device)
          let loop = try TrainingLoop(
            recipe: recipe, data: data, vectors: vectors, student: model, pruning: pruning, validator: validator,
            folder: run, export: export, memory: memory, logsSamples: logsSamples, savingEvery: savingEvery,
            progress: progress, interruption: interruption)
          return try loop.run()
        }
      }
      return try outcome.get()
    }
    return summary
  }

  /// Where passages come from that are encoded in each step.
  private func learnedPassages(
    _ encoder: SparseEncoder, _ progress: ProgressHandler?, _ interruption: Interruption?
  ) throws(ParlanceError) -> LearnedPassages.Source? {
    guard let settings = recipe.student.passages else { return nil }
    let reader = try makeEncoder(passages ?? student, maxLength: settings.maxLength)
    guard reader.vocabulary == encoder.vocabulary else {
      throw ParlanceError(.badInput, "the passage encoder and the student have different vocabularies")
    }
    let texts = try PassageTexts(
      path: settings.texts, template: PassageText(settings.passageText), vectors: vectors, progress: progress,
      interruption: interruption)
    return LearnedPassages.Source(
      separate: passages, atOnce: settings.atOnce, digest: texts.digest
    ) { place throws(ParlanceError) in
      reader.passageTokens(of: try texts.words(at: place)).ids
    }
  }

  /// An encoder whose weights do not change: on the processor the package's own kernels compute, as in `encode`.
  private func makeEncoder(
    _ checkpoint: Checkpoint, maxLength: Int? = nil
  ) throws(ParlanceError) -> SparseEncoder {
    let settings = EncoderSettings(maxLength: maxLength ?? recipe.student.maxLength)
    let forward: any ForwardPass =
      device == .cpu
      ? try NativeForwardPass(checkpoint, cores: cores)
      : try EngineForwardPass(checkpoint, engine: engine, device: device, cores: cores)
    let part = try checkpoint.frozenPart().map { part throws(ParlanceError) in try makeEncoder(part) }
    return try SparseEncoder(checkpoint: checkpoint, forward: forward, frozen: part, settings: settings)
  }

  private func makeValidator(
    _ data: TrainingData, _ encoder: SparseEncoder, _ frozen: SparseEncoder?, _ run: RunFolder,
    _ index: InvertedIndex?, _ progress: ProgressHandler?, _ interruption: Interruption?
  ) async throws(ParlanceError) -> Validator? {
    guard let validation = recipe.validation else { return nil }
    var queries: [Validator.Query] = []
    for turn in data.heldOut {
      let text = try recipe.student.form.query(for: turn).text
      let question = ResidualQueries.lastQuestion(of: text)
      var reading = TrainingExample.Reading(tokens: encoder.queryTokens(of: text).ids, question: question)
      if recipe.student.residual?.factors != nil { reading.spoken = encoder.spokenTokens(of: text) }
      queries.append(Validator.Query(id: turn.id, reading: reading))
    }
    if let frozen {
      let encoded = try await frozen.encode(queries.map(\.reading.question), as: .query)
      for place in queries.indices { queries[place].reading.frozen = encoded[place].vector }
    }
    return try Validator(
      queries: queries, qrels: data.heldOutQrels, measure: validation.measure,
      vectors: recipe.student.passages == nil ? recipe.vectors : nil, at: run.index, shared: index,
      progress: progress, interruption: interruption)
  }
}

/// What a training run came to.
public struct TrainingSummary: Codable, Sendable, Hashable {
  /// Steps of the optimizer, whoever took them: this call, the ones that it resumed, or another run.
  public var steps: Int
  /// Wall time of these steps, of the validations between them and of saving, summed over all that took them. Reading the data
  /// is no part of it, nor what a kill undid.
  public var seconds: Double
  /// Turns that there were to learn from; those of a set with a share of 0 are none.
  public var examples: Int
  /// The validation measure of the student that was kept, the best or, with `validation.keep: last`, the last one; `nil` without
  /// validation.
  public var best: Double?
  /// The step it was at.
  public var bestStep: Int?
  /// What ``best`` is: the first measure that `validation.measure` names, such as `nDCG@3`; `nil` without validation.
  public var measure: String?
  /// What was left out of these turns, and of validation's.
  public var omissions: TrainingOmissions
  /// Batches whose queries had no active term, which teach nothing.
  public var batchesWithoutTerms: Int
  /// The folder of the run that took the first of these steps, where it was another.
  public var stepsOf: String?
}
