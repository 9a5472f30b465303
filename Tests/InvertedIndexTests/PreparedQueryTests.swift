import Diagnostics
import SparseVectors
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

  @Test("fill that room and never more than 31 bits", arguments: [1, 2, 3, 50, 400])
  func factors(count: Int) throws {
    let scratch = try Scratch()
    var generator = SeededGenerator(seed: UInt64(count))
    let terms = (0..<count).map { TermID(UInt32($0)) }
    func vector() throws -> SparseVector {
      let weights = terms.map { _ in Float.random(in: 0.001...3, using: &generator) }
      return try #require(SparseVector(exactly: terms, weights: weights))
    }
    let passage = try vector()
    let index = try InvertedIndex.built(MemoryVectors([passage]), vocabularySize: count, at: scratch("index"))
    for _ in 0..<20 {
      let query = try vector()
      let prepared = try PreparedQuery(
        query, segments: index.segments.map(\.postings), vocabularySize: count)
      var total = 0.0
      for (weight, greatest) in zip(query.weights, passage.weights) { total += Double(weight) * Double(greatest / 255) }
      #expect(prepared.unit == 1 / (Double(2_147_483_392 - 255 * count) / (255 * total)))
      let greatestSum = 255 * prepared.wholeFactors[0].reduce(0) { $0 + Int($1) }
      #expect(greatestSum <= Int(Int32.max) && greatestSum > Int(Int32.max) - 255 * (2 * count + 1))
    }
  }

  @Test(
    "of one term are 8,421,502, the greatest whose product fits, whatever it weighs",
    arguments: [0.01, 1, 30] as [Float])
  func one(weight: Float) throws {
    let scratch = try Scratch()
    let index = try InvertedIndex.built(MemoryVectors([SparseVector([0: 2])]), vocabularySize: 1, at: scratch("index"))
    let prepared = try PreparedQuery(
      SparseVector([0: weight]), segments: index.segments.map(\.postings), vocabularySize: 1)
    #expect(prepared.wholeFactors == [[8_421_502]])
  }
}
