import BinaryFiles
import Checkpoints
import Diagnostics
import Foundation
import SparseVectors
import TensorEngine
import TestSupport
import Testing

@testable import SparseEncoder

/// A number of the vocabulary's weight or bias that is not finite would leave a column out of all vectors, or make it infinite.
@Suite("A damaged vocabulary head")
struct DamagedHeadTests {
  private let column = 40

  /// The small model with an untied decoder and a number of the column's replaced.
  private func with<Result>(
    _ number: Float, in role: ParameterRole, _ body: (Checkpoint) async throws -> Result
  ) async throws -> Result {
    let root = try TestSupport.temporaryFolder("damaged-head")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let source = try Checkpoint(folder: ModelTests.checkpoints + "bert-untied-bf16")
    try CheckpointWriter(like: source).write(to: root + "/model") { own throws(ParlanceError) in
      var numbers = try source.floats(own)
      if own == role { numbers[column * (role == .decoderBias ? 1 : source.architecture.hiddenSize)] = number }
      return numbers
    }
    return try await body(Checkpoint(folder: root + "/model", derived: DerivedFiles(folder: root + "/derived")))
  }

  private func sequences() throws -> PackedBatch {
    PackedBatch(try ModelJudge.golden("bert-untied-bf16").sequences)
  }

  @Test("a bias that is NaN or infinite is refused when the model is opened", arguments: [Float.nan, .infinity])
  func bias(number: Float) async throws {
    try await with(number, in: .decoderBias) { checkpoint in
      let error = #expect(throws: ParlanceError.self) { try NativeForwardPass(checkpoint, cores: 1) }
      #expect(error?.code == .badInput)
      #expect(error?.message.contains("the bias of vocabulary column 40 is \(number)") == true, "\(error as Any)")
    }
  }

  @Test("a bias of minus infinity shuts its column")
  func shut() async throws {
    func columns(_ bias: Float) async throws -> Set<TermID> {
      try await with(bias, in: .decoderBias) { checkpoint in
        let pass = try NativeForwardPass(checkpoint, cores: 1)
        return Set(try await pass.encode(sequences(), for: .throughput).terms)
      }
    }
    let column = TermID(UInt32(column))
    let (open, shut) = (try await columns(100), try await columns(-.infinity))
    #expect(open.contains(column) && !shut.contains(column) && !shut.isEmpty)
  }

  @Test("a weight that is not finite is refused, at every start", arguments: [Float.nan, .infinity, -.infinity])
  func weight(number: Float) async throws {
    try await with(number, in: .decoderWeight) { checkpoint in
      for _ in 0..<2 {
        let pass = try NativeForwardPass(checkpoint, cores: 1)
        for goal in [EncodingGoal.throughput, .latency] {
          let error = await #expect(throws: ParlanceError.self) {
            _ = try await pass.encode(sequences(), for: goal)
          }
          #expect(error?.code == .badInput)
          #expect(error?.message.contains("vocabulary holds NaN") == true, "\(error as Any)")
          #expect(error?.location?.file == checkpoint.folder)
        }
      }
    }
  }

  @Test(
    "the engine refuses either when the model is opened",
    .enabled(if: TestSupport.engine != nil, "the engine is not built"))
  func engine() async throws {
    let engine = try TensorEngine.load()
    let cases: [(Float, ParameterRole)] = [
      (.nan, .decoderBias), (.nan, .decoderWeight), (.infinity, .decoderWeight),
    ]
    for (number, role) in cases {
      try await with(number, in: role) { checkpoint in
        let error = #expect(throws: ParlanceError.self) { try EngineForwardPass(checkpoint, engine: engine) }
        #expect(error?.code == .badInput, "\(number) in \(role)")
      }
    }
  }
}
