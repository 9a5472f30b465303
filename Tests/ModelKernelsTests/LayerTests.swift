import Foundation
import TestSupport
import Testing

@testable import ModelKernels

@Suite("layers by the package's own kernels")
struct LayerTests {
  /// Every set of instructions of this machine; a name that it cannot run gives the fastest.
  static let names = ["avx512", "avx2", "portable"]

  private func numbers(_ count: Int, _ random: inout SeededGenerator) -> [Float] {
    (0..<count).map { _ in Float.random(in: -2..<2, using: &random) }
  }

  @Test("products are those of the definition, whatever the sizes", arguments: names)
  func linear(name: String) {
    let kernels = KernelChoice(named: name)
    var random = SeededGenerator(seed: 1)
    for (rows, inputs, parts) in [
      (1, 1, [1]), (7, 3, [5, 2]), (14, 16, [32]), (15, 33, [31, 40]), (29, 64, [64, 64, 64]), (100, 20, [97]),
    ] {
      let weights = parts.map { numbers($0 * inputs, &random) }, biases = parts.map { numbers($0, &random) }
      let matrix = PackedMatrix(zip(weights, biases).map { (FloatBuffer($0), $1) }, inputs: inputs)
      let x = FloatBuffer(numbers(rows * inputs, &random)), y = FloatBuffer(count: rows * matrix.outputs + 1)
      y[rows * matrix.outputs] = 42
      // In two parts, as the members of a team do it.
      kernels.linear(x, matrix, rows: 0..<rows / 2, into: y)
      kernels.linear(x, matrix, rows: rows / 2..<rows, into: y)
      let (weight, bias) = (weights.flatMap { $0 }, biases.flatMap { $0 })
      for row in 0..<rows {
        for output in 0..<matrix.outputs {
          let exact = (0..<inputs).reduce(Double(bias[output])) { sum, k in
            sum + Double(x[row * inputs + k]) * Double(weight[output * inputs + k])
          }
          #expect(abs(Double(y[row * matrix.outputs + output]) - exact) < 1e-4, "\(rows) x \(inputs) x \(parts)")
        }
      }
      #expect(y[rows * matrix.outputs] == 42)
    }
  }

  @Test("non-linearities agree with the definition", arguments: names)
  func activations(name: String) {
    let kernels = KernelChoice(named: name)
    let values = (-1200...1203).map { Float($0) / 100 } + [0, -0.0, 1e-30, 30, -30, 1e10, -1e10]
    for (activation, exact) in [
      (LayerActivation.gelu, { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }),
      (.geluTanh, { 0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }),
      (.relu, { max(0, $0) }),
    ] as [(LayerActivation, (Double) -> Double)] {
      let x = FloatBuffer(values)
      kernels.activate(x, activation, width: values.count, rows: 0..<1)
      for (place, value) in values.enumerated() {
        let expected = exact(Double(value))
        #expect(abs(Double(x[place]) - expected) <= 2e-6 + 2e-7 * abs(expected), "\(activation) of \(value)")
      }
    }
  }

