import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Distillation

@Suite("training sets with a share of 0", .enabled(if: TestSupport.engine != nil, "the engine is not built"))
struct SetsWithoutShareTests {
  let fixture: TrainingFixture

  init() async throws {
    fixture = try await TrainingFixture()
  }

  /// Writes some lines of a file of the fixture as a file, and further ones behind them.
  private func part(_ name: String, _ range: Range<Int>, as other: String, adding more: String) throws -> String {
    let lines = try String(contentsOfFile: fixture(name), encoding: .utf8).split(separator: "\n")[range]
    let text: String = lines.map { "\($0)\n" }.joined() + more
    try text.write(toFile: fixture(other), atomically: false, encoding: .utf8)
    return fixture(other)
  }

  /// The fixture's turns as two sets, the first with a turn that no teacher knows and a passage that no collection has.
  private func twoSets() throws -> Recipe {
    var recipe = fixture.recipe
    recipe.data.append(recipe.data[0])
    let unknown =
      #"{"id":"x_1","conversation":"x","turn":1,"messages":[{"role":"user","content":"undo"}]}"# + "\n"
    recipe.data[0].conversations = try part("conversations.jsonl", 0..<12, as: "one.jsonl", adding: unknown)
    recipe.data[0].qrels = try part("qrels.txt", 0..<12, as: "one.txt", adding: "c0_1 0 nowhere 1\n")
    recipe.data[1].conversations = try part("conversations.jsonl", 12..<24, as: "two.jsonl", adding: "")
    recipe.data[1].qrels = try part("qrels.txt", 12..<24, as: "two.txt", adding: "")
    return recipe
  }

  @Test("nothing is learned from them: their turns and what these lack do not count, and no history is theirs")
  func noShare() async throws {
    var recipe = try twoSets()
    recipe.validation?.folds = nil
    recipe.validation?.conversations = recipe.data[0].conversations
    let both = try await fixture.read(recipe)
    #expect(both.examples.count == 24 && both.omissions.validationTurnsTrainedOn == 12)
    #expect(both.omissions.turnsWithoutList == 1 && both.omissions.goldOutsideCollection == 1)

    recipe.data[0].share = 0
    recipe.optimisation.epochs = 1
    recipe.optimisation.foreignHistory = 0.5
    let one = try await fixture.read(recipe)
    // Histories are those of the examples.
    #expect(one.examples.map(\.id) == fixture.turns[12...].map(\.id) && one.examples.allSatisfy { $0.set == 1 })
    #expect(one.omissions.turnsWithoutList == 0 && one.omissions.goldOutsideCollection == 0)
    #expect(one.heldOut == both.heldOut && one.omissions.validationTurnsTrainedOn == 0)
    let summary = try await fixture.train(recipe, into: "run")
    #expect(summary.examples == 12 && summary.steps == 3 && summary.omissions == one.omissions)
  }

  @Test("their conversations that are held out validate as those of any set")
  func noShareHeldOut() async throws {
    var recipe = try twoSets()
    let both = try await fixture.read(recipe)
    recipe.data[0].share = 0
    let one = try await fixture.read(recipe)
    #expect(one.heldOut == both.heldOut && one.heldOutQrels == both.heldOutQrels)
    let ofFirst = one.heldOut.count { turn in fixture.turns[..<12].contains { $0.id == turn.id } }
    #expect(ofFirst > 0 && ofFirst < one.heldOut.count)
  }

  @Test("where all others are held out, the refusal says whose conversations those are")
  func nothingLeft() async throws {
    var recipe = try twoSets()
    let held = try #require(try await fixture.read(recipe).heldOut.last).conversation
    let lines = try String(contentsOfFile: fixture("conversations.jsonl"), encoding: .utf8).split(separator: "\n")
    let own = lines.filter { $0.contains("\"conversation\":\"\(held)\"") }
    try #require(!own.isEmpty)
    recipe.data[0].share = 0
    let text: String = own.map { "\($0)\n" }.joined()
    try text.write(toFile: fixture("two.jsonl"), atomically: false, encoding: .utf8)
    let error = await #expect(throws: ParlanceError.self) { try await fixture.read(recipe) }
    #expect(error?.code == .badInput)
    #expect(error?.message.contains("with a share above 0 are held out") == true, "\(error as Any)")
  }
}
