import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite("Numbers for people")
struct FixedDecimalTests {
  @Test("every rounding is printf's, over all sizes", arguments: [UInt64(17)])
  func equalsPrintf(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var wrong: [String] = []
    for _ in 0..<20_000 {
      let value =
        switch Int.random(in: 0..<5, using: &random) {
        case 0: Double.random(in: 0..<1, using: &random)
        case 1: Double(Int.random(in: -4000...4000, using: &random)) / 8
        case 2: Double(Int.random(in: 0...100_000, using: &random)) / 100_000
        case 3: Double.random(in: -1e9..<1e9, using: &random)
        default: Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
        }
      guard abs(value) < 1e15 else { continue }
      for digits in [0, 1, 3, 4, 9, 15] {
        let expected = String(format: "%.\(digits)f", value)
        let plain = expected.contains { ("1"..."9").contains($0) } ? expected : expected.replacing("-", with: "")
        if FixedDecimal.text(value, digits: digits) != plain { wrong.append("\(value) to \(digits): \(plain)") }
      }
    }
    #expect(wrong.isEmpty, "seed \(seed): \(wrong.prefix(3))")
  }

  @Test(
    "ties go to the even digit, and a zero has no sign",
    arguments: [
      (0.5, 0, "0"), (1.5, 0, "2"), (2.5, 0, "2"), (0.125, 2, "0.12"), (0.375, 2, "0.38"), (0.0005, 3, "0.001"),
      (1.0005, 3, "1.000"), (-0.0001, 3, "0.000"), (-0.0, 1, "0.0"), (0.9996, 3, "1.000"), (-1.25, 1, "-1.2"),
      (0, 0, "0"), (1e22, 0, "10000000000000000000000"), (.leastNonzeroMagnitude, 15, "0.000000000000000"),
      (.infinity, 2, "inf"),
      (-.infinity, 2, "-inf"), (.nan, 2, "nan"), (1e300, 2, "1e+300"),
    ])
  func ties(value: Double, digits: Int, text: String) {
    #expect(FixedDecimal.text(value, digits: digits) == text)
  }

  @Test("an interval is called by what it leaves out, a probability by its sign")
  func levels() {
    let names = [0.05, 0.01, 0.001, 0.025, 0.1].map { FixedDecimal.level(alpha: $0) }
    #expect(names == ["95 %", "99 %", "99.9 %", "97.5 %", "90 %"])
    #expect(FixedDecimal.relation(0.031) == "= 0.0310" && FixedDecimal.relation(0.00001) == "< 0.0001")
  }

  @Test("differences show their sign, unless they round to nothing")
  func signs() {
    #expect(FixedDecimal.signed(0.0312, digits: 3) == "+0.031")
    #expect(FixedDecimal.signed(-0.0312, digits: 3) == "-0.031")
    #expect(FixedDecimal.signed(0.0003, digits: 3) == "0.000")
  }

  @Test("shares, counts and probabilities")
  func kinds() {
    #expect(FixedDecimal.percent(0.4512) == "45.1 %")
    #expect(FixedDecimal.percent(1, digits: 0, unit: false) == "100")
    #expect(
      [0, 999, 1000, 41_280, -1_234_567].map(FixedDecimal.grouped) == ["0", "999", "1,000", "41,280", "-1,234,567"])
    #expect([1, 2, 1006].map { FixedDecimal.counted($0, "term") } == ["1 term", "2 terms", "1,006 terms"])
    #expect([0, 1].map { FixedDecimal.counted($0, "query", plural: "queries") } == ["0 queries", "1 query"])
    #expect(FixedDecimal.probability(0.00001) == "< 0.0001")
    #expect(FixedDecimal.probability(0.0001) == "0.0001")
    #expect(FixedDecimal.probability(1) == "1.0000")
  }
}
