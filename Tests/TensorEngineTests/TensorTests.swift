import Diagnostics
import TestSupport
import Testing

@testable import TensorEngine

@Suite("tensors", .enabled(if: TestSupport.engine != nil, "the engine is not built"), .serialized)
struct TensorTests {
  let engine: TensorEngine

  init() throws {
    engine = try TensorEngine.load()
  }

  @Test("numbers come out as they went in")
  func roundTrip() throws {
    let x = try engine.tensor([1, 2.5, -3, .infinity, 0, 7] as [Float], shape: [2, 3])
    #expect(try x.floats() == [1, 2.5, -3, .infinity, 0, 7])
    #expect(try x.shape() == [2, 3])
    #expect(try x.device() == .cpu)
    #expect(try engine.tensor([Int64.min, 5], shape: [2]).int64s() == [Int64.min, 5])
    #expect(try engine.tensor([Int32.max], shape: []).int32s() == [Int32.max])
    #expect(try engine.tensor([Float](), shape: [0, 4]).floats().isEmpty)
    #expect(try engine.tensor([1, 2] as [Int32], shape: [2]).converted(to: .float32).floats() == [1, 2])
  }

  @Test("arithmetic agrees with a few numbers worked out by hand")
  func arithmetic() throws {
    let x = try engine.tensor([1, -2, 3, 4] as [Float], shape: [2, 2])
    let y = try engine.tensor([2, 10] as [Float], shape: [2])
    #expect(try x.adding(y).floats() == [3, 8, 5, 14])
    #expect(try x.subtracting(y).floats() == [-1, -12, 1, -6])
    #expect(try x.multiplied(by: y).floats() == [2, -20, 6, 40])
    #expect(try x.divided(by: y).floats() == [0.5, -0.2, 1.5, 0.4])
    #expect(try x.maximum(y).floats() == [2, 10, 3, 10])
    #expect(try x.scaled(by: 2, plus: 1).floats() == [3, -3, 7, 9])
    #expect(try x.relu().floats() == [1, 0, 3, 4])
    #expect(try x.negated().magnitude().squared().squareRoot().floats() == [1, 2, 3, 4])
    #expect(try x.matrixProduct(x).floats() == [-5, -10, 15, 10])
    #expect(try x.transposed(0, 1).floats() == [1, 3, -2, 4])
    #expect(try x.narrowed(1, to: 1..<2).floats() == [-2, 4])
    #expect(try x.reshaped([4, -1]).shape() == [4, 1])
    #expect(try x.reduced(by: .sum, along: 0).floats() == [4, 2])
    #expect(try x.reduced(by: .max, along: -1, keepingDimension: true).shape() == [2, 1])
    #expect(try x.reduced(by: .mean).scalar() == 1.5)
    #expect(try engine.concatenated([x, x], along: 1).shape() == [2, 4])
    let rows = try engine.tensor([1, 1, 0] as [Int64], shape: [3])
    #expect(try x.selecting(rows, along: 0).floats() == [3, 4, 3, 4, 1, -2])
    #expect(try x.selecting(rows, along: 0).addingRows(at: rows, into: 3).floats() == [1, -2, 6, 8, 0, 0])
    let softmax = try x.softmax(along: 1).log().floats()
    #expect(zip(softmax, try x.logSoftmax(along: 1).floats()).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(abs(try x.log1p().floats()[2] - 1.3862944) < 1e-6)
    #expect(abs(try engine.tensor([1] as [Float], shape: [1]).gelu().scalar() - 0.8413447) < 1e-6)
  }

