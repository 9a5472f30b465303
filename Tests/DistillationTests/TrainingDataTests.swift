import Diagnostics
import Foundation
import SparseEncoder
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

  @Test("turns count by their teacher's weights, whose mean over a set is 1")
  func weights() async throws {
    var recipe = fixture.recipe
    recipe.validation = nil
    #expect(try await fixture.read(recipe).examples.allSatisfy { $0.weight == 1 })
    let own = try TeacherFile(path: fixture("own.teacher"))
    let writer = try TeacherWriter(path: fixture("weighed.teacher"), description: own.description, weighsTurns: true)
    // A turn without a list weighs on nobody.
    for row in 1..<own.count {
      try writer.append(own.queryID(at: row), try own.list(at: row), vector: try own.queryVector(at: row))
    }
    try writer.finish(weights: (1..<own.count).map { $0.isMultiple(of: 2) ? 0.5 : 0.25 })
    recipe.data[0].teacher = fixture("weighed.teacher")
    let data = try await fixture.read(recipe)
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
    #expect(try await fixture.read(recipe).omissions.turnsWithoutNegatives == 0)
    let own = try TeacherFile(path: fixture("own.teacher"))
    let gold = try await fixture.read(recipe).examples.map(\.gold[0])
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
    #expect(try await fixture.read(recipe).omissions.turnsWithoutNegatives == 5)
    recipe.data[0].teacher = try teacher("none.teacher", short: 0..<own.count)
    let nothing = await #expect(throws: ParlanceError.self) { try await fixture.read(recipe) }
    #expect(nothing?.code == .badInput && nothing?.message.contains("nothing to learn") == true)
    // Other turns' passages tell something even so.
    recipe.objective.contrastive.weight = 0.1
    #expect(try await fixture.read(recipe).omissions.turnsWithoutNegatives == own.count)
    recipe.sampling.strategy = .uniform(window: RankWindow(1, 20))
    #expect(try await fixture.read(recipe).omissions.turnsWithoutNegatives == own.count)
    // A window that no list reaches was meant for other lists, whatever else there is to learn.
    recipe.sampling.strategy = .uniform(window: RankWindow(2, 20))
    let window = await #expect(throws: ParlanceError.self) { try await fixture.read(recipe) }
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
    let examples = try await fixture.read(recipe).examples
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
    #expect(try await fixture.read(recipe).omissions.heldOutWithoutGold == 3)
    // Folds, judged by a file of their own while the set has none.
    recipe.validation?.conversations = nil
    recipe.validation?.folds = 4
    recipe.validation?.qrels = fixture("qrels.txt")
    recipe.data[0].qrels = nil
    #expect(try await fixture.read(recipe).omissions.heldOutWithoutGold == 0)
    recipe.validation?.folds = 1000
    let empty = await #expect(throws: ParlanceError.self) { try await fixture.read(recipe) }
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
    let expected = try await fixture.read(recipe)
    recipe.data[0].qrels = fixture("qrel.json")
    recipe.validation?.qrels = fixture("qrel.json")
    let found = try await fixture.read(recipe)
    #expect(found.examples.map(\.gold) == expected.examples.map(\.gold))
    #expect(found.examples.allSatisfy { $0.gold.count == 1 })
    #expect(found.heldOutQrels.grades == expected.heldOutQrels.grades)
    recipe.validation?.qrels = nil
    #expect(try await fixture.read(recipe).heldOutQrels.grades == expected.heldOutQrels.grades)
  }

  @Test("other words anywhere in a held-out turn, and other judgments of it, are other data for a run that goes on")
  func digest() async throws {
    let data = try await fixture.read(fixture.recipe)
    let vectors = try VectorsFile(path: fixture.recipe.vectors)
    let place = try #require(data.heldOut.firstIndex { $0.messages.count > 1 })
    #expect(try await fixture.read(fixture.recipe).digest(vectors, []) == data.digest(vectors, []))
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
    // Factors are of how a student leaves: the steps are those of the same data, and the words that they look at are apart.
    var recipe = fixture.recipe
    recipe.student.residual = Recipe.Residual()
    recipe.student.residual?.factors = Recipe.Factors()
    let fitted = try await fixture.read(recipe)
    #expect(fitted.digest(vectors, []) == data.digest(vectors, []) && data.spokenDigest == nil)
    other = fitted
    #expect(other.spokenDigest == fitted.spokenDigest && fitted.spokenDigest != nil)
    other.examples[0].query.spoken?.tokens.append(1)
    #expect(other.spokenDigest != fitted.spokenDigest)
  }

  @Test("with factors other words are other data for a run that goes on, also where no query has room for them")
  func wordsBehindTheCut() async throws {
    var plain = fixture.recipe
    plain.validation = nil
    plain.student.maxLength = 6
    plain.student.residual = Recipe.Residual()
    var fitted = plain
    fitted.student.residual?.factors = Recipe.Factors()
    _ = try await fixture.train(plain, into: "plain")
    _ = try await fixture.train(fitted, into: "fitted")
    _ = try await fixture.train(fitted, into: "fitted", resuming: true)
    // The first question stands last in the query of the second.
    let place = try #require(fixture.turns.firstIndex { $0.messages.count == 3 })
    let first = fixture.turns[place].messages[0].content
    let path = fixture("conversations.jsonl")
    var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    lines[place] = lines[place].replacing("\"\(first)\"", with: "\"\(first) tag\"", maxReplacements: 1)
    try lines.joined(separator: "\n").write(toFile: path, atomically: false, encoding: .utf8)
    _ = try await fixture.train(plain, into: "plain", resuming: true)
    let error = await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(fitted, into: "fitted", resuming: true)
    }
    #expect(error?.message.contains("begun with other data") == true, "\(error as Any)")
  }

  /// Writes a file of the fixture once more, with what `change` makes of the lines that begin with something.
  private func copy(_ name: String, as other: String, where start: String, _ change: (String) -> String) throws
    -> String
  {
    let lines = try String(contentsOfFile: fixture(name), encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.hasPrefix(start) })
    try lines.map { $0.hasPrefix(start) ? change($0) : $0 }.joined(separator: "\n")
      .write(toFile: fixture(other), atomically: false, encoding: .utf8)
    return fixture(other)
  }

  @Test("a turn that two training sets have is held out once, and judged by the one that has judgments")
  func sharedTurns() async throws {
    var recipe = fixture.recipe
    let once = try await fixture.read(recipe)
    recipe.data.append(recipe.data[0])
    for own in [fixture("qrels.txt"), nil] {
      recipe.data[0].qrels = own
      let twice = try await fixture.read(recipe)
      #expect(twice.heldOut == once.heldOut && twice.heldOutQrels == once.heldOutQrels)
      #expect(twice.examples.count == 2 * once.examples.count)
    }
  }

  @Test("an id that two training sets have for turns of other words or judgments is refused where it is held out")
  func sharedIDs() async throws {
    var recipe = fixture.recipe
    let turn = try await fixture.read(recipe).heldOut[0]
    let question = try #require(turn.messages.last?.content)
    let words = try copy("conversations.jsonl", as: "other.jsonl", where: "{\"id\":\"\(turn.id)\"") {
      $0.replacing("\"\(question)\"", with: "\"another word\"")
    }
    let judgments = try copy("qrels.txt", as: "other.txt", where: "\(turn.id) ") { $0 + "\n\(turn.id) 0 p29 1" }
    func refusal(_ recipe: Recipe) async throws -> ParlanceError {
      try #require(await #expect(throws: ParlanceError.self) { try await fixture.read(recipe) })
    }
    recipe.data.append(recipe.data[0])
    recipe.data[1].conversations = words
    for sets in [recipe.data, recipe.data.reversed()] {
      recipe.data = sets
      let error = try await refusal(recipe)
      #expect(error.code == .badInput && error.message.hasPrefix("the turn \(turn.id) has other words"), "\(error)")
    }
    // Who does not validate needs no ids of their own.
    recipe.validation = nil
    #expect(try await fixture.read(recipe).examples.count == 48)

    recipe = fixture.recipe
    recipe.data.append(recipe.data[0])
    recipe.data[1].qrels = judgments
    for sets in [recipe.data, recipe.data.reversed()] {
      recipe.data = sets
      let error = try await refusal(recipe)
      #expect(error.message.hasPrefix("the turn \(turn.id) has other judgments"), "\(error)")
      #expect(error.location?.file == sets[1].qrels)
    }
    // Turns of validation's own are known by their ids alike, until judgments of its own tell.
    recipe.validation?.folds = nil
    recipe.validation?.conversations = fixture("conversations.jsonl")
    #expect(try await refusal(recipe).message.hasPrefix("the turn \(turn.id) has other judgments"))
    recipe.validation?.qrels = judgments
    #expect(try await fixture.read(recipe).heldOutQrels.grades[turn.id]?.count == 2)
  }
}
