import CKernels
import TestSupport
import Testing

/// Numbers that try to break the bound.
enum Difficulty: String, CaseIterable {
  case ordinary, outlierDimensions, hugeBiases, zeros, denormal, everyExponent, equalTokens, halfSteps, enormous

  /// A head of the given shape; what is not said is normally distributed, or nearly.
  func head(
    width: Int, vocabulary: Int, tokens: Int, using random: inout SeededGenerator
  ) -> (hidden: [Float], weight: [Float], bias: [Float]) {
    func one(of numbers: [Float]) -> Float { numbers[Int.random(in: numbers.indices, using: &random)] }
    func normal() -> Float { (0..<6).reduce(-3) { sum, _ in sum + Float.random(in: 0..<1, using: &random) } }
    var hidden = (0..<tokens * width).map { _ in normal() * 2 }
    var weight = (0..<vocabulary * width).map { _ in normal() * 0.1 }
    var bias = (0..<vocabulary).map { _ in normal() - 2 }
    let special = Int.random(in: 0..<width, using: &random)
    switch self {
    case .ordinary: break
    case .outlierDimensions:
      for place in stride(from: special, to: hidden.count, by: width) { hidden[place] *= 200 }
      for place in stride(from: (special + 1) % width, to: weight.count, by: width) { weight[place] *= 1000 }
    case .hugeBiases:
      for place in bias.indices { bias[place] = one(of: [1e30, -1e30, 1e8, -1e8, 0]) }
    case .zeros:
      for place in weight.indices where place / width % 3 == 0 { weight[place] = 0 }
      for place in hidden.indices where place / width % 2 == 0 { hidden[place] = 0 }
      for place in stride(from: 0, to: bias.count, by: 2) { bias[place] = place % 4 == 0 ? 0 : 1e-30 }
    case .denormal:
      let tiny = Float.leastNormalMagnitude / 128
      for place in hidden.indices where place / width % 2 == 0 { hidden[place] *= tiny }
      for place in weight.indices where place / width % 2 == 0 { weight[place] *= tiny }
      for place in bias.indices { bias[place] *= one(of: [0, tiny, 1e-20]) }
    case .everyExponent:
      func scaled(_ x: Float) -> Float {
        x * Float(sign: .plus, exponent: .random(in: -60...30, using: &random), significand: 1)
      }
      hidden = hidden.map(scaled)
      weight = weight.map(scaled)
      bias = bias.map(scaled)
    case .equalTokens:
      for place in hidden.indices { hidden[place] = hidden[place % width] }
      bias = bias.map { $0 + 3 }
    case .halfSteps:
      // What quantising leaves is as large as it can be and lies along the row, where Cauchy and Schwarz are equal.
      let signs = (0..<width).map { _ in Bool.random(using: &random) ? Float(1) : -1 }
      for place in hidden.indices {
        let step = Int.random(in: 0..<30, using: &random)
        hidden[place] = place % width == special ? 127 : (Float(step) + 0.499) * signs[place % width]
      }
      for place in weight.indices {
        weight[place] = (place % width == special ? 127 : 1) * 0.001 * signs[place % width]
      }
    case .enormous:
      for place in hidden.indices { hidden[place] *= 1e15 }
      for place in weight.indices { weight[place] *= place / width % 2 == 0 ? 1e-17 : 1e15 }
    }
    return (hidden, weight, bias)
  }
}

@Suite("the screened vocabulary product")
struct ScreenTests {
  static let widths = [1, 3, 4, 5, 8, 12, 16, 20, 31, 32, 40, 48, 64, 96, 128, 130, 256, 312]

  private func product(
    _ kernel: String, _ difficulty: Difficulty, seed: UInt64, hasCentre: Bool
  ) -> ScreenedProduct {
    var random = SeededGenerator(seed: seed)
    let width = Self.widths[Int.random(in: Self.widths.indices, using: &random)]
    let vocabulary = Int.random(in: 1...70, using: &random)
    let lengths = (0..<3).map { _ in Int.random(in: 0...31, using: &random) }
    let head = difficulty.head(
      width: width, vocabulary: vocabulary, tokens: lengths.reduce(0, +), using: &random)
    let centre = hasCentre ? (0..<width).map { _ in Float.random(in: -2..<2, using: &random) } : nil
    return ScreenedProduct(
      kernel, hidden: head.hidden, weight: head.weight, bias: head.bias, centre: centre, width: width,
      lengths: lengths)
  }

  @Test("no logit is above its bound, whatever the numbers", arguments: Difficulty.allCases)
  func bounds(difficulty: Difficulty) {
    for kernel in ScreenedProduct.kernels {
      for seed in 0..<12 as Range<UInt64> {
        let product = product(kernel, difficulty, seed: seed, hasCentre: seed % 3 == 2)
        var broken = 0
        product.forEachBound { sequence, token, column, bound in
          let logit = product.logit(token: Int(product.starts[sequence]) + token, column: column)
          if logit > bound { broken += 1 }
        }
        #expect(broken == 0, "\(kernel), \(difficulty), seed \(seed)")
      }
    }
  }

