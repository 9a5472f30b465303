import Diagnostics
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

  @Test("turns count by their teacher's weights, whose mean over a set is 1")
  func weights() async throws {
    var recipe = fixture.recipe
    recipe.validation = nil
    #expect(try await read(recipe).examples.allSatisfy { $0.weight == 1 })
    let own = try TeacherFile(path: fixture("own.teacher"))
    let writer = try TeacherWriter(path: fixture("weighed.teacher"), description: own.description, weighsTurns: true)
    // A turn without a list weighs on nobody.
    for row in 1..<own.count {
      try writer.append(own.queryID(at: row), try own.list(at: row), vector: try own.queryVector(at: row))
    }
    try writer.finish(weights: (1..<own.count).map { $0.isMultiple(of: 2) ? 0.5 : 0.25 })
    recipe.data[0].teacher = fixture("weighed.teacher")
    let data = try await read(recipe)
    let weights = data.examples.map(\.weight)
    #expect(data.omissions.turnsWithoutList == 1 && weights.count == own.count - 1)
    #expect(abs(weights.reduce(0, +) / Double(weights.count) - 1) < 1e-12)
    #expect(abs(weights[1] / weights[0] - 2) < 1e-12)
  }

  @Test(
    "turns whose list is their positive alone have no negative, and where no turn has one nothing is trained for nothing"
  )
  func withoutNegatives() async throws {
    var recipe = fixture.recipe
    recipe.validation = nil
    recipe.sampling.strategy = .hardest
    recipe.objective.contrastive.weight = 0
    #expect(try await read(recipe).omissions.turnsWithoutNegatives == 0)
    let own = try TeacherFile(path: fixture("own.teacher"))
    let gold = try await read(recipe).examples.map(\.gold[0])
    func teacher(_ name: String, short: Range<Int>) throws -> String {
      let writer = try TeacherWriter(path: fixture(name), description: own.description)
      for row in 0..<own.count {
        let list = short.contains(row) ? TeacherList(passages: [gold[row]], scores: [1]) : try own.list(at: row)
        try writer.append(own.queryID(at: row), list, vector: try own.queryVector(at: row))
      }
      try writer.finish()
      return fixture(name)
    }
    recipe.data[0].teacher = try teacher("some.teacher", short: 0..<5)
    #expect(try await read(recipe).omissions.turnsWithoutNegatives == 5)
    recipe.data[0].teacher = try teacher("none.teacher", short: 0..<own.count)
    let nothing = await #expect(throws: ParlanceError.self) { try await read(recipe) }
    #expect(nothing?.code == .badInput && nothing?.message.contains("nothing to learn") == true)
    // Other turns' passages tell something even so.
    recipe.objective.contrastive.weight = 0.1
    #expect(try await read(recipe).omissions.turnsWithoutNegatives == own.count)
    recipe.sampling.strategy = .uniform(window: RankWindow(1, 20))
    #expect(try await read(recipe).omissions.turnsWithoutNegatives == own.count)
    // A window that no list reaches was meant for other lists, whatever else there is to learn.
    recipe.sampling.strategy = .uniform(window: RankWindow(2, 20))
    let window = await #expect(throws: ParlanceError.self) { try await read(recipe) }
    #expect(window?.message.contains("no list reaches rank 2") == true, "\(window as Any)")
  }

  @Test("the last question is what a search takes for it, up to the first separator, whatever the user typed")
  func lastQuestion() async throws {
    let path = fixture("separator.jsonl")
    let text = try String(contentsOfFile: fixture("conversations.jsonl"), encoding: .utf8)
    var lines = text.split(separator: "\n").map(String.init)
    let question = fixture.turns[0].messages[0].content
    lines[0] = lines[0].replacing("\"\(question)\"", with: "\"what does [SEP] mean\"")
    try lines.joined(separator: "\n").write(toFile: path, atomically: false, encoding: .utf8)
    var recipe = fixture.recipe
    recipe.validation = nil
    recipe.data[0].conversations = path
    let examples = try await read(recipe).examples
    #expect(examples[0].query.question == "what does ")
    #expect(examples[0].questionTokens == fixture.encoder.queryTokens(of: "what does").ids.count)
    #expect(examples[1].query.question.trimmingCharacters(in: .whitespaces) == fixture.turns[1].messages.last?.content)
  }

  @Test("turns of validation that nobody judged are counted, wherever the turns and the judgments come from")
  func unjudged() async throws {
    let path = fixture("few.txt")
    let lines = try String(contentsOfFile: fixture("qrels.txt"), encoding: .utf8).split(separator: "\n")
    try lines.dropFirst(3).joined(separator: "\n").write(toFile: path, atomically: false, encoding: .utf8)
    var recipe = fixture.recipe
    var validation = Recipe.Validation()
    validation.conversations = fixture("conversations.jsonl")
    validation.qrels = path
    recipe.validation = validation
    #expect(try await read(recipe).omissions.heldOutWithoutGold == 3)
    // Folds, judged by a file of their own while the set has none.
    recipe.validation?.conversations = nil
    recipe.validation?.folds = 4
    recipe.validation?.qrels = fixture("qrels.txt")
    recipe.data[0].qrels = nil
    #expect(try await read(recipe).omissions.heldOutWithoutGold == 0)
    recipe.validation?.folds = 1000
    let empty = await #expect(throws: ParlanceError.self) { try await read(recipe) }
    #expect(empty?.message.contains("fewer folds") == true, "\(empty as Any)")
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

  @Test("other words anywhere in a held-out turn, and other judgments of it, are other data for a run that goes on")
  func digest() async throws {
    let data = try await read(fixture.recipe)
    let vectors = try VectorsFile(path: fixture.recipe.vectors)
    let place = try #require(data.heldOut.firstIndex { $0.messages.count > 1 })
    #expect(try await read(fixture.recipe).digest(vectors, []) == data.digest(vectors, []))
    var other = data
    other.heldOut[place].messages[0].content += " tag"
    #expect(other.digest(vectors, []) != data.digest(vectors, []))
    other = data
    other.heldOut[place].messages[0].role = .assistant
    #expect(other.digest(vectors, []) != data.digest(vectors, []))
    other = data
    other.heldOutQrels.grades[data.heldOut[place].id]?["p0"] = 2
    #expect(other.digest(vectors, []) != data.digest(vectors, []))
    // The same passages by the same encoder, with other weights.
    let pruned = fixture("pruned.vectors")
    try VectorsWriter.write(pruned, vectors.description) { (writer: VectorsWriter) throws(ParlanceError) in
      for place in 0..<vectors.count {
        try writer.append(try vectors.id(at: place), try vectors.vector(at: place).keepingHeaviest(3))
      }
    }
    #expect(try data.digest(VectorsFile(path: pruned), []) != data.digest(vectors, []))
    let (one, two) = (EncoderIdentity(digest: "1", name: "m"), EncoderIdentity(digest: "2", name: "m"))
    #expect(data.digest(vectors, [one]) == data.digest(vectors, [one]))
    #expect(data.digest(vectors, [one]) != data.digest(vectors, [two]))
  }
}
