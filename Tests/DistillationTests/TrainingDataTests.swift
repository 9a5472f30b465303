import Foundation
import SparseVectors
import TestSupport
import Testing

@testable import Distillation

@Suite("what a run learns from", .enabled(if: TestSupport.engine != nil, "the engine is not built"))
struct TrainingDataTests {
  let fixture: TrainingFixture

  init() async throws {
    fixture = try await TrainingFixture()
  }

  private func read(_ recipe: Recipe) async throws -> TrainingData {
    try await TrainingDataReader(
      recipe: recipe, vectors: VectorsFile(path: recipe.vectors), student: fixture.encoder, frozen: nil,
      progress: nil, interruption: nil
    ).read()
  }

  @Test("judgments may have DiSCo's form, those of the training sets and those of the validation")
  func judgmentsInJSON() async throws {
    var json: [String: [String: Int]] = [:]
    for line in try String(contentsOfFile: fixture("qrels.txt"), encoding: .utf8).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      json[words[0], default: [:]][words[2]] = Int(words[3])
    }
    try JSONEncoder().encode(json).write(to: URL(fileURLWithPath: fixture("qrel.json")))

    var recipe = fixture.recipe
    var validation = Recipe.Validation()
    validation.conversations = fixture("conversations.jsonl")
    validation.qrels = fixture("qrels.txt")
    recipe.validation = validation
    let expected = try await read(recipe)
    recipe.data[0].qrels = fixture("qrel.json")
    recipe.validation?.qrels = fixture("qrel.json")
    let found = try await read(recipe)
    #expect(found.examples.map(\.gold) == expected.examples.map(\.gold))
    #expect(found.examples.allSatisfy { $0.gold.count == 1 })
    #expect(found.heldOutQrels.grades == expected.heldOutQrels.grades)
    recipe.validation?.qrels = nil
    #expect(try await read(recipe).heldOutQrels.grades == expected.heldOutQrels.grades)
  }
}
