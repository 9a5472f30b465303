import BinaryFiles
public import Checkpoints
import Conversations
public import Diagnostics
import Distillation
import Evaluation
import Identifiers
import InvertedIndex
import RankedResults
import Retrieval
import SparseEncoder
import SparseVectors
public import TensorEngine

/// Trains and measures one run of a sweep, in the process that calls it.
public struct SweepRun: Sendable {
  public let sweep: Sweep
  public let run: PlannedRun
  public let folder: SweepFolder
  public var cores: Int
  public var device: Device
  /// The name of a finished run of the same training, whose state this one goes on from.
  public var source: String?
  /// Whether the state of a run that trains stays, for others of the same training.
  public var keepsState = false
  public var progress: ProgressHandler?
  public var interruption: Interruption?

  public init(
    _ run: PlannedRun, of sweep: Sweep, in folder: SweepFolder, cores: Int, device: Device = .cpu,
    progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) {
    self.sweep = sweep
    self.run = run
    self.folder = folder
    self.cores = cores
    self.device = device
    self.progress = progress
    self.interruption = interruption
  }

  /// What the machine says of the process at the end of a run.
  public struct Usage: Sendable {
    public var processorSeconds: Double
    public var peakMemory: Int

    public init(processorSeconds: Double, peakMemory: Int) {
      (self.processorSeconds, self.peakMemory) = (processorSeconds, peakMemory)
    }
  }

  /// Goes on where the run stands, and leaves `result.json`. A run that has one does nothing.
  ///
  /// - Parameters:
  ///   - open: the checkpoint of a name: a folder, or one of the hub's.
  ///   - program: the name and version of the program, for the record.
  ///   - maker: more of what makes the run, likewise.
  /// - Throws: `tryAgain` when another process has the run; `interrupted` after saving where it stood; `badInput` for a run that
  ///   learned by another recipe; as `Trainer.train`.
  public func finish(
    program: String, maker: RunMaker, usage: () -> Usage,
    open: (String) async throws(ParlanceError) -> Checkpoint
  ) async throws(ParlanceError) {
    let path = folder.folder(of: run.id)
    let lock = try FileLock(path: folder.lock(of: run.id))
    defer { withExtendedLifetime(lock) {} }
    guard !FileNames.exists(folder.result(of: run.id)) else { return }
    let recipe = try run.recipe(of: sweep)
    try checkBegun(by: recipe)
    let data = try RunData(of: run, recipe, sweep, in: folder)
    let summary = try await train(recipe, data.index, takingFrom: source(like: data, program, maker), open)
    let student = try Checkpoint(folder: path + "/student")
    let encoder = try SparseEncoder.open(student) { part throws(ParlanceError) in
      try NativeForwardPass(part, cores: cores)
    }
    let teachers = try recipe.data.map { set throws(ParlanceError) in try TeacherFile(path: set.teacher) }
    let trained = try TrainedConversations(of: recipe, teachers, interruption: interruption)
    let vectors = try VectorsFile(path: recipe.vectors)
    let collection: SearchedCollection
    if let settings = recipe.student.passages {
      collection = try await SearchedCollection(
        learnedBy: path + "/student", settings, like: vectors, in: path, cores: cores, progress: progress,
        interruption: interruption)
    } else {
      collection = SearchedCollection(frozen: vectors, index: data.index)
    }
    let frequencies = try ActivationFrequencies(collection.vectors, interruption: interruption)
    var measured: [RunResult.Measured] = []
    do throws(ParlanceError) {
      for set in sweep.evaluate {
        var figures = try await measure(encoder, recipe, set, collection, frequencies, teachers)
        figures.turnsTrainedOn = trained.count(of: figures.queries)
        measured.append(figures)
      }
    } catch {
      collection.remove(after: error)
      throw error
    }
    collection.remove()
    let used = usage()
    var result = RunResult(
      run, digest: try run.digest(of: recipe, in: sweep), recipe: try recipe.yaml(),
      fingerprints: try data.fingerprints(), program: program, maker: maker, steps: summary.steps,
      examples: summary.examples, seconds: summary.seconds, processorSeconds: used.processorSeconds,
      peakMemory: used.peakMemory, measured: measured)
    result.stepsOf = summary.stepsOf.map(fileName(of:))
    result.coresOfRun = cores
    try result.write(to: folder.result(of: run.id))
    // A finished run is not gone on with.
    if !keepsState || result.stepsOf != nil { FileNames.remove(folder.state(of: run.id), faults: nil) }
    if !sweep.keepsStudents { FileNames.removeTree(path + "/student") }
  }

  /// What was learned by one recipe is not gone on with by another.
  private func checkBegun(by recipe: Recipe) throws(ParlanceError) {
    let path = folder.recipe(of: run.id)
    let state = folder.state(of: run.id)
    // Of no step there is nothing to lose. A state that cannot be read is told by who resumes it.
    if (try? Trainer.steps(takenIn: state)) == 0 {
      let student = folder.folder(of: run.id) + "/student"
      for name in [student, FileNames.replacedFolder(student)] { FileNames.removeTree(name) }
      FileNames.remove(state, faults: nil)
    }
    guard FileNames.exists(state), FileNames.exists(path) else { return }
    let begun = try MappedFile(path: path)
    guard begun.bytes.array() != Array(try recipe.yaml().utf8) else { return }
    throw ParlanceError(
      .badInput,
      "the run \(run.id) was begun by another recipe; parlance runs rm \(folder.path) \(run.id) lets it begin anew",
      at: .init(file: path))
  }