  @Test("a call that makes no sense is an error with the engine's message, and the engine goes on")
  func errors() throws {
    let x = try engine.tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    let y = try engine.tensor([1, 2, 3] as [Float], shape: [3])
    let error = #expect(throws: ParlanceError.self) { try x.matrixProduct(y) }
    #expect(error?.code == .internalFault)
    #expect(error?.message.contains("size mismatch") == true, "\(error?.message ?? "no error")")
    #expect(error?.message.contains("frame #") == false, "no C++ backtrace in a message")
    #expect(throws: ParlanceError.self) { try x.int64s() }
    #expect(throws: ParlanceError.self) { try x.scalar() }
    #expect(throws: ParlanceError.self) { try engine.tensor([1, 2, 3] as [Float], shape: [2]) }
    #expect(throws: ParlanceError.self) { try x.packedAttention(keys: x, values: x, starts: [0, 1], heads: 1) }
    #expect(throws: ParlanceError.self) { try x.packedAttention(keys: x, values: x, starts: [0, 2], heads: 3) }
    #expect(try x.adding(x).floats() == [2, 4, 6, 8])
  }

  @Test("a device that is not there is refused with those that are")
  func absentDevice() throws {
    #expect(engine.devices.first == .cpu)
    let absent = Device.cuda(250)
    let error = #expect(throws: ParlanceError.self) { try engine.check(absent) }
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("cuda:250") == true)
  }

  @Test("a tensor is freed with its last reference")
  func release() async {
    // In a process of its own: the engine counts the tensors of all suites together.
    await #expect(processExitsWith: .success) {
      let engine = try TensorEngine.load()
      let x = try engine.full(1, shape: [1000])
      let before = engine.liveTensors
      for _ in 0..<1000 { _ = try x.scaled(by: 2) }
      #expect(engine.liveTensors == before)
      let held = try (0..<10).map { _ in try x.scaled(by: 2) }
      #expect(engine.liveTensors == before + 10)
      withExtendedLifetime((x, held)) {}
    }
  }

  @Test("gradients flow through recorded operations and only there")
  func gradients() throws {
    try engine.setRecording(true)
    let x = try engine.tensor([1, 2, 3] as [Float], shape: [3])
    try x.setRequiresGradient()
    try x.multiplied(by: x).reduced(by: .sum).backward()
    #expect(try x.gradient()?.floats() == [2, 4, 6])
    try x.reduced(by: .sum).backward()
    #expect(try x.gradient()?.floats() == [3, 5, 7])
    try x.clearGradient()
    #expect(try x.gradient() == nil)
    try engine.setRecording(false)
    #expect(throws: ParlanceError.self) { try x.reduced(by: .sum).backward() }
    try engine.setRecording(true)
    let copy = try x.detached()
    try copy.assign(engine.full(9, shape: [3]))
    #expect(try copy.floats() == [9, 9, 9])
  }

  @Test("what is not recorded has no gradient, and behind it recording goes on, whatever came of it")
  func withoutRecording() throws {
    try engine.setRecording(true)
    let x = try engine.tensor([1, 2, 3] as [Float], shape: [3])
    try x.setRequiresGradient()
    let sum = try engine.withoutRecording { () throws(ParlanceError) in try x.reduced(by: .sum) }
    #expect(try sum.floats() == [6])
    #expect(throws: ParlanceError.self) { try sum.backward() }
    let error = #expect(throws: ParlanceError.self) {
      try engine.withoutRecording { () throws(ParlanceError) -> Void in throw ParlanceError(.badInput, "as it should") }
    }
    #expect(error?.message == "as it should")
    try x.reduced(by: .sum).backward()
    #expect(try x.gradient()?.floats() == [1, 1, 1])
  }

  @Test("each engine thread keeps its own number of cores")
  func threads() async throws {
    let engine = engine
    let narrow = try EngineThreads(engine: engine, count: 2, coresEach: 1)
    let wide = try EngineThreads(engine: engine, count: 1, coresEach: 2)
    for _ in 0..<20 {
      #expect(try await narrow.run { () throws(ParlanceError) in try engine.threadCount() } == 1)
      #expect(try await wide.run { () throws(ParlanceError) in try engine.threadCount() } == 2)
    }
    await #expect(throws: ParlanceError.self) {
      try await narrow.run { () throws(ParlanceError) in throw ParlanceError(.badInput, "as it should") }
    }
  }
}
