import CTensorEngine
import Checkpoints
import Diagnostics
import Foundation
import SparseEncoder
import SparseVectors
import TestSupport
import Testing

@testable import Distillation
@testable import TensorEngine

/// An engine that runs out of memory after so many products of a tensor with a number.
private enum FailingProducts {
  nonisolated(unsafe) static var left = Int.max
  nonisolated(unsafe) private static var whole: parlance_engine_table?

  static func engine() throws -> TensorEngine {
    let engine = try TensorEngine.load()
    var table = engine.table.pointee
    whole = table
    table.affine = { x, factor, summand, out in
      FailingProducts.left -= 1
      guard FailingProducts.left >= 0, let whole = FailingProducts.whole else { return PARLANCE_OUT_OF_MEMORY }
      return whole.affine(x, factor, summand, out)
    }
    // As any engine, for the life of the process.
    let place = UnsafeMutablePointer<parlance_engine_table>.allocate(capacity: 1)
    place.initialize(to: table)
    return TensorEngine(table: place, path: engine.path)
  }
}

@Suite("the student that leaves", .enabled(if: TestSupport.engine != nil, "the engine is not built"))
struct LeavingStudentTests {
  let fixture: TrainingFixture

  init() async throws {
    fixture = try await TrainingFixture()
  }

  private func floats(_ run: String, _ role: ParameterRole) throws -> [Float] {
    try Checkpoint(folder: fixture(run + "/student")).floats(role)
  }

  @Test("it has a share of the weights it started from, and what it learns from does not")
  func startShare() async throws {
    var recipe = fixture.recipe
    recipe.validation = nil
    _ = try await fixture.train(recipe, into: "own")
    recipe.student.startShare = 0.25
    _ = try await fixture.train(recipe, into: "mixed")
    for role in [ParameterRole.wordEmbeddings, .transformWeight, .decoderBias] {
      let (own, mixed) = (try floats("own", role), try floats("mixed", role))
      let start = try fixture.checkpoint.floats(role)
      #expect(zip(own, start).contains { abs($0 - $1) > 1e-3 })
      for (place, value) in mixed.enumerated() {
        #expect(abs(value - (0.75 * own[place] + 0.25 * start[place])) < 1e-6, "\(role) \(place)")
      }
    }
  }

