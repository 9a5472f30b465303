import Diagnostics
import SparseVectors
import TestSupport
import Testing

@testable import InvertedIndex

@Suite("The whole factors of a query")
struct PreparedQueryTests {
  @Test(
    "have exactly the room that the format gives them",
    arguments: [(0, 2_147_483_392), (1, 2_147_483_137), (2, 2_147_482_882), (4_000_000, 1_127_483_392)])
  func room(count: Int, room: Int) {
    #expect(PreparedQuery.room(forTerms: count) == room)
    #expect(PreparedQuery.greatestTermCount == 4_000_000)
  }

  private func prepared(
    _ query: [Float], passage: [Float], in scratch: Scratch
  ) throws -> (prepared: PreparedQuery, products: [Double]) {
    let terms = query.indices.map { TermID(UInt32($0)) }
    let vectors = MemoryVectors([try #require(SparseVector(exactly: terms, weights: passage))])
    let index = try InvertedIndex.built(vectors, vocabularySize: terms.count, at: scratch("index"))
    let prepared = try PreparedQuery(
      try #require(SparseVector(exactly: terms, weights: query)), segments: index.segments.map(\.postings),
      vocabularySize: terms.count)
    return (prepared, zip(query, passage).map { Double($0) * Double($1 / 255) })
  }

  @Test("have 15 bits at most, and a sum never more than 31", arguments: [1, 2, 3, 50, 257, 400, 3000])
  func factors(count: Int) throws {
    var generator = SeededGenerator(seed: UInt64(count))
    for _ in 0..<4 {
      func weights() -> [Float] { (0..<count).map { _ in Float.random(in: 0.001...3, using: &generator) } }
      let (prepared, products) = try prepared(weights(), passage: weights(), in: Scratch())
      let (total, most) = (products.reduce(0, +), try #require(products.max()))
      let room = Double(2_147_483_392 - 255 * count) / (255 * total)
      #expect(prepared.unit == 1 / min(32_767 / most, room))
      let factors = prepared.factors[0].map(Int.init)
      #expect(255 * factors.reduce(0, +) <= Int(Int32.max))
      #expect(factors.allSatisfy { (1...32_767).contains($0) })
      if 32_767 / most < room { #expect(factors.max() == 32_767) }
    }
  }

  @Test("fill 31 bits where many terms weigh the same", arguments: [258, 1000, 30_000])
  func room(equalTerms count: Int) throws {
    let weights = [Float](repeating: 1, count: count)
    let (prepared, _) = try prepared(weights, passage: weights, in: Scratch())
    let greatestSum = 255 * prepared.factors[0].reduce(0) { $0 + Int($1) }
    #expect(greatestSum <= Int(Int32.max) && greatestSum > Int(Int32.max) - 255 * (2 * count + 1))
  }

  @Test("of one term are the greatest, whatever it weighs", arguments: [0.01, 1, 30] as [Float])
  func one(weight: Float) throws {
    #expect(try prepared([weight], passage: [2], in: Scratch()).prepared.factors == [[32_767]])
  }

  @Test("are not made for f32, whose weights are multiplied as they are")
  func floats() throws {
    let scratch = try Scratch()
    let index = try InvertedIndex.built(
      MemoryVectors([SparseVector([0: 2, 1: 1])]), vocabularySize: 2, weights: .f32, at: scratch("index"))
    let prepared = try PreparedQuery(
      SparseVector([0: 0.25, 1: 3]), segments: index.segments.map(\.postings), vocabularySize: 2)
    #expect(prepared.factors.isEmpty && prepared.unit == 1)
  }
}
