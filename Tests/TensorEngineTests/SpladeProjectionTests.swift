import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import TensorEngine

/// A head small enough to compute densely, with the dense answer beside the fused one.
private struct Case {
  var hidden_TH, weight_VH, bias_V: Tensor
  let starts: [Int32]
  let vocabulary: Int

  /// - Parameter bias: its mean; the lower, the fewer logits are positive.
  init(_ engine: TensorEngine, seed: UInt64, lengths: [Int], width: Int, vocabulary: Int, bias: Double) throws {
    try engine.seed(seed)
    starts = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1)) }
    hidden_TH = try engine.normal(shape: [lengths.reduce(0, +), width])
    weight_VH = try engine.normal(shape: [vocabulary, width])
    bias_V = try engine.normal(mean: bias, shape: [vocabulary])
    self.vocabulary = vocabulary
  }

  func projection(_ pooling: SpladeProjection.Pooling, _ activation: SpladeProjection.Activation) -> SpladeProjection {
    SpladeProjection(weight: weight_VH, bias: bias_V, pooling: pooling, activation: activation)
  }

  /// The pooled weights of one sequence, through all logits, by libtorch's recorded operations.
  func dense(
    _ index: Int, _ pooling: SpladeProjection.Pooling, _ activation: SpladeProjection.Activation
  ) throws -> Tensor {
    let own = try hidden_TH.narrowed(0, to: Int(starts[index])..<Int(starts[index + 1]))
    let logits = try Linear(weight: weight_VH, bias: bias_V)(own)
    if pooling == .max { return try Self.activated(logits.reduced(by: .max, along: 0), activation) }
    return try Self.activated(logits, activation).reduced(by: .sum, along: 0)
  }

  private static func activated(_ x: Tensor, _ activation: SpladeProjection.Activation) throws -> Tensor {
    let once = try x.relu().log1p()
    return activation == .log1pReLU ? once : try once.log1p()
  }
}

@Suite("the fused SPLADE head", .enabled(if: TestSupport.engine != nil, "the engine is not built"), .serialized)
struct SpladeProjectionTests {
  let engine: TensorEngine

  init() throws {
    engine = try TensorEngine.load()
    try engine.setRecording(true)
  }

  static let variants: [(SpladeProjection.Pooling, SpladeProjection.Activation)] = [
    (.max, .log1pReLU), (.max, .log1pLog1pReLU), (.sum, .log1pReLU), (.sum, .log1pLog1pReLU),
  ]

  @Test("weights and support equal the dense head's", arguments: 0..<4)
  func forward(variant: Int) throws {
    let (pooling, activation) = Self.variants[variant]
    // Every tile height, vocabularies around a panel's 32 columns, from mostly positive to mostly negative logits.
    let lengths = Array(1...31) + [0, 45, 100]
    for (seed, vocabulary) in [1, 31, 32, 33, 257].enumerated() {
      for bias in [2.0, -4.0, -12.0] {
        let head = try Case(
          engine, seed: UInt64(seed), lengths: lengths, width: 5 + seed, vocabulary: vocabulary, bias: bias)
        let dense = try lengths.indices.map { lengths[$0] == 0 ? [] : try head.dense($0, pooling, activation).floats() }
        for (isPrepared, isScreened) in [(false, false), (true, false), (false, true), (true, true)] {
          var projection = head.projection(pooling, activation)
          if isPrepared { try projection.prepare() }
          if isScreened { try projection.enableScreening() }
          let rows = try projection(head.hidden_TH, starts: head.starts)
          let weights = try rows.weights.floats()
          #expect(rows.starts.count == lengths.count + 1 && rows.starts.last == Int64(weights.count))
          for index in lengths.indices {
            var sparse = [Float](repeating: 0, count: lengths[index] == 0 ? 0 : vocabulary)
            let range = Int(rows.starts[index])..<Int(rows.starts[index + 1])
            for entry in range { sparse[Int(rows.terms[entry])] = weights[entry] }
            let differs = zip(sparse, dense[index]).contains { abs($0 - $1) >= 1e-5 * max(1, $1) }
            #expect(!differs, "seed \(seed), bias \(bias), sequence \(index)")
            #expect(zip(rows.terms[range], rows.terms[range].dropFirst()).allSatisfy { $0 < $1 })
            #expect(rows.positions[range].allSatisfy { (0..<Int32(lengths[index])).contains($0) })
          }
        }
      }
    }
  }

  @Test("the first of several equal tokens is the position, and it alone gets the gradient")
  func ties() throws {
    let row: [Float] = [1, -2, 0.5]
    let hidden = try engine.tensor(row + row + row + row, shape: [4, 3])
    try hidden.setRequiresGradient()
    let weight = try engine.tensor([1, 0, 0, 0, -1, 0] as [Float], shape: [2, 3])
    let bias = try engine.tensor([0, 0] as [Float], shape: [2])
    let rows = try SpladeProjection(weight: weight, bias: bias, pooling: .max, activation: .log1pReLU)(
      hidden, starts: [0, 1, 4])
    #expect(rows.positions == [0, 0, 0, 0])
    try rows.weights.reduced(by: .sum).backward()
    let gradient = try #require(try hidden.gradient()).floats()
    #expect(gradient[6..<12].allSatisfy { $0 == 0 })
    #expect(gradient[0] == 0.5 && gradient[3] == 0.5)
  }