  @Test("a validation in between changes no bit of what comes after")
  func validationLeavesNoTrace() async throws {
    var recipe = fixture.recipe
    recipe.student.startShare = 0.25
    recipe.validation?.every = 1000
    _ = try await fixture.train(recipe, into: "seldom")
    recipe.validation?.every = 1
    _ = try await fixture.train(recipe, into: "often")
    func losses(_ run: String) throws -> [String] {
      try String(decoding: fixture.bytes(run + "/metrics.jsonl"), as: UTF8.self)
        .matches(of: #/"loss":[0-9.e-]+/#).map { String($0.0) }
    }
    #expect(try losses("seldom") == losses("often"))
  }

  @Test("where its weights cannot be mixed, the student that learns has its own again, and records")
  func mixingFails() throws {
    let engine = try FailingProducts.engine()
    try engine.setRecording(true)
    var recipe = fixture.recipe
    recipe.student.startShare = 0.25
    let student = try StudentModel(
      fixture.checkpoint, recipe: recipe, pieces: fixture.encoder.vocabulary, engine: engine, device: .cpu)
    let leaving = try LeavingStudent(student, recipe: recipe, pruning: TermPruning(), engine: engine)
    let weights = student.model.parameters.map(\.tensor)
    for tensor in weights { try tensor.assign(engine.full(0, shape: tensor.shape())) }
    // The first of them is mixed, and the second is not.
    FailingProducts.left = 3
    let error = #expect(throws: ParlanceError.self) { try leaving(at: 1) { _ in } }
    #expect(error?.code == .unavailable && FailingProducts.left < 0)
    for tensor in weights { #expect(try tensor.floats().allSatisfy { $0 == 0 }) }
    let x = try engine.full(3, shape: [1])
    try x.setRequiresGradient()
    try x.multiplied(by: x).reduced(by: .sum).backward()
    #expect(try x.gradient()?.floats() == [6])
  }

  @Test("it has the gate that the recipe says")
  func finalGate() async throws {
    var recipe = fixture.recipe
    var residual = Recipe.Residual()
    residual.final = 1.25
    recipe.student.residual = residual
    _ = try await fixture.train(recipe, into: "run")
    #expect(try Checkpoint(folder: fixture("run/student")).student?.residual?.gate == .scalar(1.25))
    let metrics = try String(decoding: fixture.bytes("run/metrics.jsonl"), as: UTF8.self)
    #expect(metrics.contains(#""gate":"#) && !metrics.contains(#""gate":1.25"#))
  }

  @Test("its queries drop the terms that weigh too little for how many passages have them")
  func leastImportance() async throws {
    var recipe = fixture.recipe
    recipe.validation = nil
    recipe.optimisation.learningRate = 0
    recipe.optimisation.epochs = 0.01
    recipe.student.leastImportance = 0.2
    _ = try await fixture.train(recipe, into: "run")
    let checkpoint = try Checkpoint(folder: fixture("run/student"))
    let student = try SparseEncoder(
      checkpoint: checkpoint, forward: EngineForwardPass(checkpoint, engine: fixture.engine, cores: 1))

    let passages = try VectorsFile(path: fixture("passages.vectors"))
    var frequency: [TermID: Double] = [:]
    for position in 0..<passages.count {
      for term in try passages.vector(at: position).terms { frequency[term, default: 0] += 1 }
    }
    let text = "undo last commit [SEP] the branch is merged"
    let whole = try await fixture.encoder.encode(query: text).vector
    let expected = zip(whole.terms, whole.weights).filter { term, weight in
      Double(weight) * log(Double(passages.count + 1) / ((frequency[term] ?? 0) + 1)) >= 0.2
    }
    let found = try await student.encode(query: text)
    #expect(!expected.isEmpty && expected.count < whole.count)
    #expect(found.vector.terms == expected.map(\.0))
    #expect(found.origins.count == found.vector.count)
    #expect(try await student.encode([text], as: .query)[0].vector == found.vector)
    #expect(student.identity != fixture.encoder.identity)
  }

  @Test("a least importance of 0 drops nothing, also where a term is in every passage")
  func noLeastImportance() throws {
    let passages = try VectorsFile(path: fixture("passages.vectors"))
    try VectorsWriter.write(fixture("one.vectors"), passages.description) { writer throws(ParlanceError) in
      try writer.append("p", try passages.vector(at: 0))
    }
    let vectors = try VectorsFile(path: fixture("one.vectors"))
    var recipe = fixture.recipe
    recipe.student.leastImportance = 0
    #expect(try TermPruning(recipe, vectors: vectors, progress: nil, interruption: nil) == TermPruning())
    recipe.student.leastImportance = 0.1
    let weights = try TermPruning(recipe, vectors: vectors, progress: nil, interruption: nil).leastWeights
    #expect(weights?.contains(.infinity) == true)
  }

  private var withFactors: Recipe {
    var recipe = fixture.recipe
    var residual = Recipe.Residual()
    residual.factors = Recipe.Factors()
    recipe.student.residual = residual
    recipe.student.startShare = 0.25
    return recipe
  }

  @Test("its factors fit the teachers' weights better than none, and the steps do not see them")
  func factors() async throws {
    var recipe = withFactors
    recipe.validation = nil
    _ = try await fixture.train(recipe, into: "with")
    let checkpoint = try Checkpoint(folder: fixture("with/student"))
    let factors = try #require(checkpoint.student?.residual?.factors)
    #expect((factors.question + factors.history + factors.frozen).contains { abs($0) > 0.05 })

    func encoder() throws -> SparseEncoder {
      let checkpoint = try Checkpoint(folder: fixture("with/student"))
      let frozen = try checkpoint.frozenPart().map { part in
        try SparseEncoder(checkpoint: part, forward: EngineForwardPass(part, engine: fixture.engine, cores: 1))
      }
      return try SparseEncoder(
        checkpoint: checkpoint, forward: EngineForwardPass(checkpoint, engine: fixture.engine, cores: 1), frozen: frozen
      )
    }
    /// How far the queries are from the teacher's vectors where both weigh as much, terms of the teacher alone left out.
    func error(_ encoder: SparseEncoder) async throws -> Double {
      let teacher = try TeacherFile(path: fixture("own.teacher"))
      var (errors, squares, mass, taught) = (0.0, 0.0, 0.0, 0.0)
      for turn in fixture.turns {
        let text = try recipe.student.form.query(for: turn).text
        let query = try await encoder.encode(query: text).vector
        let place = try #require(teacher.index(of: turn.id))
        let target = try #require(try teacher.queryVector(at: place))
        let weights = Dictionary(uniqueKeysWithValues: zip(target.terms, target.weights))
        for (term, weight) in zip(query.terms, query.weights) {
          errors += Double(weight) * Double(weights[term] ?? 0)
          squares += Double(weight) * Double(weight)
          taught += Double(weights[term] ?? 0) * Double(weights[term] ?? 0)
          mass += Double(weight)
        }
      }
      #expect(mass > 0)
      return taught - errors * errors / squares
    }
    let fitted = try await error(encoder())
    var declared = try #require(checkpoint.student)
    declared.residual?.factors = nil
    try declared.write(to: fixture("with/student"))
    #expect(try await fitted < 0.98 * error(encoder()))

    recipe.student.residual?.factors = nil
    _ = try await fixture.train(recipe, into: "without")
    func losses(_ run: String) throws -> [String] {
      try String(decoding: fixture.bytes(run + "/metrics.jsonl"), as: UTF8.self)
        .matches(of: #/"loss":[0-9.e-]+/#).map { String($0.0) }
    }
    #expect(try losses("with") == losses("without"))
    let weights = "/student/model.safetensors"
    #expect(try fixture.bytes("with" + weights) == fixture.bytes("without" + weights))
  }

  @Test("a run with factors that is stopped and resumed leaves the bytes of one that was not", arguments: [1, 5])
  func factorsResume(step: Int) async throws {
    let recipe = withFactors
    _ = try await fixture.train(recipe, into: "whole")
    await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(recipe, into: "parts", stoppingAfter: step)
    }
    _ = try await fixture.train(recipe, into: "parts", resuming: true)
    for file in ["/student/parlance.json", "/student/model.safetensors"] {
      #expect(try fixture.bytes("parts" + file) == fixture.bytes("whole" + file), "\(file)")
    }
  }

  @Test("teachers without vectors have no weights to fit to or to learn from, which is said")
  func scoresAlone() async throws {
    let own = try TeacherFile(path: fixture("own.teacher"))
    var description = own.description
    description.hasQueryVectors = false
    let writer = try TeacherWriter(path: fixture("scores.teacher"), description: description)
    for place in 0..<own.count { try writer.append(own.queryID(at: place), try own.list(at: place)) }
    try writer.finish()
    for (key, change) in [
      ("student.residual.factors", { (recipe: inout Recipe) in recipe = withFactors }),
      ("objective.term_mse", { (recipe: inout Recipe) in recipe.objective.termMSE.weight = 1 }),
    ] {
      var recipe = fixture.recipe
      change(&recipe)
      recipe.data[0].teacher = fixture("scores.teacher")
      let error = await #expect(throws: ParlanceError.self) { _ = try await fixture.train(recipe, into: "refused") }
      #expect(error?.code == .badInput && error?.message.contains("`\(key)`") == true, "\(error as Any)")
    }
  }
}
