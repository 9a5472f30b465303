import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import Distillation

/// Each recipe that comes with Parlance, as it is but for files and model, over a collection of thirty passages.
@Suite("Running the recipes", .enabled(if: TestSupport.engine != nil, "the engine is not built"))
struct RecipeRunTests {
  private struct Sample: Decodable {
    var positives: Int
    var passages: [String]
    var scores: [Double]
  }

  @Test(
    "each runs to its end, learns from more than one passage a query, and leaves a student",
    arguments: RecipeFilesTests.names)
  func runs(name: String) async throws {
    let fixture = try await TrainingFixture()
    var recipe = try Recipe(reading: TestSupport.packageRoot + "/Recipes/" + name)
    recipe.student.model = TrainingFixture.model
    recipe.student.passages?.texts = fixture("passages.jsonl")
    recipe.vectors = fixture("passages.vectors")
    for place in recipe.data.indices {
      recipe.data[place].conversations = fixture("conversations.jsonl")
      recipe.data[place].teacher = fixture("own.teacher")
      if name == "filtered-teachers.yaml" { recipe.data[place].teacher = try await fixture.filteredTeacher() }
      if recipe.data[place].qrels != nil { recipe.data[place].qrels = fixture("qrels.txt") }
      if recipe.data[place].rewrites != nil { recipe.data[place].rewrites = fixture("rewrites.jsonl") }
    }
    // One set is enough here, and its turns are the others'.
    recipe.data = [recipe.data[0]]
    recipe.validation?.every = 2
    recipe.optimisation.epochs = min(2, recipe.optimisation.epochs)

    let summary = try await fixture.train(recipe, into: "run")
    #expect(summary.steps >= 2)
    #expect(summary.batchesWithoutTerms == 0)
    #expect((summary.best != nil) == (recipe.validation != nil))
    let lines = String(decoding: try fixture.bytes("run/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
    let losses = try lines.compactMap { line in
      try JSONDecoder().decode([String: Double?].self, from: Data(line.utf8))["loss"]
    }
    #expect(losses.count == summary.steps)
    #expect(losses.allSatisfy { $0?.isFinite == true })
    for line in String(decoding: try fixture.bytes("run/samples.jsonl"), as: UTF8.self).split(separator: "\n") {
      let sample = try JSONDecoder().decode(Sample.self, from: Data(line.utf8))
      #expect(sample.positives >= 1 && sample.passages.count > sample.positives, "\(line)")
      #expect(sample.scores.count == sample.passages.count)
    }
    let student = try Checkpoint(folder: fixture("run/student"))
    #expect((student.student == nil) == (recipe.student.passages?.encoder == .shared))
  }
}
