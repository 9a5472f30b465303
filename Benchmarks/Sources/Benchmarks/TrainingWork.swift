import Diagnostics
import Distillation
import Foundation
import Identifiers
import SparseEncoder
import SparseVectors

/// What a training benchmark trains on: conversations and passages of at least 256 tokens, lists of a teacher that says
/// nothing in particular, and a recipe that names them all, in a folder that goes away.
final class TrainingWork {
  let folder: String
  let conversations: [String]
  let passages: [String]

  /// The recipe's file.
  var recipe: String { folder + "/recipe.yaml" }

  /// - Parameters:
  ///   - list: the passages of each conversation's list.
  ///   - sharing: whether the lists are drawn out of so many passages, or (nil) each has passages of its own.
  init(_ input: BenchmarkInput, model: String, conversations count: Int, list: Int, sharing: Int? = nil) async throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "parlance-bench-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let words = input.texts.joined(separator: " ").split(separator: " ")
    // More words than 256 tokens take; all sides cut.
    func texts(_ count: Int, from start: Int) -> [String] {
      (0..<count).map { place in
        let begin = (start + 250 * place) % (words.count - 250)
        return words[begin..<begin + 250].joined(separator: " ")
      }
    }
    conversations = texts(count, from: 0)
    passages = texts(sharing ?? count * list, from: 250 * count)
    try await write(model, list: list)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ model: String, list: Int) async throws {
    let encoder = try QueryLatencyBenchmark.encoder(model)
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
      // Neighbouring lists overlap where passages are shared, as those of turns of one conversation do.
      let own = (0..<list).map { UInt32((place * list + $0) % passages.count) }
      try teacher.append(
        ExternalID("c\(place)_1"), TeacherList(passages: own, scores: own.indices.map { Float(list - $0) / 2 }))
    }
    try teacher.finish()
    try lines.write(toFile: folder + "/conversations.jsonl", atomically: true, encoding: .utf8)

    var recipe = Recipe()
    recipe.student.model = model
    recipe.vectors = path
    var set = Recipe.TrainingSet()
    set.conversations = folder + "/conversations.jsonl"
    set.teacher = folder + "/random.teacher"
    recipe.data = [set]
    recipe.sampling.strategy = .wholeList
    recipe.objective.contrastive.weight = 0
    recipe.optimisation.batchSize = conversations.count
    try recipe.yaml().write(toFile: self.recipe, atomically: true, encoding: .utf8)
  }
}
