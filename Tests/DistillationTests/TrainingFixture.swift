import Checkpoints
import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseEncoder
import SparseVectors
import TensorEngine
import TestSupport

@testable import Distillation

/// All that a training run reads, made with a small random model, in a folder that goes away with it.
final class TrainingFixture {
  let folder: String
  let engine: TensorEngine
  let checkpoint: Checkpoint
  let encoder: SparseEncoder
  let turns: [Turn]

  static let model = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"

  init() async throws {
    folder = try TestSupport.temporaryFolder("training")
    engine = try TensorEngine.load()
    checkpoint = try Checkpoint(folder: Self.model)
    encoder = try SparseEncoder(
      checkpoint: checkpoint, forward: EngineForwardPass(checkpoint, engine: engine, cores: 1))

    let words = "how do i undo last commit branch merged tag names and moves word naive".split(separator: " ")
    var generator = SeededGenerator(seed: 4)
    func sentence() -> String {
      (0..<Int.random(in: 2...5, using: &generator))
        .map { _ in String(words[Int.random(in: words.indices, using: &generator)]) }.joined(separator: " ")
    }
    let passages = (0..<30).map { _ in sentence() }
    turns = (0..<24).map { number in
      let question = Message(role: .user, content: sentence())
      let earlier = [Message(role: .user, content: sentence()), Message(role: .assistant, content: sentence())]
      let isFirst = number.isMultiple(of: 2)
      return Turn(
        id: ExternalID("c\(number / 2)_\(isFirst ? 1 : 2)"), conversation: ExternalID("c\(number / 2)"),
        number: isFirst ? 1 : 2, messages: isFirst ? [question] : earlier + [question])
    }
    let vectors = try await encoder.encode(passages).map(\.vector)
    let description = VectorsDescription(encoder: encoder.identity, vocabulary: encoder.vocabulary)
    try VectorsWriter.write(self("passages.vectors"), description) { (writer: VectorsWriter) throws(ParlanceError) in
      for (place, vector) in vectors.enumerated() { try writer.append(ExternalID("p\(place)"), vector) }
    }
    let lines = passages.enumerated().map { #"{"_id":"p\#($0)","title":"title \#($0)","text":"\#($1)"}"# + "\n" }
    try lines.joined().write(toFile: self("passages.jsonl"), atomically: false, encoding: .utf8)
    // What the teacher looks for has little to do with the question, so that there is something to learn.
    let queries = try await encoder.encode(
      turns.map { $0.messages[$0.messages.count - 1].content + " tag names the branch" }, as: .query)
    try writeTeacher(queries.map(\.vector), passages: vectors)
    try writeTurns()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func callAsFunction(_ name: String) -> String { folder + "/" + name }

  private func writeTeacher(_ queries: [SparseVector], passages: [SparseVector]) throws {
    let file = try VectorsFile(path: self("passages.vectors"))
    let writer = try TeacherWriter(
      path: self("own.teacher"),
      description: TeacherDescription(
        of: file, teachers: [.init(name: "last turn", kind: .vectors, encoder: encoder.identity, weight: 1)],
        combination: .rescore, depth: 20, hasQueryVectors: true))
    for (turn, query) in zip(turns, queries) {
      let scored = passages.indices.map { (passage: UInt32($0), score: Float(query.dot(passages[$0]))) }
        .sorted { ($1.score, $0.passage) < ($0.score, $1.passage) }.prefix(20)
      try writer.append(
        turn.id, TeacherList(passages: scored.map(\.passage), scores: scored.map(\.score)), vector: query)
    }
    try writer.finish()
  }

  /// A teacher of three, of which one has foreign rewrites, with what `filtered-teachers.yaml` leaves out and weighs.
  func filteredTeacher() async throws -> String {
    try IndexBuilder(passageSpace: encoder.identity, vocabulary: encoder.vocabulary)
      .build(VectorsFile(path: self("passages.vectors")), at: self("index"))
    let texts = turns.map { $0.messages[$0.messages.count - 1].content }
    let endings = [" tag names the branch", " names the tag", ""]
    var teachers: [Teacher] = []
    for (place, ending) in endings.enumerated() {
      let words = turns.indices.map { place == 1 && $0.isMultiple(of: 3) ? "naive word" : texts[$0] + ending }
      let description = VectorsDescription(encoder: encoder.identity, vocabulary: encoder.vocabulary)
      let path = self("teacher-\(place).vectors")
      let vectors = try await encoder.encode(words, as: .query).map(\.vector)
      try VectorsWriter.write(path, description) { (writer: VectorsWriter) throws(ParlanceError) in
        for (turn, vector) in zip(turns, vectors) { try writer.append(turn.id, vector) }
      }
      teachers.append(
        Teacher(source: .init(name: "t\(place)", kind: .vectors), knowledge: .vectors(try VectorsFile(path: path))))
    }
    let passages = try PassageCollection(vectors: self("passages.vectors"), index: self("index"))
    var job = TeachingJob(passages: passages, teachers: Array(teachers.dropLast()), depth: 20)
    job.baseline = teachers.last
    job.selection.filters = [.worseRewrites, .disagreement]
    job.selection.filteredWeight = 0.5
    job.selection.consensus = [.turns]
    job.selection.depth = 10
    let summary = try await job.run(gold: nil, to: self("filtered.teacher"))
    guard summary.weighedDown > 0 else { throw ParlanceError(.internalFault, "the filter caught nothing") }
    return self("filtered.teacher")
  }

  private func writeTurns() throws {
    var lines = "", qrels = ""
    for (number, turn) in turns.enumerated() {
      let messages = turn.messages.map { #"{"role":"\#($0.role.rawValue)","content":"\#($0.content)"}"# }
      lines += #"{"id":"\#(turn.id)","conversation":"\#(turn.conversation)","turn":\#(turn.number),"#
      lines += #""messages":[\#(messages.joined(separator: ","))]}"# + "\n"
      qrels += "\(turn.id) 0 p\(number % 30) 1\n"
    }
    try lines.write(toFile: self("conversations.jsonl"), atomically: false, encoding: .utf8)
    try qrels.write(toFile: self("qrels.txt"), atomically: false, encoding: .utf8)
  }

  /// Twelve steps over all turns but those held out.
  var recipe: Recipe {
    var recipe = Recipe()
    recipe.student.model = Self.model
    recipe.vectors = self("passages.vectors")
    var set = Recipe.TrainingSet()
    set.conversations = self("conversations.jsonl")
    set.teacher = self("own.teacher")
    set.qrels = self("qrels.txt")
    recipe.data = [set]
    recipe.sampling.strategy = .uniform(window: RankWindow(1, 20))
    recipe.sampling.negatives = 6
    recipe.optimisation.learningRate = 5e-3
    recipe.optimisation.batchSize = 4
    recipe.optimisation.epochs = 2
    var validation = Recipe.Validation()
    validation.folds = 4
    validation.every = 4
    recipe.validation = validation
    return recipe
  }

  /// What a recipe's training reads, without a frozen encoder.
  func read(_ recipe: Recipe) async throws -> TrainingData {
    try await TrainingDataReader(
      recipe: recipe, vectors: VectorsFile(path: recipe.vectors), student: encoder, frozen: nil, progress: nil,
      interruption: nil
    ).read()
  }

  func train(
    _ recipe: Recipe, into name: String, resuming: Bool = false, stoppingAfter step: Int? = nil,
    savingEvery: Duration = .seconds(60)
  ) async throws -> TrainingSummary {
    let interruption = Interruption()
    let trainer = try Trainer(recipe, student: checkpoint, engine: engine, cores: 1)
    return try await trainer.train(
      into: self(name), resuming: resuming, logsSamples: true, savingEvery: savingEvery,
      progress: { progress in
        if progress.activity == "training", let step, progress.completed >= step { interruption.request() }
      }, interruption: interruption)
  }

  func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: self(path))) }
}
