import Checkpoints
import Diagnostics
import Foundation
import SparseEncoder
import SparseVectors
import TestSupport
import Testing

@_spi(Fuzzing) @testable import Distillation

@Suite("a training run", .enabled(if: TestSupport.engine != nil, "the engine is not built"))
struct TrainerTests {
  let fixture: TrainingFixture

  init() async throws {
    fixture = try await TrainingFixture()
  }

  /// The lines of `metrics.jsonl` without the clock.
  private func metrics(_ run: String) throws -> [String] {
    try String(decoding: fixture.bytes(run + "/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
      .map { String($0.replacing(#/,"seconds":[^,}]*/#, with: "")) }
  }

  @Test("the student is a checkpoint for the passages it learned from, and the recipe that made it is beside it")
  func leaves() async throws {
    let recipe = fixture.recipe
    let summary = try await fixture.train(recipe, into: "run")
    #expect(summary.examples + 2 * (12 - summary.examples / 2) == 24)
    let steps = try metrics("run").count { $0.contains("\"loss\":") }
    #expect(steps == summary.steps && steps > 0)

    let student = try Checkpoint(folder: fixture("run/student"))
    #expect(student.student?.passageSpaceDigest == fixture.encoder.identity.digest)
    #expect(student.student?.form == "conversation")
    #expect(try Recipe(reading: fixture("run/recipe.yaml")) == recipe)
  }

  @Test("a run in bfloat16 stays near one in float32, resumes to the same bits, and leaves float32")
  func bfloat16() async throws {
    var recipe = fixture.recipe
    recipe.optimisation.dropout = 0
    recipe.optimisation.epochs = 8
    recipe.validation = nil
    _ = try await fixture.train(recipe, into: "whole")
    recipe.optimisation.precision = .bfloat16
    _ = try await fixture.train(recipe, into: "half")
    func losses(_ run: String) throws -> [Double] {
      try metrics(run).compactMap { $0.firstMatch(of: #/"loss":([0-9.e-]+)/#).flatMap { Double($0.1) } }
    }
    let (whole, half) = (try losses("whole"), try losses("half"))
    #expect(whole[0] != half[0])
    #expect(abs(whole[0] - half[0]) < 0.02 * whole[0], "\(whole[0]), \(half[0])")
    // Where training ends is about the same, though the ways there part.
    let end: Double = whole.suffix(8).reduce(0, +), own: Double = half.suffix(8).reduce(0, +)
    #expect(abs(own - end) < 0.1 * end, "\(own), \(end)")
    let student = try Checkpoint(folder: fixture("half/student"))
    #expect(try student.withBytes(of: .decoderBias) { _, type in type } == .float32)

    recipe.optimisation.dropout = 0.1
    recipe.optimisation.epochs = 2
    _ = try await fixture.train(recipe, into: "dropped")
    await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(recipe, into: "parts", stoppingAfter: 2)
    }
    _ = try await fixture.train(recipe, into: "parts", resuming: true)
    let file = "/student/model.safetensors"
    #expect(try fixture.bytes("dropped" + file) == fixture.bytes("parts" + file))
  }

  @Test("a run that is stopped at any step and resumed has the bits of one that was not", arguments: [0, 1, 5, 7])
  func resumes(step: Int) async throws {
    var recipe = fixture.recipe
    recipe.student.residual = Recipe.Residual()
    recipe.regularisation.query = .dfFLOPS(FrequencyWeighting())
    recipe.regularisation.weights = .given(query: 0.01, passage: 0)
    recipe.validation?.patience = 2
    _ = try await fixture.train(recipe, into: "whole")
    let error = await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(recipe, into: "parts", stoppingAfter: step)
    }
    #expect(error?.code == .interrupted)
    _ = try await fixture.train(recipe, into: "parts", resuming: true)
    for file in ["model.safetensors", "parlance.json"] {
      #expect(try fixture.bytes("whole/student/" + file) == fixture.bytes("parts/student/" + file), "\(file)")
    }
    let (whole, parts) = (try metrics("whole"), try metrics("parts"))
    #expect(zip(whole, parts).first { $0 != $1 }.map { "\($0)\n\($1)" } == nil)
    #expect(whole.count == parts.count)
    #expect(try fixture.bytes("whole/samples.jsonl") == fixture.bytes("parts/samples.jsonl"))
  }

  @Test(
    "a residual student encodes what it validated with, with and without factors",
    arguments: Recipe.Residual.Gate.allCases,
    [false, true])
  func residual(gate: Recipe.Residual.Gate, hasFactors: Bool) async throws {
    var recipe = fixture.recipe
    var residual = Recipe.Residual()
    residual.gate = gate
    residual.start = 0.6
    residual.learningRate = 0
    if hasFactors { residual.factors = Recipe.Factors() }
    recipe.student.residual = residual
    recipe.student.keptTerms = 9
    recipe.optimisation.epochs = 0.01
    recipe.optimisation.learningRate = 0
    recipe.validation = nil
    _ = try await fixture.train(recipe, into: "run")

    let checkpoint = try Checkpoint(folder: fixture("run/student"))
    let part = try #require(try checkpoint.frozenPart())
    let frozen = try SparseEncoder(
      checkpoint: part, forward: EngineForwardPass(part, engine: fixture.engine, cores: 1))
    let student = try SparseEncoder(
      checkpoint: checkpoint, forward: EngineForwardPass(checkpoint, engine: fixture.engine, cores: 1), frozen: frozen)
    #expect(student.passageSpace == fixture.encoder.identity)
    let text = "undo last commit [SEP] the branch is merged"
    let found = try await student.encode(query: text)
    let whole = try await fixture.encoder.encode(query: text).vector
    let question = try await fixture.encoder.encode(query: "undo last commit").vector
    let factors = checkpoint.student?.residual?.factors
    #expect((factors != nil) == hasFactors)
    let places = fixture.encoder.spokenTokens(of: text).places
    func factor(_ term: TermID) -> (student: Float, frozen: Float) {
      factors.map { $0(term, in: places, isFrozen: question.terms.contains(term)) } ?? (1, 1)
    }
    var sum: [TermID: Float] = [:]
    for (term, weight) in zip(whole.terms, whole.weights) { sum[term, default: 0] += factor(term).student * weight }
    for (term, weight) in zip(question.terms, question.weights) {
      sum[term, default: 0] += factor(term).frozen * 0.6 * weight
    }
    #expect(found.vector.count == min(9, sum.count))
    #expect(found.origins.count == found.vector.count)
    for (term, weight) in zip(found.vector.terms, found.vector.weights) {
      #expect(abs(weight - (sum[term] ?? 0)) < 1e-5, "\(gate), term \(term.rawValue)")
    }
    #expect(try await student.encode([text], as: .query)[0].vector == found.vector)
  }

  @Test("a student with fewer layers begins with the first ones, and its frozen encoder keeps all")
  func fewerLayers() async throws {
    var recipe = fixture.recipe
    recipe.student.layers = 1
    recipe.student.residual = Recipe.Residual()
    recipe.optimisation.epochs = 0.01
    recipe.optimisation.learningRate = 0
    _ = try await fixture.train(recipe, into: "run")
    let student = try Checkpoint(folder: fixture("run/student"))
    #expect(student.architecture.layers == 1 && student.unusedTensors.isEmpty)
    for role in student.architecture.parameters {
      #expect(try student.floats(role) == fixture.checkpoint.floats(role), "\(role)")
    }
    #expect(try student.frozenPart()?.architecture.layers == 2)
    _ = try await Trainer(
      recipe, student: fixture.checkpoint, frozen: fixture.checkpoint, engine: fixture.engine, cores: 1
    ).train(into: fixture("named"))
    #expect(try metrics("run") == metrics("named"))

    recipe.student.layers = 3
    let error = await #expect(throws: ParlanceError.self) { _ = try await fixture.train(recipe, into: "more") }
    #expect(error?.code == .badInput && error?.message.contains("3 layers or more, this one has 2") == true)
  }

  @Test("a loss that is no number ends the run with the step and its turns, and keeps the best student")
  func notANumber() async throws {
    var recipe = fixture.recipe
    recipe.optimisation.learningRate = 1e30
    recipe.optimisation.clipNorm = 0
    let error = await #expect(throws: ParlanceError.self) { _ = try await fixture.train(recipe, into: "run") }
    #expect(error?.code == .badInput)
    #expect(error?.message.contains("step 2") == true || error?.message.contains("step 3") == true, "\(error as Any)")
    #expect(error?.message.contains("c") == true)
    #expect(try Checkpoint(folder: fixture("run/student")).student != nil)
  }

  @Test(
    "without validation a loss that is no number leaves no student whose weights are numbers and its vectors are not")
  func notANumberWithoutValidation() async throws {
    var recipe = fixture.recipe
    recipe.validation = nil
    recipe.optimisation.clipNorm = 0
    recipe.optimisation.epochs = 3
    recipe.optimisation.accumulation = 2
    // So high that the weights stay numbers for a few steps, and what the student makes of a text does not.
    recipe.optimisation.learningRate = 1e18
    let error = try #require(
      await #expect(throws: ParlanceError.self) { _ = try await fixture.train(recipe, into: "run") })
    #expect(error.code == .badInput)
    let found = try #require(
      error.message.firstMatch(of: #/of step (\d+) is not.*turns are (.*)\. No student is kept/#), "\(error)")
    // Two batches of four.
    #expect(found.2.split(separator: ", ").count == 8, "\(error)")
    #expect(!FileManager.default.fileExists(atPath: fixture("run/student")))
    #expect(try metrics("run").count == (Int(found.1) ?? 0) - 1)
  }

  @Test("a run that is there is not written over, and another recipe does not go on with it")
  func keepsRuns() async throws {
    _ = try await fixture.train(fixture.recipe, into: "run")
    let before = try fixture.bytes("run/student/model.safetensors")
    var error = await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(fixture.recipe, into: "run")
    }
    #expect(error?.code == .cannotWrite)
    var other = fixture.recipe
    other.optimisation.seed = 5
    error = await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(other, into: "run", resuming: true)
    }
    #expect(error?.code == .badInput)
    #expect(try fixture.bytes("run/student/model.safetensors") == before)
    #expect(try Recipe(reading: fixture("run/recipe.yaml")) == fixture.recipe)
    // Nor does the same recipe over other judgments.
    try "c0_1 0 p9 1\n".write(toFile: fixture("qrels.txt"), atomically: false, encoding: .utf8)
    var same = fixture.recipe
    same.validation = nil
    _ = try await fixture.train(same, into: "other")
    try "c0_1 0 p8 1\n".write(toFile: fixture("qrels.txt"), atomically: false, encoding: .utf8)
    error = await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(same, into: "other", resuming: true)
    }
    #expect(error?.message.contains("begun with other data") == true, "\(error as Any)")
    #expect(error?.message.contains("or another version of Parlance began it") == true, "\(error as Any)")
  }

  @Test("turns without a list and passages outside of the collection are counted")
  func omissions() async throws {
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: fixture("conversations.jsonl")))
    try handle.seekToEnd()
    let line = #"{"id":"x_1","conversation":"x","turn":1,"messages":[{"role":"user","content":"undo"}]}"#
    try handle.write(contentsOf: Data((line + "\n").utf8))
    try handle.close()
    let qrels = try String(contentsOfFile: fixture("qrels.txt"), encoding: .utf8) + "c0_1 0 nowhere 1\n"
    try qrels.write(toFile: fixture("qrels.txt"), atomically: false, encoding: .utf8)
    var recipe = fixture.recipe
    recipe.validation = nil
    let summary = try await fixture.train(recipe, into: "run")
    #expect(summary.omissions.turnsWithoutList == 1)
    #expect(summary.omissions.goldOutsideCollection == 1)
    #expect(summary.examples == 24)
  }

  @Test("the last step has the batches that are left, and an epoch is an epoch however many are accumulated")
  func accumulation() async throws {
    var recipe = fixture.recipe
    recipe.validation = nil
    recipe.optimisation.epochs = 1
    recipe.optimisation.accumulation = 4
    let summary = try await fixture.train(recipe, into: "run")
    #expect(summary.steps == 2)
    // 24 turns, 4 a batch: four batches, and the two that are left.
    let steps = try String(decoding: fixture.bytes("run/samples.jsonl"), as: UTF8.self).split(separator: "\n")
      .compactMap { $0.firstMatch(of: #/"step":(\d+)/#).map { String($0.1) } }
    #expect(steps.count { $0 == "1" } == 16 && steps.count { $0 == "2" } == 8)
    // What is left weighs as much as a step of its own size.
    recipe.optimisation.accumulation = 1
    recipe.optimisation.dropout = 0
    recipe.optimisation.learningRate = 0
    _ = try await fixture.train(recipe, into: "single")
    recipe.optimisation.accumulation = 4
    _ = try await fixture.train(recipe, into: "several")
    func losses(_ run: String) throws -> [Double] {
      try metrics(run).compactMap { $0.firstMatch(of: #/"loss":([0-9.e-]+)/#).flatMap { Double($0.1) } }
    }
    let (single, several) = (try losses("single"), try losses("several"))
    #expect(abs(several[1] - (single[4] + single[5]) / 2) < 1e-6 * several[1])
  }

  @Test("a residual student is no start of a plain one, which would lose its frozen part")
  func residualStart() async throws {
    var recipe = fixture.recipe
    recipe.validation = nil
    recipe.student.residual = Recipe.Residual()
    recipe.optimisation.epochs = 0.1
    _ = try await fixture.train(recipe, into: "residual")
    let student = try Checkpoint(folder: fixture("residual/student"))
    recipe.student.residual = nil
    let error = #expect(throws: ParlanceError.self) {
      _ = try Trainer(recipe, student: student, engine: fixture.engine, cores: 1)
    }
    #expect(error?.message.contains("the recipe needs student.residual") == true, "\(error as Any)")
    recipe.student.residual = Recipe.Residual()
    _ = try Trainer(recipe, student: student, engine: fixture.engine, cores: 1)
  }

  @Test("what a recipe's file may not say, one that is made in Swift may not either")
  func checked() throws {
    let changes: [(message: String, change: (inout Recipe) -> Void)] = [
      ("`optimisation.batch_size` must be between 1 and 1000000", { $0.optimisation.batchSize = 0 }),
      ("`optimisation.accumulation` must be between 1 and 1000000", { $0.optimisation.accumulation = 0 }),
      ("`optimisation.epochs` must be 0 or more", { $0.optimisation.epochs = .nan }),
      ("`validation.folds` must be above 1", { $0.validation?.folds = 0 }),
      ("a student reads no rewrites: `student.form` is rewrite", { $0.student.form = .rewrite }),
      ("`student.start_share` must be at least 0 and below 1", { $0.student.startShare = 1 }),
      ("`data.0.share` must be between 0 and 1000", { $0.data[0].share = .infinity }),
    ]
    for (message, change) in changes {
      var recipe = fixture.recipe
      change(&recipe)
      let error = #expect(throws: ParlanceError.self) {
        _ = try Trainer(recipe, student: fixture.checkpoint, engine: fixture.engine, cores: 1)
      }
      #expect(error?.code == .usage && error?.message == message, "\(error as Any)")
    }
  }

  @Test(
    "a training that diverges is told with its step, whoever finds it out, and no student is kept that is good for nothing",
    arguments: [true, false])
  func divergence(isValidated: Bool) async throws {
    var recipe = fixture.recipe
    if !isValidated { recipe.validation = nil }
    recipe.validation?.every = 1
    recipe.optimisation.learningRate = 1e30
    recipe.optimisation.epochs = 8
    let error = await #expect(throws: ParlanceError.self) { _ = try await fixture.train(recipe, into: "run") }
    #expect(error?.message.contains("is not a number; its turns are") == true, "\(error as Any)")
    guard FileManager.default.fileExists(atPath: fixture("run/student")) else {
      #expect(error?.message.contains("No student is kept") == true, "\(error as Any)")
      return
    }
    let student = try Checkpoint(folder: fixture("run/student"))
    let encoder = try SparseEncoder(
      checkpoint: student, forward: EngineForwardPass(student, engine: fixture.engine, cores: 1))
    _ = try await encoder.encode(query: "undo last commit")
  }

  @Test("a run that is stopped in a validation keeps its steps, and comes to the same bits and figures")
  func stoppedInValidation() async throws {
    var recipe = fixture.recipe
    recipe.student.residual = Recipe.Residual()
    recipe.student.residual?.factors = Recipe.Factors()
    let whole = try await fixture.train(recipe, into: "whole")
    // Fitting the factors of the student that is measured looks at the wish to stop.
    let error = await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(recipe, into: "parts", stoppingAfter: 4)
    }
    #expect(error?.code == .interrupted)
    let memory = try TrainingState.memory(at: fixture("parts/training.state"))
    #expect(memory.step == 4 && memory.owesValidation == true)
    // Once more in the last one, behind which no step saves what was made up for.
    _ = await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(recipe, into: "parts", resuming: true, stoppingAfter: whole.steps)
    }
    _ = try await fixture.train(recipe, into: "parts", resuming: true)
    #expect(try TrainingState.memory(at: fixture("parts/training.state")).owesValidation == nil)
    for file in ["model.safetensors", "parlance.json"] {
      #expect(try fixture.bytes("whole/student/" + file) == fixture.bytes("parts/student/" + file), "\(file)")
    }
    #expect(try metrics("parts") == metrics("whole"))
  }

  @Test("a run that was stopped before its first step is measured once, and goes on as if it had not been")
  func stoppedAtOnce() async throws {
    var recipe = fixture.recipe
    recipe.validation?.patience = 1
    let whole = try await fixture.train(recipe, into: "whole")
    _ = await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(recipe, into: "parts", stoppingAfter: 0)
    }
    let parts = try await fixture.train(recipe, into: "parts", resuming: true)
    #expect(parts.steps == whole.steps && parts.steps > 0)
    #expect(try metrics("parts") == metrics("whole"))
  }