  @Test("what is found is, bit for bit, what computing every logit finds", arguments: Difficulty.allCases)
  func sameAnswer(difficulty: Difficulty) {
    for kernel in ScreenedProduct.kernels {
      for seed in 100..<112 as Range<UInt64> {
        let product = product(kernel, difficulty, seed: seed, hasCentre: seed % 3 == 2)
        for sums in [false, true] {
          let (hits, computed) = product.screened(sums: sums)
          // Screening goes panel by panel, and inside a panel sequence by sequence.
          #expect(Set(hits) == Set(product.exhaustive(sums: sums)), "\(kernel), \(difficulty), seed \(seed)")
          #expect(hits.count == Set(hits).count)
          #expect(computed >= hits.count)
          for pair in zip(hits, hits.dropFirst()) where pair.0.sequence == pair.1.sequence && !sums {
            #expect(pair.0.column < pair.1.column)
          }
        }
      }
    }
  }

  @Test("all kernels and all centres find the same bits")
  func sameBits() {
    for seed in 200..<240 as Range<UInt64> {
      let difficulty = Difficulty.allCases[Int(seed) % Difficulty.allCases.count]
      let expected = product("scalar", difficulty, seed: seed, hasCentre: false).screened(sums: false).hits
      for kernel in ScreenedProduct.kernels {
        for hasCentre in [false, true] {
          let hits = product(kernel, difficulty, seed: seed, hasCentre: hasCentre).screened(sums: false).hits
          #expect(hits == expected, "\(kernel), \(difficulty), seed \(seed)")
        }
      }
    }
  }

  @Test("a search for numbers that exceed their bound finds none", arguments: [3, 24, 32, 130])
  func hillClimb(width: Int) {
    for kernel in ScreenedProduct.kernels {
      var random = SeededGenerator(seed: UInt64(width))
      var hidden = (0..<width).map { _ in Float.random(in: -1..<1, using: &random) }
      var row = hidden.map { $0 * 0.3 }
      // How far the bound is above the logit, as a share of what rounding could make of it.
      func margin(_ hidden: [Float], _ row: [Float]) -> Float {
        let product = ScreenedProduct(kernel, hidden: hidden, weight: row, bias: [-1], width: width, lengths: [1])
        var margin: Float = 0
        product.forEachBound { _, token, column, bound in margin = bound - product.logit(token: token, column: column) }
        return margin / zip(hidden, row).reduce(1e-30) { $0 + abs($1.0 * $1.1) }
      }
      var least = margin(hidden, row)
      for _ in 0..<400 {
        let place = Int.random(in: 0..<width, using: &random)
        let factor = Float.random(in: 0.5..<1.5, using: &random)
        let (hiddenBefore, rowBefore) = (hidden[place], row[place])
        if Bool.random(using: &random) { hidden[place] *= factor } else { row[place] *= factor }
        let own = margin(hidden, row)
        if own <= least { least = own } else { (hidden[place], row[place]) = (hiddenBefore, rowBefore) }
      }
      #expect(least >= 0, "\(kernel), width \(width): \(least)")
    }
  }

  @Test("of ordinary numbers with rare positive logits, few are computed")
  func computesFew() {
    var random = SeededGenerator(seed: 5)
    let head = Difficulty.ordinary.head(width: 128, vocabulary: 640, tokens: 40, using: &random)
    let bias = head.bias.map { $0 * 0.2 - 3.2 }
    for kernel in ScreenedProduct.kernels {
      let product = ScreenedProduct(
        kernel, hidden: head.hidden, weight: head.weight, bias: bias, width: 128, lengths: [40])
      let (hits, computed) = product.screened(sums: false)
      #expect(!hits.isEmpty)
      // Measured: 7 to 8 bits compute about 1 %, 6 bits about 4 %.
      #expect(computed < 40 * 640 / 10, "\(kernel): \(computed)")
    }
  }

  @Test("numbers that are not finite in the weight give what computing every logit gives")
  func notFinite() {
    for kernel in ScreenedProduct.kernels {
      var random = SeededGenerator(seed: 9)
      var head = Difficulty.ordinary.head(width: 20, vocabulary: 50, tokens: 9, using: &random)
      head.weight[3] = .nan
      head.weight[25] = .infinity
      head.bias[4] = .nan
      head.bias[5] = .infinity
      head.bias[6] = -.infinity
      let product = ScreenedProduct(
        kernel, hidden: head.hidden, weight: head.weight, bias: head.bias, width: 20, lengths: [9])
      #expect(product.screened(sums: false).hits == product.exhaustive(sums: false))
    }
  }

  @Test("names that are no kernel are not found")
  func names() {
    #expect(parlance_screen_named("sse9") == nil)
    #expect(ScreenedProduct.kernels.contains(String(cString: parlance_screen_name(parlance_screen_best()))))
    #expect(ScreenedProduct.kernels.contains("scalar"))
  }

  @Test(
    "a quantised weight is recognised panel by panel, and not when any byte of a panel is another",
    arguments: ScreenedProduct.kernels)
  func recognised(kernel: String) {
    let product = product(kernel, .ordinary, seed: 5, hasCentre: false)
    var random = SeededGenerator(seed: 6)
    for _ in 0..<50 {
      let (before, after) = product.recognises(damageAt: Int.random(in: 0..<1_000_000, using: &random))
      #expect(before.allSatisfy { $0 })
      #expect(after.count { !$0 } == 1)
    }
  }
}
