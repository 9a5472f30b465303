import Checkpoints
import Diagnostics
import Foundation
import TensorEngine
import TestSupport
import Testing
import WordPiece

@testable import SparseEncoder

@Suite("the model by the package's own kernels, compared with transformers")
struct NativeModelTests {
  private func pass(_ name: String) throws -> NativeForwardPass {
    try NativeForwardPass(Checkpoint(folder: ModelTests.checkpoints + name), cores: 3)
  }

  @Test(
    "rows equal the goldens that transformers made",
    arguments: ["bert-old-names", "bert-untied-bf16", "distilbert-sum", "router-inference-free"])
  func goldens(name: String) async throws {
    let pass = try pass(name)
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
    let pass = try NativeForwardPass(Checkpoint(folder: #require(TestSupport.demoModel)))
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
    let pass = try NativeForwardPass(Checkpoint(folder: folder))
    var generator = SeededGenerator(seed: UInt64(seed))
    let lengths = family == "bert-base" ? [1, 14, 60] : [1, 2, 13, 14, 15, 29, 64, 96]
    let sequences = lengths.map { length in
      (0..<length).map { _ in Int32.random(in: 0..<Int32(pass.vocabularySize), using: &generator) }
    }
    let judged = try ModelJudge.rows(.init(folder: folder, sequences: sequences))
    #expect(judged.contains { !$0.terms.isEmpty }, "a model without positive logits proves nothing, seed \(seed)")
    // As in the engine's test: twelve layers of random weights amplify the rounding of either side.
    ModelJudge.expect(
      try await pass.encode(PackedBatch(sequences), for: .throughput), equal: judged,
      within: family == "bert-base" ? 3e-5 : 1e-5, "\(family), seed \(seed)")
  }

  @Test("a sequence's row is the same bits whatever else is in its batch, and by however many threads")
  func batchesDoNotMix() async throws {
    let pass = try pass("bert-old-names")
    let golden = try ModelJudge.golden("bert-old-names")
    let together = try await pass.encode(PackedBatch(golden.sequences), for: .throughput)
    for (index, sequence) in golden.sequences.enumerated() {
      for goal in [EncodingGoal.throughput, .latency] {
        let alone = try await pass.encode(PackedBatch([sequence]), for: goal)
        let range = together.range(of: index)
        #expect(Array(together.terms[range]) == alone.terms)
        #expect(Array(together.weights[range]) == alone.weights)
        #expect(Array(together.positions[range]) == alone.positions)
      }
    }
  }

  @Test("a batch without sequences has no rows, and what the model cannot take is refused")
  func badBatches() async throws {
    let pass = try pass("bert-old-names")
    #expect(try await pass.encode(PackedBatch(), for: .throughput).count == 0)
    for sequences in [[[1, 2], []], [[Int32](repeating: 1, count: 33)], [[1, Int32(pass.vocabularySize)]], [[-1]]] {
      for goal in [EncodingGoal.throughput, .latency] {
        let error = await #expect(throws: ParlanceError.self) {
          _ = try await pass.encode(PackedBatch(sequences), for: goal)
        }
        #expect(error?.code == .badInput)
      }
    }
  }

  @Test("calls from many tasks and threads at once give the rows of calls one by one")
  func concurrentCalls() async throws {
    let pass = try pass("bert-old-names")
    let batch = PackedBatch(try ModelJudge.golden("bert-old-names").sequences)
    let expected = try await pass.encode(batch, for: .throughput)
    try await withThrowingTaskGroup(of: SparseRows.self) { group in
      for index in 0..<64 {
        group.addTask { try await pass.encode(batch, for: index.isMultiple(of: 7) ? .latency : .throughput) }
      }
      for try await rows in group { #expect(rows == expected) }
    }
  }

  /// The goldens by the kernels that PARLANCE_KERNEL names, in this process.
  static func goldens(with kernels: String) async throws {
    setenv("PARLANCE_KERNEL", kernels, 1)
    for name in ["bert-old-names", "distilbert-sum", "router-inference-free"] {
      let golden = try ModelJudge.golden(name)
      let pass = try NativeForwardPass(Checkpoint(folder: ModelTests.checkpoints + name), cores: 2)
      for goal in [EncodingGoal.throughput, .latency] {
        ModelJudge.expect(
          try await pass.encode(PackedBatch(golden.sequences), for: goal), equal: golden.rows, "\(name), \(kernels)")
      }
      if kernels == "avx2", pass.kernels != "avx2" { print("this machine has no AVX2") }
    }
  }

  @Test("the goldens hold for the kernels without vector extensions")
  func portable() async {
    await #expect(processExitsWith: .success) { try await Self.goldens(with: "portable") }
  }

  @Test("the goldens hold for the AVX2 kernels")
  func avx2() async {
    await #expect(processExitsWith: .success) { try await Self.goldens(with: "avx2") }
  }

  @Test("the goldens hold when AVX2 screens")
  func screenAVX2() async {
    await #expect(processExitsWith: .success) { try await Self.goldens(with: "screen-avx2") }
  }

  @Test("the goldens hold when plain C screens")
  func screenScalar() async {
    await #expect(processExitsWith: .success) { try await Self.goldens(with: "screen-scalar") }
  }
}

@Suite(
  "the model by the package's own kernels, compared with the engine",
  .enabled(if: TestSupport.engine != nil && TestSupport.demoModel != nil, "the engine or the demo model is not there"))
struct NativeAgainstEngineTests {
  @Test("vectors of real texts are the engine's within 1e-5, alone and in batches")
  func realTexts() async throws {
    let checkpoint = try Checkpoint(folder: #require(TestSupport.demoModel))
    let tokenizer = try WordPieceTokenizer(checkpoint.tokenizer)
    let page = try String(contentsOfFile: TestSupport.packageRoot + "/Documentation/ARCHITECTURE.md", encoding: .utf8)
    let texts = page.components(separatedBy: "\n\n").filter { $0.count > 20 }
    let sequences = texts.map { tokenizer.encode($0, maxLength: 256).ids }
    let native = try NativeForwardPass(checkpoint)
    let engine = try EngineForwardPass(checkpoint, engine: TensorEngine.load())
    let batch = PackedBatch(sequences)
    for goal in [EncodingGoal.throughput, .latency] {
      let (own, other) = (try await native.encode(batch, for: goal), try await engine.encode(batch, for: goal))
      #expect(own.count == other.count)
      for index in 0..<own.count {
        let (a, b) = (own.vector(at: index), other.vector(at: index))
        var weights: [UInt32: Float] = [:]
        for (term, weight) in zip(b.terms, b.weights) { weights[term.rawValue] = weight }
        for (term, weight) in zip(a.terms, a.weights) {
          #expect(abs(weight - (weights.removeValue(forKey: term.rawValue) ?? 0)) < 1e-5)
        }
        #expect(weights.values.allSatisfy { $0 < 1e-5 })
      }
    }
    let screening = try #require(native.screening)
    if screening.kernel != nil {
      #expect(!screening.standsDown)
      // Measured on passages: 2 to 4 a token with integers of 8 bits, 14 to 90 with 6.
      #expect((screening.survivorsPerToken ?? 0) > 0 && (screening.survivorsPerToken ?? 0) < 200)
    }
  }
}