  @Test("a run that ends for want of progress is saved at its end, and to resume it takes no step")
  func stalled() async throws {
    var recipe = fixture.recipe
    recipe.validation?.patience = 1
    recipe.optimisation.learningRate = 0
    let summary = try await fixture.train(recipe, into: "run")
    #expect(summary.steps == 4 && summary.bestStep == 0)
    #expect(try TrainingState.memory(at: fixture("run/training.state")).step == summary.steps)
    let (state, steps) = (try fixture.bytes("run/training.state"), try metrics("run"))
    // A step would be told, and the run stopped behind it.
    let again = try await fixture.train(recipe, into: "run", resuming: true, stoppingAfter: 0)
    #expect(again == summary && again.steps == 4)
    #expect(try fixture.bytes("run/training.state") == state && metrics("run") == steps)
  }

  @Test("a turn that comes several times in an epoch has a sample of its own each time")
  func repeatedTurns() async throws {
    var recipe = fixture.recipe
    recipe.data[0].share = 3
    recipe.optimisation.epochs = 1
    recipe.validation = nil
    _ = try await fixture.train(recipe, into: "run")
    let lines = try String(decoding: fixture.bytes("run/samples.jsonl"), as: UTF8.self).split(separator: "\n")
      .map { $0.replacing(#/"step":\d+,/#, with: "") }
    #expect(lines.count == 3 * 24)
    #expect(Set(lines).count == lines.count)
  }

  @Test("a student that a kill caught between two names is put back; one without a state is not trained over")
  func recovers() async throws {
    _ = try await fixture.train(fixture.recipe, into: "run")
    let weights = try fixture.bytes("run/student/model.safetensors")
    let files = FileManager.default
    try files.moveItem(atPath: fixture("run/student"), toPath: fixture("run/.student.old"))
    _ = try await fixture.train(fixture.recipe, into: "run", resuming: true)
    #expect(try fixture.bytes("run/student/model.safetensors") == weights)
    try files.removeItem(atPath: fixture("run/training.state"))
    let error = await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(fixture.recipe, into: "run", resuming: true)
    }
    #expect(error?.code == .cannotWrite)
    #expect(try fixture.bytes("run/student/model.safetensors") == weights)
  }

  @Test(
    "an index for validation that a kill caught half removed is built anew",
    arguments: [["manifest", "lock"], ["lock"]])
  func halfRemovedIndex(gone: [String]) async throws {
    _ = await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(fixture.recipe, into: "run", stoppingAfter: 2)
    }
    for name in gone { try FileManager.default.removeItem(atPath: fixture("run/validation-index/" + name)) }
    let summary = try await fixture.train(fixture.recipe, into: "run", resuming: true)
    #expect(summary.best != nil)
  }

