import Checkpoints
import Diagnostics
import Distillation
import Foundation
import Identifiers
import SparseEncoder
import SparseVectors
import TensorEngine

/// Steps a second of training: 10 conversations of 256 tokens, each with 1 + 16 passages of 256 tokens, KLD, AdamW; against
/// a PyTorch script that encodes the passages in each step, as the reference does, and against it with cached vectors.
enum TrainBenchmark {
  private static let (queries, list) = (10, 17)
  /// Our runs differ by so many steps; what they differ in is the steps, without reading data and writing the student.
  private static let (short, long) = (4, 24)

  static func run(_ input: BenchmarkInput) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "parlance-bench-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let encoder = try QueryLatencyBenchmark.encoder(input.model)
    let words = input.texts.joined(separator: " ").split(separator: " ")
    // More words than 256 tokens take; both sides cut.
    func texts(_ count: Int, from start: Int) -> [String] {
      (0..<count).map { words[(start + 250 * $0)...].prefix(250).joined(separator: " ") }
    }
    let conversations = texts(queries, from: 0), passages = texts(queries * list, from: 250 * queries)
    let recipe = try await prepare(input, folder, encoder, conversations, passages)
    let checkpoint = try Checkpoint(folder: input.model)
    let engine = try TensorEngine.load()
    let whole = { (steps: Int) async throws -> Cost in
      var recipe = recipe
      recipe.optimisation.epochs = Double(steps)
      let trainer = try Trainer(recipe, student: checkpoint, engine: engine)
      let run = folder + "/run-\(UUID())"
      defer { try? FileManager.default.removeItem(atPath: run) }
      return try await Cost.of { _ = try await trainer.train(into: run) }
    }

    var contenders = [
      AlternatingRuns.Contender(name: "parlance") {
        let (few, many) = (try await whole(short), try await whole(long))
        let steps = Double(long - short)
        return Cost(
          seconds: (many.seconds - few.seconds) / steps,
          processorSeconds: (many.processorSeconds - few.processorSeconds) / steps)
      }
    ]
    if let python = input.python {
      let file = folder + "/passages.jsonl"
      let lines = try passages.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) + "\n" }
      try lines.joined().write(toFile: file, atomically: true, encoding: .utf8)
      let peer = try Peer(
        python: python, script: input.peers + "/train.py", texts: conversations, arguments: [input.model, file])
      for chunk in [8, 17, 34] {
        contenders.append(
          .init(name: "PyTorch, as the reference, \(chunk) passages at a time") {
            try peer.run("reference \(chunk) 1")
          })
      }
      contenders.append(
        .init(name: "PyTorch, cached vectors") {
          let cost = try peer.run("cached 0 3")
          return Cost(seconds: cost.seconds / 3, processorSeconds: cost.processorSeconds / 3)
        })
    }
    try await AlternatingRuns(rounds: 3, amount: 1, unit: "steps", showsLatency: true).compare(contenders)
  }

  /// Vectors, a teacher and conversations, as files, and the recipe that names them.
  private static func prepare(
    _ input: BenchmarkInput, _ folder: String, _ encoder: SparseEncoder, _ conversations: [String],
    _ passages: [String]
  ) async throws -> Recipe {
    let vectors = try await encoder.encode(passages).map(\.vector)
    let description = VectorsDescription(encoder: encoder.identity, vocabulary: encoder.vocabulary)
    let path = folder + "/passages.vectors"
    try VectorsWriter.write(path, description) { (writer: VectorsWriter) throws(ParlanceError) in
      for (place, vector) in vectors.enumerated() { try writer.append(ExternalID("p\(place)"), vector) }
    }
    let teacher = try TeacherWriter(
      path: folder + "/random.teacher",
      description: TeacherDescription(
        of: VectorsFile(path: path), teachers: [.init(name: "random", kind: .run, weight: 1)], combination: .mean,
        depth: list, hasQueryVectors: false))
    var lines = ""
    for (place, text) in conversations.enumerated() {
      let message = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
      lines += #"{"id":"c\#(place)_1","conversation":"c\#(place)","turn":1,"#
      lines += #""messages":[{"role":"user","content":\#(message)}]}"# + "\n"
      let scores = (0..<list).map { Float(list - $0) / 2 }
      try teacher.append(
        ExternalID("c\(place)_1"),
        TeacherList(passages: (0..<list).map { UInt32(place * list + $0) }, scores: scores))
    }
    try teacher.finish()
    try lines.write(toFile: folder + "/conversations.jsonl", atomically: true, encoding: .utf8)

    var recipe = Recipe()
    recipe.student.model = input.model
    recipe.vectors = path
    var set = Recipe.TrainingSet()
    set.conversations = folder + "/conversations.jsonl"
    set.teacher = folder + "/random.teacher"
    recipe.data = [set]
    recipe.sampling.strategy = .wholeList
    recipe.objective.contrastive.weight = 0
    recipe.optimisation.batchSize = queries
    return recipe
  }
}
