import Checkpoints
import Foundation
import SparseVectors
import TestSupport
import Testing

@testable import SparseEncoder

@Suite("where a query's terms were said")
struct TermPlacesTests {
  /// Question 10 11; answer 20 20 11; question 30 10; answer 20; first question 40 30. 0 is the separator.
  private let places = TermPlaces(tokens: [10, 11, 0, 20, 20, 11, 0, 30, 10, 0, 20, 0, 40, 30], separator: 0)

  private func features(_ term: UInt32, in places: TermPlaces) -> [TermFactors.Feature: Double] {
    Dictionary(uniqueKeysWithValues: zip(TermFactors.Feature.allCases, places.features(of: TermID(term))))
  }

  @Test("each number is what its description says")
  func features() {
    let always: [TermFactors.Feature: Double] = [.one: 1, .depth: log(3), .length: log(3)]
    func expect(_ term: UInt32, _ numbers: [TermFactors.Feature: Double]) {
      let expected = always.merging(numbers) { $1 }
      for (feature, number) in features(term, in: places) {
        #expect(abs(number - expected[feature, default: 0]) < 1e-12, "\(term) \(feature)")
      }
    }
    expect(10, [.question: 1, .user: 1, .userRecency: 1, .userShare: 0.5, .userCount: log(2)])
    expect(
      11,
      [
        .question: 1, .assistant: 1, .assistantRecency: 1, .assistantShare: 0.5, .assistantCount: log(2),
        .assistantFrequency: log(2),
      ])
    expect(
      20,
      [
        .assistant: 1, .assistantRecency: 1, .assistantShare: 1, .assistantCount: log(3), .assistantFrequency: log(4),
      ])
    expect(30, [.user: 1, .first: 1, .userRecency: 1, .userShare: 1, .userCount: log(3)])
    expect(40, [.user: 1, .first: 1, .userRecency: 0.5, .userShare: 0.5, .userCount: log(2)])
    expect(99, [:])
  }

  @Test("a first question has no history, and an empty query nothing")
  func alone() {
    let alone = features(10, in: TermPlaces(tokens: [10, 10], separator: 0))
    #expect(alone[.question] == 1 && alone[.depth] == 0 && alone[.first] == 0 && alone[.length] == log1p(2))
    #expect(features(10, in: TermPlaces(tokens: [], separator: 0))[.question] == 0)
  }

  @Test("a factor is exp(theta . x) of the term's group, held between its bounds")
  func factors() {
    func theta(_ one: Float, _ user: Float = 0) -> [Float] {
      TermFactors.Feature.allCases.map { $0 == .one ? one : $0 == .user ? user : 0 }
    }
    let factors = TermFactors(frozen: theta(-9), question: theta(0.5, 0.25), history: theta(0.125, 9))
    func close(_ left: Float, _ right: Double) -> Bool { abs(Double(left) - right) < 1e-6 * right }
    // The last question has it; it does not, but the frozen vector does; neither.
    let (asked, expanded, other) = (
      factors(TermID(10), in: places, isFrozen: false), factors(TermID(20), in: places, isFrozen: true),
      factors(TermID(40), in: places, isFrozen: false)
    )
    #expect(close(asked.student, exp(0.75)) && asked.frozen == 1)
    #expect(close(expanded.student, exp(0.5)) && close(expanded.frozen, exp(-5)))
    #expect(close(other.student, exp(3)) && other.frozen == 1)
  }

  @Test("both parts of a sum are multiplied, and told apart afterwards")
  func sum() throws {
    let student = try #require(SparseVector(exactly: [TermID(1), TermID(2)], weights: [1, 2]))
    let frozen = try #require(SparseVector(exactly: [TermID(2), TermID(3)], weights: [4, 8]))
    let sum = ResidualSum(student: (student.terms, student.weights), frozen: frozen, gate: .scalar(0.5)) { term, has in
      (student: has ? 3 : 5, frozen: term == TermID(3) ? 0 : 7)
    }
    #expect(sum.studentParts == [5, 6, 0] && sum.frozenParts == [0, 14, 0] && sum.weights == [5, 20, 0])
    #expect(sum.vector == SparseVector(exactly: [TermID(1), TermID(2)], weights: [5, 20]))
  }

  @Test("the history counts whole, also where the student reads a part of it")
  func wholeHistory() async throws {
    let folder = try TestSupport.temporaryFolder("factors")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let source = try Checkpoint(folder: TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names")
    for part in ["/student", "/student/frozen"] { try source.copy(to: folder + part, maxLength: 6) }
    func declare(_ question: [Float]) throws {
      let zeros = question.map { _ in Float(0) }
      try StudentDeclaration(
        passageSpaceDigest: "ab", passageSpaceName: "x", form: "conversation",
        residual: .init(gate: .scalar(0.5), factors: .init(frozen: zeros, question: question, history: question))
      ).write(to: folder + "/student")
    }
    func encode(_ text: String) async throws -> SparseVector {
      let checkpoint = try Checkpoint(folder: folder + "/student")
      let frozen = try checkpoint.frozenPart().map { part in
        try SparseEncoder(checkpoint: part, forward: NativeForwardPass(part, cores: 1))
      }
      let student = try SparseEncoder(
        checkpoint: checkpoint, forward: NativeForwardPass(checkpoint, cores: 1), frozen: frozen)
      let query = try await student.encode(query: text)
      // A file of turns and a turn that somebody waits for go different ways.
      #expect(try await student.encode([text], as: .query)[0].vector == query.vector)
      #expect(try student.encodeBlocking(query: text).vector == query.vector)
      return query.vector
    }
    let short = "undo last commit branch", long = short + " [SEP] the merged tag [SEP] names"
    try declare(TermFactors.Feature.allCases.map { _ in 0 })
    // What is cut off is no part of the vector, and with factors of 1 it makes no difference.
    let plain = try await encode(short)
    #expect(try await encode(long) == plain)
    try declare(TermFactors.Feature.allCases.map { $0 == .depth ? 1 : 0 })
    #expect(try await encode(short) == plain)
    #expect(try await encode(long) != plain)
  }
}
