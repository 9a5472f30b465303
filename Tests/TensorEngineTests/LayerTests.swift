import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import TensorEngine

/// Layers, compared with the same mathematics out of libtorch's plain operations. Which machine has kernels of our own is
/// the engine's choice (PARLANCE_PRODUCT).
@Suite("layers", .enabled(if: TestSupport.engine != nil, "the engine is not built"), .serialized)
struct LayerTests {
  let engine: TensorEngine

  init() throws {
    engine = try TensorEngine.load()
    try engine.setRecording(true)
    try engine.seed(7)
  }

  private func leaf(_ shape: [Int]) throws -> Tensor {
    let tensor = try engine.normal(shape: shape)
    try tensor.setRequiresGradient()
    return tensor
  }

  /// The gradients of `leaves` for a loss that has the derivative `slopes` by `result`.
  private func gradients(_ result: Tensor, _ slopes: Tensor, _ leaves: [Tensor]) throws -> [[Float]] {
    for leaf in leaves { try leaf.clearGradient() }
    try Tensor.backward([result], from: [slopes])
    return try leaves.map { try #require(try $0.gradient()).floats() }
  }

  /// The greatest difference, as a share of the greatest number.
  private func error(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count else { return .infinity }
    let scale = expected.map { abs($0) }.max() ?? 1
    return (zip(found, expected).map { abs($0 - $1) }.max() ?? 0) / max(scale, 1e-6)
  }

  @Test(
    "a linear layer is a product with the transposed weight, and so are its gradients",
    arguments: [(130, 896, 64), (900, 64, 96), (129, 32, 32), (200, 40, 33), (3, 64, 64)])
  func linear(rows: Int, inputs: Int, outputs: Int) throws {
    let x = try leaf([rows, inputs]), weight = try leaf([outputs, inputs]), bias = try leaf([outputs])
    let slopes = try engine.normal(shape: [rows, outputs])
    for bias in [bias, nil] {
      let found = try Linear(weight: weight, bias: bias)(x)
      let product = try x.matrixProduct(weight.transposed(0, 1))
      let expected = try bias.map { try product.adding($0) } ?? product
      #expect(try error(found.floats(), expected.floats()) < 1e-5)
      let leaves = [x, weight] + (bias.map { [$0] } ?? [])
      let own = try gradients(found, slopes, leaves), plain = try gradients(expected, slopes, leaves)
      for (own, plain) in zip(own, plain) { #expect(error(own, plain) < 1e-5) }
    }
  }

  @Test("any number of cores gives a linear layer, dropout and attention the same bits")
  func cores() async throws {
    let engine = engine
    var results: [[Float]] = []
    for cores in [1, 2, 5] {
      let threads = try EngineThreads(engine: engine, count: 1, coresEach: cores, recordsGradients: true)
      results.append(
        try await threads.run { () throws(ParlanceError) in
          try engine.seed(3)
          let x = try engine.normal(shape: [700, 128]), weight = try engine.normal(shape: [64, 128])
          try weight.setRequiresGradient()
          let y = try Linear(weight: weight, bias: nil)(x).dropout(0.3)
          let z = try y.packedAttention(keys: y, values: y, starts: [0, 300, 700], heads: 2, dropout: 0.2)
          try Tensor.backward([z], from: [engine.normal(shape: [700, 64])])
          return try z.floats() + (weight.gradient()?.floats() ?? [])
        })
    }
    let numbers = 700 * 64 + 64 * 128
    #expect(results[0].count == numbers)
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  /// One head of one sequence by plain operations; `kept` multiplies the attention weights.
  private func attended(_ q: Tensor, _ k: Tensor, _ v: Tensor, kept: Tensor? = nil) throws -> Tensor {
    let width = Double(try q.shape()[1])
    let scores = try q.matrixProduct(k.transposed(0, 1)).scaled(by: 1 / width.squareRoot())
    let shares = try scores.softmax(along: 1)
    return try (kept.map { try shares.multiplied(by: $0) } ?? shares).matrixProduct(v)
  }

  @Test("attention stays inside its sequence and its head, and so do its gradients", arguments: [32, 64, 24])
  func attention(width: Int) throws { try checkAttention(lengths: [1, 5, 33, 0, 70], width: width) }

  @Test("all sequences at once, as devices do them, have the same attention")
  func attentionOfDevices() async {
    await #expect(processExitsWith: .success) { try Self.attentionAsOnDevices() }
  }

  private static func attentionAsOnDevices() throws {
    setenv("PARLANCE_KERNEL", "libtorch", 1)
    let tests = try LayerTests()
    #expect(tests.engine.description.contains("as other devices"))
    let all: [[Int]] = [[1, 5, 33, 0, 70], [40, 40, 40], [0, 7], [0]]
    for lengths in all { try tests.checkAttention(lengths: lengths, width: 32) }
  }

  /// Attention over sequences of these lengths, and its gradients, against each head of each sequence by itself.
  private func checkAttention(lengths: [Int], width: Int) throws {
    let heads = 2
    let starts = lengths.reduce(into: [Int32(0)]) { $0.append($0[$0.count - 1] + Int32($1)) }
    let shape = [lengths.reduce(0, +), heads * width]
    let leaves = try (0..<3).map { _ in try leaf(shape) }, slopes = try engine.normal(shape: shape)
    let found = try leaves[0].packedAttention(keys: leaves[1], values: leaves[2], starts: starts, heads: heads)
    guard shape[0] > 0 else { return #expect(try found.shape() == shape) }
    var parts: [Tensor] = []
    for (start, end) in zip(starts, starts.dropFirst()) where start < end {
      var own: [Tensor] = []
      for head in 0..<heads {
        let cut = try leaves.map {
          try $0.narrowed(0, to: Int(start)..<Int(end)).narrowed(1, to: head * width..<(head + 1) * width)
        }
        own.append(try attended(cut[0], cut[1], cut[2]))
      }
      parts.append(try engine.concatenated(own, along: 1))
    }
    let expected = try engine.concatenated(parts)
    #expect(try error(found.floats(), expected.floats()) < 1e-5)
    for (own, plain) in zip(try gradients(found, slopes, leaves), try gradients(expected, slopes, leaves)) {
      #expect(error(own, plain) < 1e-5)
    }
  }

  @Test("attention drops weights out, and its gradients pass through those that it kept")
  func attentionDropout() throws {
    let length = 30, width = 32
    let leaves = try (0..<3).map { _ in try leaf([length, width]) }
    let slopes = try engine.normal(shape: [length, width])
    func mixed(_ values: Tensor) throws -> Tensor {
      try engine.seed(11)
      return try leaves[0].packedAttention(
        keys: leaves[1], values: values, starts: [0, Int32(length)], heads: 1, dropout: 0.25)
    }
    // With one-hot values the result is the attention weights themselves.
    let identity = try engine.tensor(
      (0..<length * width).map { $0 / width == $0 % width ? 1 : 0 } as [Float], shape: [length, width])
    let shares = try attended(leaves[0], leaves[1], identity).floats(), dropped = try mixed(identity).floats()
    var kept: [Float] = []
    for row in 0..<length {
      for column in 0..<length {
        let (before, after) = (shares[row * width + column], dropped[row * width + column])
        kept.append(after == 0 ? 0 : 1 / 0.75)
        if after != 0 { #expect(abs(after - before / 0.75) < 1e-5) }
      }
    }
    #expect((0.2...0.3).contains(Double(kept.count { $0 == 0 }) / Double(kept.count)))
    let expected = try attended(leaves[0], leaves[1], leaves[2], kept: engine.tensor(kept, shape: [length, length]))
    let found = try mixed(leaves[2])
    #expect(try error(found.floats(), expected.floats()) < 1e-5)
    for (own, plain) in zip(try gradients(found, slopes, leaves), try gradients(expected, slopes, leaves)) {
      #expect(error(own, plain) < 1e-5)
    }
  }

  @Test("products in bfloat16 are near those in float32, have float32 gradients, and end with their scope")
  func bfloat16() throws {
    let x = try leaf([200, 64]), weight = try leaf([96, 64]), slopes = try engine.normal(shape: [200, 96])
    let whole = try Linear(weight: weight, bias: nil)(x)
    let half = try engine.with(.bfloat16, on: .cpu) { () throws(ParlanceError) in
      try Linear(weight: weight, bias: nil)(x).scaled(by: 1, plus: 0).converted(to: .float32)
    }
    #expect(try (1e-5..<1e-2).contains(error(half.floats(), whole.floats())))
    for (own, plain) in zip(try gradients(half, slopes, [x, weight]), try gradients(whole, slopes, [x, weight])) {
      #expect((1e-5..<1e-2).contains(error(own, plain)))
    }
    let failed = #expect(throws: ParlanceError.self) {
      try engine.with(.bfloat16, on: .cpu) { () throws(ParlanceError) in _ = try x.matrixProduct(x) }
    }
    #expect(failed?.code == .internalFault)
    #expect(try Linear(weight: weight, bias: nil)(x).floats() == whole.floats())
  }

  @Test("attention over scores that are no numbers gives no numbers")
  func notANumber() throws {
    var numbers = try engine.normal(shape: [40, 32]).floats()
    numbers[5 * 32] = .nan
    let x = try engine.tensor(numbers, shape: [40, 32])
    let mixed = try x.packedAttention(keys: x, values: x, starts: [0, 40], heads: 1).floats()
    #expect(mixed.allSatisfy { $0.isNaN })
  }

  @Test("dropout drops its share, scales the rest, and follows from the seed; the gradient has the same zeros")
  func dropout() throws {
    let x = try engine.full(1, shape: [300, 100])
    try x.setRequiresGradient()
    try engine.seed(5)
    let first = try x.dropout(0.1), second = try x.dropout(0.1).floats()
    try engine.seed(5)
    #expect(try x.dropout(0.1).floats() == first.floats())
    let numbers = try first.floats()
    #expect(numbers != second)
    #expect(numbers.allSatisfy { $0 == 0 || abs($0 - 1 / 0.9) < 1e-6 })
    // Three deviations of so many draws.
    let share = Double(numbers.count { $0 == 0 }) / 30000
    #expect(abs(share - 0.1) < 0.0052, "\(share)")
    // Rows and columns have their shares too, six deviations.
    for row in 0..<300 { #expect(numbers[row * 100..<row * 100 + 100].count { $0 == 0 } < 28) }
    for column in 0..<100 { #expect((0..<300).count { numbers[$0 * 100 + column] == 0 } < 62) }
    #expect(try gradients(first, engine.full(1, shape: [300, 100]), [x])[0] == numbers)
  }
}