  /// The folder of the run to go on from, when it was made of the same bytes by the same program on as many cores of the same
  /// machine.
  private func source(like data: RunData, _ program: String, _ maker: RunMaker) -> String? {
    guard let source, let result = try? RunResult(reading: folder.result(of: source)),
      result.program == program, result.maker == maker, (result.coresOfRun ?? cores) == cores,
      Set(result.fingerprints) == Set(data.noted)
    else { return nil }
    return folder.folder(of: source)
  }

  private func train(
    _ recipe: Recipe, _ path: String, takingFrom source: String?,
    _ open: (String) async throws(ParlanceError) -> Checkpoint
  ) async throws(ParlanceError) -> TrainingSummary {
    let start = try await open(recipe.student.model)
    var frozen: Checkpoint?
    if let model = recipe.student.residual?.model { frozen = try await open(model) }
    var passages: Checkpoint?
    if let model = recipe.student.passages?.model { passages = try await open(model) }
    let trainer = try Trainer(
      recipe, student: start, frozen: frozen, passages: passages, engine: .load(), device: device, cores: cores)
    if let source, !FileNames.exists(folder.state(of: run.id)) {
      // By an attempt that learned nothing: the steps are not of its recipe.
      FileNames.remove(folder.recipe(of: run.id), faults: nil)
      do throws(ParlanceError) { try trainer.takeSteps(of: source, into: folder.folder(of: run.id)) } catch {
        // What cannot be gone on from is trained anew.
        guard [.badInput, .noInput].contains(error.code) else { throw error }
      }
    }
    var index: InvertedIndex?
    if recipe.validation != nil, recipe.student.passages == nil {
      index = try InvertedIndex(path: path)
    }
    return try await trainer.train(
      into: folder.folder(of: run.id), resuming: true, index: index, progress: progress, interruption: interruption)
  }

  // MARK: - Measuring

  private func measure(
    _ encoder: SparseEncoder, _ recipe: Recipe, _ set: Sweep.Judged, _ collection: SearchedCollection,
    _ frequencies: ActivationFrequencies, _ teachers: [TeacherFile]
  ) async throws(ParlanceError) -> RunResult.Measured {
    let qrels = try Qrels(readingFrom: set.qrels, interruption: interruption)
    let judged = Set(qrels.queries())
    let turns = try TurnReader.all(set.conversations, interruption: interruption).filter {
      judged.contains($0.id) && set.measures($0, by: recipe)
    }
    let index = try InvertedIndex(path: set.index ?? collection.index)
    let searcher = try Searcher(index: index, encoder: encoder, trustingEncoder: collection.isOwn)
    // Of an index of other passages what its postings say is all that is known.
    let timed = TimedSearch(
      searcher: searcher, k: sweep.depth, passages: set.index == nil ? frequencies : nil, progress: progress,
      interruption: interruption)
    let queries = try turns.map { turn throws(ParlanceError) in
      (id: turn.id, words: try recipe.student.form.query(for: turn))
    }
    let places = Dictionary(uniqueKeysWithValues: turns.map { ($0.id, $0) })
    let ranking = try RunWriter(path: folder.ranking(of: run.id, on: set.name), tag: run.id)
    let writer = try VectorsWriter(
      path: folder.queries(of: run.id, on: set.name),
      description: VectorsDescription(
        encoder: encoder.identity, passageSpace: encoder.passageSpace, vocabulary: encoder.vocabulary))
    var found = RankedRun(name: run.id)
    var answered: [RunResult.Query] = []
    try await timed.run(queries) { answer throws(ParlanceError) in
      try ranking.write(answer.id, answer.passages)
      try writer.append(answer.id, answer.vector)
      found.rankings[answer.id] = answer.passages.withFallingScores()
      answered.append(
        RunResult.Query(
          id: answer.id.string, conversation: places[answer.id]?.conversation.string ?? "",
          turn: places[answer.id]?.number ?? 0, values: [], terms: answer.vector.count,
          flops: answer.effort.flops ?? 0, postings: Int(answer.effort.postings ?? 0),
          encodeMilliseconds: answer.effort.encoding ?? 0, searchMilliseconds: answer.effort.searching ?? 0,
          divergence: try ListDivergence(teachers, collection.vectors).value(of: answer.vector, for: answer.id)))
    }
    try ranking.finish()
    try writer.finish()
    let held = Qrels(grades: qrels.grades.filter { places[$0.key] != nil })
    let values = try values(of: found, by: held)
    for place in answered.indices { answered[place].values = values[ExternalID(answered[place].id)] ?? [] }
    return RunResult.Measured(name: set.name, measures: sweep.measures.map(\.description), queries: answered)
  }

  /// A student whose queries are all empty finds nothing, which is a figure and no fault.
  private func values(of run: RankedRun, by qrels: Qrels) throws(ParlanceError) -> [ExternalID: [Double]] {
    guard run.rankings.values.contains(where: { !$0.isEmpty }) else {
      return qrels.grades.mapValues { _ in sweep.measures.map { _ in 0 } }
    }
    let evaluation = try evaluate(run, qrels: qrels, measures: sweep.measures, interruption: interruption)
    return Dictionary(
      uniqueKeysWithValues: evaluation.queries.enumerated().map { place, query in
        (query, evaluation.values.map { $0[place] })
      })
  }
}
