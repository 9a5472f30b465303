import Diagnostics
import TestSupport
import Testing

@testable import TensorEngine

/// A head with few positive logits, of the size of a small model's.
private struct Head {
  var hidden, weight, bias: Tensor
  let starts: [Int32]

  /// - Parameter bias: the mean of the biases; the lower, the fewer logits are positive.
  init(_ engine: TensorEngine, seed: UInt64, bias: Double = -6) throws {
    try engine.seed(seed)
    hidden = try engine.normal(shape: [300, 64])
    weight = try engine.normal(deviation: 0.2, shape: [1000, 64])
    self.bias = try engine.normal(mean: bias, deviation: 0.5, shape: [1000])
    starts = [0, 7, 7, 120, 300]
  }

  func projection(screened: Bool) throws -> SpladeProjection {
    var projection = SpladeProjection(weight: weight, bias: bias, pooling: .max, activation: .log1pReLU)
    if screened { try projection.enableScreening() }
    return projection
  }
}

@Suite(
  "screening inside the engine", .enabled(if: TestSupport.engine != nil, "the engine is not built"), .serialized)
struct ScreeningTests {
  let engine: TensorEngine

  init() throws {
    engine = try TensorEngine.load()
    try engine.setRecording(true)
  }

  private func expectSame(_ a: SpladeProjection.Rows, _ b: SpladeProjection.Rows) throws {
    let (own, other) = (try a.weights.floats(), try b.weights.floats())
    #expect(a.starts == b.starts && a.terms == b.terms && a.positions == b.positions)
    #expect(zip(own, other).allSatisfy { abs($0 - $1) <= 1e-5 })
    #expect(!own.isEmpty)
  }

  @Test("terms, tokens and weights are those of the head that computes every logit")
  func sameRows() throws {
    for seed in 0..<5 as Range<UInt64> {
      let head = try Head(engine, seed: seed)
      let screened = try head.projection(screened: true)
      try expectSame(
        screened(head.hidden, starts: head.starts), head.projection(screened: false)(head.hidden, starts: head.starts))
      let report = try #require(screened.screening)
      if report.kernel != nil {
        #expect(!report.standsDown && report.tokens == 300)
        // Measured: 2 to 6 % with integers of 8 bits, 5 % more with 6.
        #expect(report.computedLogits > 0 && report.computedLogits < 300 * 1000 / 8)
      }
    }
  }

  @Test("gradients are those of the head that computes every logit")
  func sameGradients() throws {
    let head = try Head(engine, seed: 8)
    let parameters = [head.hidden, head.weight, head.bias]
    for parameter in parameters { try parameter.setRequiresGradient() }
    let all = try [false, true].map { screened in
      for parameter in parameters { try parameter.clearGradient() }
      try head.projection(screened: screened)(head.hidden, starts: head.starts).weights.squared().reduced(by: .sum)
        .backward()
      return try parameters.map { try #require(try $0.gradient()).floats() }
    }
    for (own, other) in zip(all[0], all[1]) {
      #expect(zip(own, other).allSatisfy { abs($0 - $1) < 1e-4 * max(1, abs($1)) })
    }
  }

  @Test("a weight that was stepped or assigned is quantised again")
  func changedWeight() throws {
    let head = try Head(engine, seed: 9)
    let screened = try head.projection(screened: true), other = try head.projection(screened: false)
    _ = try screened(head.hidden, starts: head.starts)
    try head.weight.assign(try engine.normal(deviation: 0.2, shape: [1000, 64]))
    try expectSame(screened(head.hidden, starts: head.starts), other(head.hidden, starts: head.starts))

    try head.weight.setRequiresGradient()
    try screened(head.hidden, starts: head.starts).weights.reduced(by: .sum).backward()
    let optimizer = try AdamW([head.weight])
    try optimizer.step(learningRate: 0.1)
    try expectSame(screened(head.hidden, starts: head.starts), other(head.hidden, starts: head.starts))
    try head.bias.assign(try engine.normal(mean: -5, shape: [1000]))
    try expectSame(screened(head.hidden, starts: head.starts), other(head.hidden, starts: head.starts))
  }

  @Test("it stands down when too much survives, and the answer stays")
  func standsDown() throws {
    let head = try Head(engine, seed: 10, bias: 1)
    let screened = try head.projection(screened: true)
    let other = try head.projection(screened: false)(head.hidden, starts: head.starts)
    for _ in 0..<3 { try expectSame(screened(head.hidden, starts: head.starts), other) }
    let report = try #require(screened.screening)
    // Without a kernel there is nothing to stand down.
    #expect(report.kernel == nil || report.standsDown)
    #expect(report.tokens <= 300)
  }
}
