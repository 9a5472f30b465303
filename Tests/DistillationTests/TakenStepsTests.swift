import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Distillation

@Suite("steps that another run took", .enabled(if: TestSupport.engine != nil, "the engine is not built"))
struct TakenStepsTests {
  let fixture: TrainingFixture

  init() async throws {
    fixture = try await TrainingFixture()
  }

  private var recipe: Recipe {
    var recipe = fixture.recipe
    recipe.student.residual = Recipe.Residual()
    recipe.validation?.keep = .last
    return recipe
  }

  /// Each of them lets a student leave in another way.
  private func other(_ recipe: Recipe) -> Recipe {
    var other = recipe
    other.student.keptTerms = 7
    other.student.leastImportance = 0.1
    other.student.startShare = 0.25
    other.student.residual?.final = 1.25
    other.student.residual?.factors = Recipe.Factors()
    return other
  }

  private func metrics(_ run: String) throws -> [String] {
    try String(decoding: fixture.bytes(run + "/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
      .map { String($0).replacing(#/,"seconds":[0-9.e-]+/#, with: "") }
  }

  private func take(_ recipe: Recipe, of run: String, into name: String) throws {
    try Trainer(recipe, student: fixture.checkpoint, engine: fixture.engine, cores: 1)
      .takeSteps(of: fixture(run), into: fixture(name))
  }

  @Test("numbers of more digits than a recipe's text has are the same steps")
  func digits() async throws {
    var recipe = recipe
    recipe.optimisation.epochs = 2.0 / 3
    _ = try await fixture.train(recipe, into: "first")
    #expect(try Recipe(reading: fixture("first/recipe.yaml")) != recipe)
    try take(other(recipe), of: "first", into: "taken")
  }

  @Test("a passage encoder that learns goes with them", arguments: [Recipe.Passages.Encoder.separate, .shared])
  func learnedPassages(encoder: Recipe.Passages.Encoder) async throws {
    var recipe = fixture.recipe
    recipe.validation?.keep = .last
    recipe.optimisation.epochs = 1
    var passages = Recipe.Passages()
    (passages.encoder, passages.texts) = (encoder, fixture("passages.jsonl"))
    recipe.student.passages = passages
    _ = try await fixture.train(recipe, into: "first")
    recipe.student.startShare = 0.25
    _ = try await fixture.train(recipe, into: "alone")
    try take(recipe, of: "first", into: "taken")
    _ = try await fixture.train(recipe, into: "taken", resuming: true)
    for file in ["model.safetensors"] + (encoder == .separate ? ["passages/model.safetensors"] : []) {
      #expect(try fixture.bytes("taken/student/" + file) == fixture.bytes("alone/student/" + file), "\(file)")
    }
  }

  /// - Parameter isValidated: without, the student leaves after the last step alone.
  @Test(
    "a run that goes on from them leaves the student that it would have trained by itself", arguments: [true, false])
  func sameStudent(isValidated: Bool) async throws {
    var recipe = recipe
    if !isValidated { recipe.validation = nil }
    let first = try await fixture.train(recipe, into: "first")
    let other = other(recipe)
    let alone = try await fixture.train(other, into: "alone")
    try take(other, of: "first", into: "taken")
    let taken = try await fixture.train(other, into: "taken", resuming: true)
    #expect(taken.steps == alone.steps && taken.best == alone.best && taken.bestStep == alone.bestStep)
    #expect(taken.stepsOf == fixture("first") && first.stepsOf == nil && alone.stepsOf == nil)
    for file in [
      "model.safetensors", "parlance.json", "least_weights.safetensors", "frozen/model.safetensors", "README.md",
    ] {
      #expect(try fixture.bytes("taken/student/" + file) == fixture.bytes("alone/student/" + file), "\(file)")
    }
    #expect(try fixture.bytes("first/student/parlance.json") != fixture.bytes("alone/student/parlance.json"))
    // All steps, and of the validations the one that is the student's own.
    let (all, own) = (try metrics("alone"), try metrics("taken"))
    #expect(own.filter { !$0.contains("validation") } == all.filter { !$0.contains("validation") })
    #expect(own.filter { $0.contains("validation") } == all.filter { $0.contains("validation") }.suffix(1))
    // Once more, nothing is left to do.
    let again = try await fixture.train(other, into: "taken", resuming: true)
    #expect(try metrics("taken") == own && again.best == taken.best)
    // A kill after the validation and before the state that knows of it.
    try take(other, of: "first", into: "killed")
    try fixture.bytes("taken/metrics.jsonl").write(to: URL(fileURLWithPath: fixture("killed/metrics.jsonl")))
    _ = try await fixture.train(other, into: "killed", resuming: true)
    #expect(try metrics("killed") == own)
  }

  @Test("steps of a run that was stopped are gone on with")
  func stopped() async throws {
    await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(recipe, into: "first", stoppingAfter: 5)
    }
    let other = other(recipe)
    let alone = try await fixture.train(other, into: "alone")
    try take(other, of: "first", into: "taken")
    let taken = try await fixture.train(other, into: "taken", resuming: true)
    #expect(taken.steps == alone.steps)
    let file = "/student/model.safetensors"
    #expect(try fixture.bytes("taken" + file) == fixture.bytes("alone" + file))
  }

  @Test("those of another recipe are refused")
  func refused() async throws {
    _ = try await fixture.train(recipe, into: "first")
    func refusal(_ recipe: Recipe, of run: String) throws -> ParlanceError {
      try #require(throws: ParlanceError.self) { try take(recipe, of: run, into: "taken") }
    }
    var other = recipe
    other.optimisation.seed = 5
    #expect(try refusal(other, of: "first").message == "its steps are those of another recipe")
    other = recipe
    other.validation?.keep = .best
    #expect(try refusal(other, of: "first").message == "its steps are those of another recipe")
    try FileManager.default.copyItem(atPath: fixture("first"), toPath: fixture("damaged"))
    var state = try fixture.bytes("damaged/training.state")
    state[state.count / 2] ^= 1
    try state.write(to: URL(fileURLWithPath: fixture("damaged/training.state")))
    #expect(try refusal(recipe, of: "damaged").code == .badInput)
    try FileManager.default.removeItem(atPath: fixture("first/training.state"))
    #expect(try refusal(recipe, of: "first").code == .noInput)
    #expect(!FileManager.default.fileExists(atPath: fixture("taken/training.state")))
  }
}

@Suite("training parts of recipes")
struct TrainingPartTests {
  private let recipe = """
    student: {model: m, residual: {gate: scalar}}
    vectors: v
    data: [{conversations: c, teacher: t, qrels: q}]
    validation: {folds: 5, keep: last}
    """

  private func part(_ settings: String...) throws -> Recipe? {
    try Recipe(yaml: recipe, file: "r.yaml", settings: settings).trainingPart
  }

  @Test(
    "how a student leaves is no part of them",
    arguments: [
      "student.kept_terms=8", "student.least_importance=0.8", "student.start_share=0.3", "student.residual.final=1.1",
      "student.residual.factors={ridge: 1.0e-3}", "data.0.name=n", "data.0.licence=l",
    ])
  func left(setting: String) throws {
    #expect(try Recipe(yaml: recipe, file: "r.yaml", settings: [setting]) != Recipe(yaml: recipe, file: "r.yaml"))
    #expect(try part(setting) == part())
  }

  @Test(
    "what moves the weights, and who is held out, is",
    arguments: [
      "student.layers=1", "student.max_length=64", "student.form=user-turns", "student.residual.start=0.5",
      "student.residual.gate=term", "data.0.share=0.5", "data.0.qrels=p", "sampling.negatives=3",
      "objective.contrastive.weight=0.1", "regularisation.weights=high", "optimisation.seed=4",
      "optimisation.epochs=1", "validation.fold=1", "validation.folds=4", "validation.every=7",
    ])
  func decided(setting: String) throws {
    let (own, other) = (try #require(try part()), try #require(try part(setting)))
    #expect(own != other)
  }

  @Test("there is none to share where a validation chooses the student")
  func chosen() throws {
    #expect(try part("validation.keep=best") == nil)
    #expect(try part("validation={folds: 5, keep: last}") != nil)
  }
}
