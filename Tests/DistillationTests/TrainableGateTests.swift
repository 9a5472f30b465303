import Checkpoints
import Diagnostics
import Foundation
import SparseEncoder
import SparseVectors
import TensorEngine
import TestSupport
import Testing

@testable import Distillation

@Suite("the gate that is read off the conversation", .enabled(if: TestSupport.engine != nil, "the engine is not built"))
struct TrainableGateTests {
  /// The small model with another head.
  private func checkpoint(pooling: String, activation: String) throws -> Checkpoint {
    let folder = try TestSupport.temporaryFolder("gate") + "/model"
    try FileManager.default.copyItem(atPath: TrainingFixture.model, toPath: folder)
    let head = #"{"pooling_strategy": "\#(pooling)", "activation_function": "\#(activation)"}"#
    try head.write(toFile: folder + "/1_SpladePooling/config.json", atomically: false, encoding: .utf8)
    return try Checkpoint(folder: folder)
  }

  /// What the column of a new gate weighs in each of two texts.
  private func weights(_ checkpoint: Checkpoint, start: Double) async throws -> [Float] {
    var residual = Recipe.Residual()
    residual.gate = .conversation
    residual.start = start
    let engine = try TensorEngine.load()
    let threads = try EngineThreads(engine: engine, count: 1, coresEach: 1, recordsGradients: true)
    return try await threads.run { [residual] () throws(ParlanceError) -> [Float] in
      let model = try TrainableModel(checkpoint, engine: engine)
      let gate = try TrainableGate(
        residual, model: model, vocabulary: Vocabulary(pieces: [.init("[PAD]"), .init("[unused0]")]), engine: engine)
      guard case .column(let column) = try gate.value() else { return [] }
      let rows = try model(PackedBatch([[2, 30, 40, 50, 3], [2, 60, 3]]), dropout: 0)
      let weights = try rows.weights.floats()
      return rows.terms.indices.filter { rows.terms[$0] == Int32(column) }.map { weights[$0] }
    }
  }

  @Test("starts where the recipe says, whatever the model's activation", arguments: ["relu", "log1p_relu"])
  func start(activation: String) async throws {
    let checkpoint = try checkpoint(pooling: "max", activation: activation)
    for start in [0.5, 1.0, 1.4] {
      let found = try await weights(checkpoint, start: start)
      #expect(found.count == 2)
      #expect(found.allSatisfy { abs(Double($0) - start) < 1e-5 }, "\(found)")
    }
  }

  @Test("one number for all terms moves even where the student itself says nothing")
  func movesAlone() async throws {
    let checkpoint = try Checkpoint(folder: TrainingFixture.model)
    var recipe = Recipe()
    recipe.student.residual = Recipe.Residual()
    let engine = try TensorEngine.load()
    let threads = try EngineThreads(engine: engine, count: 1, coresEach: 1, recordsGradients: true)
    let gates = try await threads.run { [recipe] () throws(ParlanceError) -> [Float] in
      let student = try StudentModel(
        checkpoint, recipe: recipe, pieces: Vocabulary(pieces: [.init("[PAD]")]), engine: engine, device: .cpu)
      for (role, tensor) in student.model.parameters where role == .decoderBias {
        try tensor.assign(engine.full(-1e6, shape: tensor.shape()))
      }
      var reading = TrainingExample.Reading(tokens: [2, 30, 40, 3], question: "")
      reading.frozen = SparseVector(unchecked: [TermID(5)], [2])
      func gate() throws(ParlanceError) -> Float {
        guard case .scalar(let value)? = try student.gate?.value() else { return .nan }
        return value
      }
      let before = try gate()
      let forward = try student.forward([reading], dropout: 0)
      guard forward.queries.terms == [TermID(5)] else { return [] }
      try student.backward(forward, [1])
      _ = try student.step(learningRate: 0, gateLearningRate: 0.1, clipNorm: 1)
      return [before, try gate()]
    }
    #expect(gates.count == 2 && gates[1] < gates[0], "\(gates)")
  }

  @Test("is refused where pooling sums over tokens, and beyond what a column can weigh")
  func refusals() async throws {
    let sums = try checkpoint(pooling: "sum", activation: "relu")
    var error = await #expect(throws: ParlanceError.self) { _ = try await weights(sums, start: 1) }
    #expect(error?.message.contains("pools by max") == true, "\(error as Any)")
    let twice = try checkpoint(pooling: "max", activation: "log1p_relu")
    error = await #expect(throws: ParlanceError.self) { _ = try await weights(twice, start: 9) }
    #expect(error?.message.contains("`student.residual.start`") == true, "\(error as Any)")
  }
}
