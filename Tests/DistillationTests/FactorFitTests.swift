import Checkpoints
import Foundation
import SparseEncoder
import SparseVectors
import TestSupport
import Testing

@testable import Distillation

@Suite("fitting a student's factors")
struct FactorFitTests {
  private static let count = 3 * FactorFit.width

  /// Queries with random parts; the teacher's weights are what `factors` make of them, or random ones without.
  private func fit(seed: UInt64, queries: Int, factors: TermFactors? = nil) throws -> FactorFit {
    var generator = SeededGenerator(seed: seed)
    func vector() throws -> SparseVector {
      let terms = (UInt32(1)..<30).filter { _ in Bool.random(using: &generator) }
      return try #require(
        SparseVector(
          exactly: terms.map { TermID($0) }, weights: terms.map { _ in Float.random(in: 0.2...2, using: &generator) }))
    }
    var fit = FactorFit()
    for _ in 0..<queries {
      let tokens = (0..<Int.random(in: 4...40, using: &generator)).map { _ in
        Int32.random(in: 0..<30, using: &generator)
      }
      let places = TermPlaces(tokens: tokens.map { $0 < 5 ? 0 : $0 }, separator: 0)
      let (own, frozen) = (try vector(), try vector())
      let sum = ResidualSum(student: (own.terms, own.weights), frozen: frozen, gate: .scalar(1.1))
      let taught = factors.map { factors in
        ResidualSum(student: (own.terms, own.weights), frozen: frozen, gate: .scalar(1.1)) {
          factors($0, in: places, isFrozen: $1)
        }.vector
      }
      fit.add(sum, said: places, teacher: try taught ?? vector())
    }
    return fit
  }

  @Test("its slopes are those of finite differences, also where an exponent is held", arguments: UInt64(0)..<4)
  func slopes(seed: UInt64) throws {
    let fit = try fit(seed: seed, queries: 6)
    var generator = SeededGenerator(seed: seed + 100)
    var theta = (0..<Self.count).map { _ in Double.random(in: -0.3...0.3, using: &generator) }
    // Some exponents leave their bounds, above or below.
    theta[0] += [0, 0, -9, 6][Int(seed)]
    let expected = FiniteDifferences.gradient(at: theta) { fit.loss($0, ridge: 0.1) }
    let found = fit.slopes(theta, ridge: 0.1)
    #expect(FiniteDifferences.distance(found.gradient.map { 2 * $0 }, expected) < 1e-6)
    // Gauss and Newton's second derivative is the first one's slope along the errors' own directions: symmetric, positive.
    for row in 0..<Self.count {
      #expect(found.curvature[row * Self.count + row] >= 0.1)
      for column in 0..<row {
        #expect(found.curvature[row * Self.count + column] == found.curvature[column * Self.count + row])
      }
    }
  }

  @Test("linear equations are solved")
  func equations() {
    let matrix = [4.0, 1, 0.5, 1, 3, -1, 0.5, -1, 5], right = [1.0, -2, 3]
    for damping in [0, 0.5] {
      let x = FactorFit.solve(matrix, right, damping: damping)
      for row in 0..<3 {
        let product = (0..<3).reduce(0.0) { $0 + matrix[3 * row + $1] * x[$1] * ($1 == row ? 1 + damping : 1) }
        #expect(abs(product - right[row]) < 1e-12)
      }
    }
  }

  @Test("factors that made the teacher's weights are found again, but for the scale, which stays the student's")
  func recovers() throws {
    var generator = SeededGenerator(seed: 9)
    func theta() -> [Float] {
      TermFactors.Feature.allCases.map { _ in Float.random(in: -0.4...0.4, using: &generator) }
    }
    let factors = TermFactors(frozen: theta(), question: theta(), history: theta())
    let fit = try fit(seed: 3, queries: 300, factors: factors)
    let found = fit.factors(ridge: 1e-9)
    #expect(try self.fit(seed: 3, queries: 300, factors: factors).factors(ridge: 1e-9) == found)
    // Numbers that go together can stand for each other, so what they make of a term is compared.
    let places = TermPlaces(tokens: [5, 6, 0, 7, 8, 5, 0, 9, 7, 0, 8, 8, 0, 9], separator: 0)
    var ratios: [Float] = []
    for term in (UInt32(5)..<12).map({ TermID($0) }) {
      for isFrozen in [false, true] {
        let (found, planted) = (
          found(term, in: places, isFrozen: isFrozen), factors(term, in: places, isFrozen: isFrozen)
        )
        ratios.append(found.student / planted.student)
        if isFrozen { ratios.append(found.frozen / planted.frozen) }
      }
    }
    let scale = ratios[0]
    #expect(ratios.allSatisfy { abs($0 / scale - 1) < 0.02 }, "\(ratios)")
  }

  @Test("all queries together weigh what they did, and nothing to look at gives factors of 1")
  func mass() throws {
    let fit = try fit(seed: 5, queries: 40)
    let factors = fit.factors(ridge: 1e-3)
    let theta = (factors.question + factors.history + factors.frozen).map { Double($0) }
    #expect(theta.contains { abs($0) > 0.05 })
    #expect(abs(fit.mass(theta) / fit.mass(theta.map { _ in 0 }) - 1) < 1e-5)
    let none = FactorFit().factors(ridge: 1e-3)
    #expect((none.frozen + none.question + none.history).allSatisfy { $0 == 0 })
  }
}
