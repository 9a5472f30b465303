import Checkpoints
import Diagnostics
import Foundation
import SparseEncoder
import SparseVectors
import TestSupport
import Testing

@testable import Distillation

@Suite("a passage encoder that learns", .enabled(if: TestSupport.engine != nil, "the engine is not built"))
struct LearnedPassagesTests {
  let fixture: TrainingFixture

  init() async throws {
    fixture = try await TrainingFixture()
  }

  private func recipe(_ encoder: Recipe.Passages.Encoder) -> Recipe {
    var recipe = fixture.recipe
    var passages = Recipe.Passages()
    passages.encoder = encoder
    passages.texts = fixture("passages.jsonl")
    passages.passageText = "{text}"
    recipe.student.passages = passages
    return recipe
  }

  private func encoder(_ checkpoint: Checkpoint, _ settings: EncoderSettings = .init()) throws -> SparseEncoder {
    try SparseEncoder(
      checkpoint: checkpoint, forward: EngineForwardPass(checkpoint, engine: fixture.engine, cores: 1),
      settings: settings)
  }

  /// The value of a metric at each step.
  private func metric(_ name: String, _ run: String) throws -> [Double] {
    try String(decoding: fixture.bytes(run + "/metrics.jsonl"), as: UTF8.self).split(separator: "\n").compactMap {
      line in
      let values = try JSONDecoder().decode([String: Double].self, from: Data(line.utf8))
      return values[name]
    }
  }

  private var space: EncoderSettings { get throws { EncoderSettings(passageText: try PassageText("{text}")) } }

  @Test("lambda_d has a gradient: the passages' FLOPS fall further the more they cost")
  func regularised() async throws {
    var ends: [Double] = []
    for weight in [0, 1.0] {
      var recipe = recipe(.shared)
      recipe.regularisation.weights = .given(query: 0, passage: weight)
      recipe.optimisation.epochs = 6
      recipe.validation = nil
      _ = try await fixture.train(recipe, into: "run-\(weight)")
      let flops = try metric("passage_flops", "run-\(weight)")
      ends.append(flops.suffix(4).reduce(0, +) / 4)
      #expect(try metric("passage_terms", "run-\(weight)").count == flops.count)
    }
    #expect(ends[1] < 0.5 * ends[0], "\(ends)")
  }

  @Test("a shared encoder leaves as one checkpoint for both sides, and validates with its own passages")
  func shared() async throws {
    let summary = try await fixture.train(recipe(.shared), into: "run")
    #expect(summary.best != nil)
    let folder = fixture("run/student")
    let student = try Checkpoint(folder: folder)
    #expect(student.student == nil)
    #expect(!FileManager.default.fileExists(atPath: folder + "/passages"))
    let own = try encoder(student)
    #expect(own.identity != fixture.encoder.identity)
    #expect(!FileManager.default.fileExists(atPath: fixture("run/validation.vectors")))
    // What it validated with is what it encodes.
    let line = try #require(try metric("validation R@100", "run").first)
    #expect((0...1).contains(line))
  }

  @Test("a separate encoder leaves in the student's folder, and is the passage space that the student declares")
  func separate() async throws {
    var recipe = recipe(.separate)
    recipe.student.keptTerms = 7
    recipe.student.residual = Recipe.Residual()
    recipe.validation = nil
    _ = try await fixture.train(recipe, into: "run")
    let student = try Checkpoint(folder: fixture("run/student"))
    let passages = try encoder(Checkpoint(folder: fixture("run/student/passages")), space)
    #expect(student.student?.passageSpaceDigest == passages.identity.digest)
    #expect(passages.identity != fixture.encoder.identity)
    // It has moved: a passage has other weights than before.
    let text = "undo the last commit"
    let before = try await fixture.encoder.encode([text])[0].vector, after = try await passages.encode([text])[0].vector
    #expect(before != after)
    let export = try StudentExport(
      student: student, passages: Checkpoint(folder: fixture("run/student/passages")), settings: space)
    #expect(export.layout == .module)
  }

  @Test("a run with two encoders that is stopped and resumed has the bits of one that was not", arguments: [4, 64])
  func resumes(atOnce: Int) async throws {
    var recipe = recipe(.separate)
    recipe.student.passages?.atOnce = atOnce
    recipe.regularisation.weights = .given(query: 0.01, passage: 0.01)
    _ = try await fixture.train(recipe, into: "whole")
    await #expect(throws: ParlanceError.self) {
      _ = try await fixture.train(recipe, into: "parts", stoppingAfter: 3)
    }
    _ = try await fixture.train(recipe, into: "parts", resuming: true)
    for file in ["model.safetensors", "parlance.json", "passages/model.safetensors"] {
      #expect(try fixture.bytes("whole/student/" + file) == fixture.bytes("parts/student/" + file), "\(file)")
    }
  }

  @Test("texts may be in another order and have more passages, but none may be missing, and none compressed")
  func texts() throws {
    let vectors = try VectorsFile(path: fixture("passages.vectors"))
    func texts(_ name: String) throws -> PassageTexts {
      try PassageTexts(
        path: fixture(name), template: PassageText("{title}: {text}"), vectors: vectors, progress: nil,
        interruption: nil)
    }
    let lines = try String(decoding: fixture.bytes("passages.jsonl"), as: UTF8.self).split(separator: "\n")
    let more = #"{"_id": "other", "text": "not of the vectors"}"#
    let unknown = String(lines[3]).replacing("p3", with: "p3x")
    let shuffled: [String] = lines.reversed().map { String($0) } + [more, "", unknown]
    try shuffled.joined(separator: "\r\n").write(toFile: fixture("more.jsonl"), atomically: true, encoding: .utf8)
    let (own, other) = (try texts("passages.jsonl"), try texts("more.jsonl"))
    for place in 0..<UInt32(vectors.count) { #expect(try own.words(at: place) == other.words(at: place)) }
    #expect(try own.words(at: 3).hasPrefix("title 3: "))

    try lines.dropFirst(2).joined(separator: "\n").write(
      toFile: fixture("fewer.jsonl"), atomically: true, encoding: .utf8)
    var error = #expect(throws: ParlanceError.self) { try texts("fewer.jsonl") }
    #expect(error?.code == .badInput)
    #expect(error?.message.contains("2 of the 30 passages") == true && error?.message.contains("p0") == true)
    try Data([0x1F, 0x8B, 8, 0]).write(to: URL(fileURLWithPath: fixture("packed.jsonl")))
    error = #expect(throws: ParlanceError.self) { try texts("packed.jsonl") }
    #expect(error?.message.contains("compressed") == true)
    try "{\"_id\": \"p0\"}\n".write(toFile: fixture("bad.jsonl"), atomically: true, encoding: .utf8)
    error = #expect(throws: ParlanceError.self) { try texts("bad.jsonl") }
    #expect(error?.code == .badInput)
  }
}
