import Checkpoints
import Diagnostics
import Foundation
import Identifiers
import TensorEngine
import TestSupport
import Testing

@testable import SparseEncoder

@Suite("the model, compared with transformers", .enabled(if: TestSupport.engine != nil, "the engine is not built"))
struct ModelTests {
  let engine: TensorEngine

  init() throws {
    engine = try TensorEngine.load()
  }

  static let checkpoints = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/"

  @Test(
    "rows equal the goldens that transformers made",
    arguments: ["bert-old-names", "bert-untied-bf16", "distilbert-sum", "router-inference-free"])
  func goldens(name: String) async throws {
    let pass = try EngineForwardPass(Checkpoint(folder: Self.checkpoints + name), engine: engine)
    let golden = try ModelJudge.golden(name)
    for goal in [EncodingGoal.throughput, .latency] {
      ModelJudge.expect(
        try await pass.encode(PackedBatch(golden.sequences), for: goal), equal: golden.rows, "\(name), \(goal)")
    }
  }

  @Test(
    "rows of the demo model equal the golden that transformers made",
    .enabled(if: TestSupport.demoModel != nil, "the demo model is not there"))
  func demoModelGolden() async throws {
    let pass = try EngineForwardPass(Checkpoint(folder: #require(TestSupport.demoModel)), engine: engine)
    let golden = try ModelJudge.golden("splade-tiny")
    for goal in [EncodingGoal.throughput, .latency] {
      ModelJudge.expect(
        try await pass.encode(PackedBatch(golden.sequences), for: goal), equal: golden.rows, "\(goal)")
    }
  }

  @Test(
    "rows of random models equal those of transformers",
    .enabled(if: TestSupport.judgePython != nil, "the Python judges are not installed"),
    arguments: ["bert", "distilbert", "bert-base"])
  func judgedModels(family: String) async throws {
    let seed = Int.random(in: 0..<1_000_000)
    let folder = try ModelJudge.make(family, seed: seed)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let pass = try EngineForwardPass(Checkpoint(folder: folder), engine: engine)
    var generator = SeededGenerator(seed: UInt64(seed))
    let lengths = family == "bert-base" ? [1, 14, 60] : [1, 2, 13, 14, 15, 29, 64, 96]
    let sequences = lengths.map { length in
      (0..<length).map { _ in Int32.random(in: 0..<Int32(pass.vocabularySize), using: &generator) }
    }
    let judged = try ModelJudge.rows(.init(folder: folder, sequences: sequences))
    #expect(judged.contains { !$0.terms.isEmpty }, "a model without positive logits proves nothing, seed \(seed)")
    // Twelve layers of random weights amplify the rounding of either side: 1.05e-5 was seen. Trained models stay below 1e-5.
    ModelJudge.expect(
      try await pass.encode(PackedBatch(sequences), for: .throughput), equal: judged,
      within: family == "bert-base" ? 3e-5 : 1e-5, "\(family), seed \(seed)")
  }

  @Test("a sequence's row does not depend on what else is in its batch")
  func batchesDoNotMix() async throws {
    let pass = try EngineForwardPass(Checkpoint(folder: Self.checkpoints + "bert-old-names"), engine: engine)
    let golden = try ModelJudge.golden("bert-old-names")
    let together = try await pass.encode(PackedBatch(golden.sequences), for: .throughput)
    for (index, sequence) in golden.sequences.enumerated() {
      let alone = try await pass.encode(PackedBatch([sequence]), for: .latency)
      let range = together.range(of: index)
      #expect(Array(together.terms[range]) == alone.terms)
      // Other kernels round otherwise, by a part of the greatest weight.
      let distance = zip(together.weights[range], alone.weights).map { abs($0 - $1) }.max() ?? 0
      #expect(distance < 1e-6 * max(1, alone.weights.max() ?? 0), "sequence \(index): \(distance)")
    }
  }

  @Test("a batch without sequences has no rows")
  func emptyBatch() async throws {
    let pass = try EngineForwardPass(Checkpoint(folder: Self.checkpoints + "bert-old-names"), engine: engine)
    let rows = try await pass.encode(PackedBatch(), for: .throughput)
    #expect(rows.count == 0)
  }

  @Test("token sequences that the model cannot take are refused with the reason")
  func badBatches() async throws {
    let pass = try EngineForwardPass(Checkpoint(folder: Self.checkpoints + "bert-old-names"), engine: engine)
    for (sequences, reason) in [
      ([[1, 2], []], "sequence 1 of the batch has 0 tokens"),
      ([[Int32](repeating: 1, count: 33)], "sequence 0 of the batch has 33 tokens; the model takes 1 to 32"),
      ([[1, Int32(pass.vocabularySize)]], "token id \(pass.vocabularySize) is not in the model's vocabulary"),
      ([[-1]], "token id -1 is not in the model's vocabulary"),
    ] {
      let error = await #expect(throws: ParlanceError.self) {
        _ = try await pass.encode(PackedBatch(sequences), for: .throughput)
      }
      #expect(error?.code == .badInput)
      #expect(error?.message.contains(reason) == true, "\(error?.message ?? "no error")")
    }
  }

  @Test("calls from many tasks and threads at once give the rows of calls one by one")
  func concurrentCalls() async throws {
    let pass = try EngineForwardPass(Checkpoint(folder: Self.checkpoints + "bert-old-names"), engine: engine)
    let golden = try ModelJudge.golden("bert-old-names")
    let batch = PackedBatch(golden.sequences)
    let expected = try await pass.encode(batch, for: .throughput)
    try await withThrowingTaskGroup(of: SparseRows.self) { group in
      for index in 0..<64 {
        group.addTask { try await pass.encode(batch, for: index.isMultiple(of: 7) ? .latency : .throughput) }
      }
      for try await rows in group {
        #expect(rows.terms == expected.terms && rows.starts == expected.starts)
      }
    }
  }
}