  @Test("gradients equal those of PyTorch's dense head", arguments: 0..<4)
  func backward(variant: Int) throws {
    let (pooling, activation) = Self.variants[variant]
    let lengths = [3, 1, 17, 40]
    let head = try Case(engine, seed: 11, lengths: lengths, width: 12, vocabulary: 70, bias: -3)
    let parameters = [head.hidden_TH, head.weight_VH, head.bias_V]
    for parameter in parameters { try parameter.setRequiresGradient() }
    let factors = try engine.normal(shape: [lengths.count, head.vocabulary])

    var loss = try engine.full(0, shape: [])
    for index in lengths.indices {
      let row = try factors.narrowed(0, to: index..<index + 1).reshaped([-1])
      loss = try loss.adding(head.dense(index, pooling, activation).multiplied(by: row).reduced(by: .sum))
    }
    try loss.backward()
    let expected = try parameters.map { try #require(try $0.gradient()).floats() }
    for parameter in parameters { try parameter.clearGradient() }

    let rows = try head.projection(pooling, activation)(head.hidden_TH, starts: head.starts)
    let places = lengths.indices.flatMap { index in
      (rows.starts[index]..<rows.starts[index + 1]).map {
        Int64(index * head.vocabulary) + Int64(rows.terms[Int($0)])
      }
    }
    let chosen = try factors.reshaped([-1]).selecting(engine.tensor(places, shape: [places.count]), along: 0)
    try rows.weights.multiplied(by: chosen).reduced(by: .sum).backward()
    for (parameter, expected) in zip(parameters, expected) {
      let own = try #require(try parameter.gradient()).floats()
      #expect(zip(own, expected).allSatisfy { abs($0 - $1) < 1e-4 * max(1, abs($1)) })
      #expect(own.contains { $0 != 0 })
    }
  }

  @Test("gradients equal finite differences", arguments: 0..<4)
  func finiteDifferences(variant: Int) throws {
    let (pooling, activation) = Self.variants[variant]
    let head = try Case(engine, seed: 5, lengths: [2, 5], width: 4, vocabulary: 9, bias: 0)
    func loss(_ head: Case) throws -> Tensor {
      try head.projection(pooling, activation)(head.hidden_TH, starts: head.starts).weights.squared().reduced(by: .sum)
    }
    for path in [\Case.hidden_TH, \Case.weight_VH, \Case.bias_V] {
      try head[keyPath: path].setRequiresGradient()
      try loss(head).backward()
      let gradient = try #require(try head[keyPath: path].gradient()).floats()
      try head[keyPath: path].setRequiresGradient(false)
      let (values, shape) = (try head[keyPath: path].floats(), try head[keyPath: path].shape())
      let step: Float = 1e-2, here = try loss(head).scalar()
      for i in values.indices {
        let sides = try [-step, step].map { change in
          var (moved, own) = (head, values)
          own[i] += change
          moved[keyPath: path] = try engine.tensor(own, shape: shape)
          return (try loss(moved).scalar() - here) / change
        }
        // The maximum may change its place within a step; the gradient is then between both sides'.
        let slack = 0.03 * max(1, abs(gradient[i]))
        let range = (sides.min() ?? .nan) - slack...(sides.max() ?? .nan) + slack
        #expect(range.contains(gradient[i]), "number \(i): \(gradient[i]) is not in \(range)")
      }
    }
  }

  @Test("terms that are not active get no gradient")
  func untouched() throws {
    let head = try Case(engine, seed: 3, lengths: [8], width: 6, vocabulary: 64, bias: -2)
    try head.weight_VH.setRequiresGradient()
    let rows = try head.projection(.max, .log1pReLU)(head.hidden_TH, starts: head.starts)
    #expect(!rows.terms.isEmpty && rows.terms.count < 64)
    try rows.weights.reduced(by: .sum).backward()
    let gradient = try #require(try head.weight_VH.gradient()).floats()
    for term in 0..<64 where !rows.terms.contains(Int32(term)) {
      #expect(gradient[term * 6..<term * 6 + 6].allSatisfy { $0 == 0 })
    }
  }

  @Test("hidden states that are not finite are refused, not taken for an empty vector")
  func notFinite() throws {
    let (weight, bias) = (try engine.full(1, shape: [4, 2]), try engine.full(0, shape: [4]))
    for value in [Float.nan, .infinity] {
      let hidden = try engine.tensor([1, value], shape: [1, 2])
      let error = #expect(throws: ParlanceError.self) {
        try SpladeProjection(weight: weight, bias: bias, pooling: .max, activation: .log1pReLU)(hidden, starts: [0, 1])
      }
      #expect(error?.code == .badInput)
    }
  }

  @Test("shapes and starts that do not fit are refused")
  func badArguments() throws {
    let (hidden, bias) = (try engine.full(1, shape: [3, 2]), try engine.full(0, shape: [4]))
    for (shape, starts) in [
      ([4, 3], [0, 3]), ([5, 2], [0, 3]), ([4, 2], [0, 2]), ([4, 2], [1, 3]), ([4, 2], [0, 2, 1, 3]),
    ] {
      let weight = try engine.full(1, shape: shape)
      #expect(throws: ParlanceError.self) {
        try SpladeProjection(weight: weight, bias: bias, pooling: .max, activation: .log1pReLU)(
          hidden, starts: starts.map { Int32($0) })
      }
    }
  }
}