  @Test("normalised rows have the mean and variance that they should", arguments: names)
  func layerNorm(name: String) {
    let kernels = KernelChoice(named: name)
    var random = SeededGenerator(seed: 3)
    for width in [1, 5, 16, 37, 128] {
      let (x, residual) = (numbers(3 * width, &random), numbers(3 * width, &random))
      let (weight, bias) = (numbers(width, &random), numbers(width, &random))
      let norm = NormWeights(weight: weight, bias: bias, epsilon: 1e-3)
      for adds in [false, true] {
        let y = FloatBuffer(x)
        kernels.layerNorm(y, adding: adds ? FloatBuffer(residual) : nil, norm, rows: 1..<3)
        for k in 0..<width { #expect(y[k] == x[k]) }
        for row in 1..<3 {
          let own = (0..<width).map { Double(x[row * width + $0]) + (adds ? Double(residual[row * width + $0]) : 0) }
          let mean = own.reduce(0, +) / Double(width)
          let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
          for k in 0..<width {
            let expected = (own[k] - mean) / (variance + 1e-3).squareRoot() * Double(weight[k]) + Double(bias[k])
            #expect(abs(Double(y[row * width + k]) - expected) < 1e-5)
          }
        }
      }
    }
  }

  @Test("attention weighs values by the softmax of scaled products, inside its sequence", arguments: names)
  func attention(name: String) {
    let kernels = KernelChoice(named: name)
    var random = SeededGenerator(seed: 4)
    for (length, heads, headWidth) in [(1, 1, 4), (5, 2, 8), (33, 3, 5), (90, 2, 32)] {
      let width = heads * headWidth, before = 2
      let projections = FloatBuffer(numbers((before + length) * 3 * width, &random).map { 3 * $0 })
      let mixed = FloatBuffer(count: (before + length) * width)
      let room = FloatBuffer(count: KernelChoice.attentionRoom(length, headWidth))
      func part(_ token: Int, _ kind: Int, _ head: Int, _ k: Int) -> Double {
        Double(projections[(before + token) * 3 * width + kind * width + head * headWidth + k])
      }
      for head in 0..<heads {
        kernels.attention(
          projections, tokens: before..<before + length, head: head, headWidth: headWidth, width: width, room: room,
          into: mixed)
      }
      for token in 0..<length {
        for head in 0..<heads {
          let scores = (0..<length).map { other in
            exp(
              (0..<headWidth).reduce(0) { $0 + part(token, 0, head, $1) * part(other, 1, head, $1) }
                / Double(headWidth).squareRoot())
          }
          for k in 0..<headWidth {
            let expected = (0..<length).reduce(0) { $0 + scores[$1] * part($1, 2, head, k) } / scores.reduce(0, +)
            #expect(abs(Double(mixed[(before + token) * width + head * headWidth + k]) - expected) < 2e-5)
          }
        }
      }
      for k in 0..<before * width { #expect(mixed[k] == 0) }
    }
  }

  @Test("what is not a number stays so, whatever its bits, so that a damaged model is seen", arguments: names)
  func notNumbers(name: String) {
    let kernels = KernelChoice(named: name)
    for bits: UInt32 in [0x7FC0_0000, 0x7FC0_1235, 0xFFC0_0001] {
      let nan = Float(bitPattern: bits)
      for activation in [LayerActivation.gelu, .geluTanh, .relu] {
        var values = [Float](repeating: -1, count: 37)
        for place in [0, 15, 16, 36] { values[place] = nan }
        let x = FloatBuffer(values)
        kernels.activate(x, activation, width: 37, rows: 0..<1)
        for place in 0..<37 { #expect(x[place].isNaN == values[place].isNaN, "\(activation), \(place)") }
      }
      for length in [5, 40] {
        let projections = FloatBuffer((0..<length * 12).map { Float($0 % 7) / 10 })
        projections[2 * 12] = nan
        let mixed = FloatBuffer(count: length * 4)
        kernels.attention(
          projections, tokens: 0..<length, head: 0, headWidth: 4, width: 4,
          room: FloatBuffer(count: KernelChoice.attentionRoom(length, 4)), into: mixed)
        for token in 0..<length { #expect(mixed[4 * token].isNaN == (token == 2), "token \(token) of \(length)") }
      }
    }
  }

  @Test("numbers that are not finite are seen wherever they stand", arguments: names)
  func finite(name: String) {
    let kernels = KernelChoice(named: name)
    for value in [Float.nan, .infinity, -.infinity] {
      for place in [0, 15, 16, 36] {
        var x = [Float](repeating: .greatestFiniteMagnitude, count: 37)
        #expect(kernels.allFinite(FloatBuffer(x), count: 37))
        x[place] = value
        #expect(!kernels.allFinite(FloatBuffer(x), count: 37))
      }
    }
  }
}