  @Test("validation turns of their own are judged by the training sets, unless judgments are named")
  func validatesElsewhere() async throws {
    var recipe = fixture.recipe
    var validation = Recipe.Validation()
    validation.conversations = fixture("conversations.jsonl")
    validation.every = 100
    recipe.validation = validation
    let summary = try await fixture.train(recipe, into: "run")
    #expect(summary.best != nil && summary.examples == 24)
  }

  @Test("with a gate of 0 a query has the student's terms alone, with where each came from")
  func closedGate() async throws {
    var recipe = fixture.recipe
    recipe.student.residual = Recipe.Residual()
    recipe.optimisation.epochs = 0.01
    recipe.validation = nil
    _ = try await fixture.train(recipe, into: "run")
    let path = fixture("run/student/parlance.json")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing(#/"gate": [0-9.e-]+/#, with: #""gate": 0"#).write(
      toFile: path, atomically: true, encoding: .utf8)
    let checkpoint = try Checkpoint(folder: fixture("run/student"))
    #expect(checkpoint.student?.residual?.gate == .scalar(0))
    let part = try #require(try checkpoint.frozenPart())
    func encoder(_ model: Checkpoint, _ frozen: SparseEncoder? = nil) throws -> SparseEncoder {
      try SparseEncoder(
        checkpoint: model, forward: EngineForwardPass(model, engine: fixture.engine, cores: 1), frozen: frozen)
    }
    let student = try encoder(checkpoint, encoder(part))
    // The question has a word that the whole conversation's vector may lack.
    for text in ["undo last commit [SEP] the branch is merged", "naive [SEP] tag names and moves", "word"] {
      let found = try await student.encode(query: text)
      #expect(found.vector.weights.allSatisfy { $0 > 0 })
      #expect(found.origins.count == found.vector.count)
      #expect(try await student.encode([text], as: .query)[0].vector == found.vector)
    }
  }
}
