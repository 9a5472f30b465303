import Checkpoints
import Diagnostics
import Foundation
import TensorEngine
import TestSupport
import Testing

@testable import SparseEncoder

/// What needs a process of its own: the resident set, and settings that the engine reads once.
@Suite(
  "the model in its own process", .enabled(if: TestSupport.engine != nil, "the engine is not built"), .serialized)
struct ModelProcessTests {
  @Test("10,000 encode calls leave no memory behind")
  func noLeak() async {
    await #expect(processExitsWith: .success) {
      let golden = try ModelJudge.golden("bert-old-names")
      let engine = try TensorEngine.load()
      let pass = try EngineForwardPass(Checkpoint(folder: ModelTests.checkpoints + "bert-old-names"), engine: engine)
      func encode(_ calls: Int) async throws {
        for call in 0..<calls {
          let batch = call % 10 == 0 ? PackedBatch(golden.sequences) : PackedBatch([golden.sequences[call % 6]])
          _ = try await pass.encode(batch, for: call.isMultiple(of: 50) ? .latency : .throughput)
        }
      }
      try await encode(1000)
      let (memory, tensors) = (try Self.residentBytes(), engine.liveTensors)
      try await encode(10_000)
      let growth = try Self.residentBytes() - memory
      #expect(growth < 4 << 20, "\(growth) bytes more after 10,000 calls")
      #expect(engine.liveTensors == tensors)
    }
  }

  static func residentBytes() throws -> Int {
    let statistics = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = try #require(statistics.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  /// The goldens by the kernel that PARLANCE_KERNEL names.
  static func goldens(with kernel: String) async throws {
    setenv("PARLANCE_KERNEL", kernel, 1)
    let engine = try TensorEngine.load()
    for name in ["bert-old-names", "distilbert-sum", "router-inference-free"] {
      let golden = try ModelJudge.golden(name)
      let pass = try EngineForwardPass(Checkpoint(folder: ModelTests.checkpoints + name), engine: engine)
      for goal in [EncodingGoal.throughput, .latency] {
        ModelJudge.expect(
          try await pass.encode(PackedBatch(golden.sequences), for: goal), equal: golden.rows, "\(name), \(kernel)")
      }
    }
    if kernel != "libtorch", !engine.description.contains("fused head \(kernel)") {
      print("this machine has no \(kernel); compared: \(engine.description)")
    }
  }

  @Test("the goldens hold for the kernel without vector extensions")
  func baseline() async {
    await #expect(processExitsWith: .success) { try await Self.goldens(with: "baseline") }
  }

  @Test("the goldens hold for the AVX2 kernel")
  func avx2() async {
    await #expect(processExitsWith: .success) { try await Self.goldens(with: "avx2") }
  }

  @Test("the goldens hold for the blocks of libtorch operations that other devices use")
  func libtorch() async {
    await #expect(processExitsWith: .success) { try await Self.goldens(with: "libtorch") }
  }
}
