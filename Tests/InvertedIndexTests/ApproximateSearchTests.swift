import Diagnostics
import Identifiers
import SparseVectors
import TestSupport
import Testing

@testable import InvertedIndex

@Suite("Approximate search")
struct ApproximateSearchTests {
  /// The terms that a dial lets be scanned, by the words of the documentation.
  private func scanned(_ query: SparseVector, _ dial: Double, matched: Set<TermID>) -> Set<TermID> {
    let terms = zip(query.terms, query.weights).filter { matched.contains($0.0) }
    let total = terms.reduce(0) { $0 + Double($1.1) }
    var left = 0.0
    var kept = Set(terms.map(\.0))
    for (term, weight) in terms.sorted(by: { ($0.1, $1.0) < ($1.1, $0.0) }) {
      left += Double(weight)
      if left > dial * total { break }
      kept.remove(term)
    }
    return kept
  }

  @Test(
    "scores what it finds as an exact search does, and finds all that the scanned terms have",
    arguments: 0..<25 as Range<UInt64>)
  func exactScores(seed: UInt64) throws {
    let scratch = try Scratch()
    var collection = RandomCollection(seed: seed)
    let matched = Set(collection.vectors.flatMap(\.terms))
    for weights in StoredWeights.allCases {
      let perRange = collection.number(in: 1...150)
      let index = try InvertedIndex.built(
        MemoryVectors(collection.vectors), vocabularySize: collection.vocabularySize, weights: weights,
        passagesPerRange: perRange, at: scratch(weights.rawValue))
      let plain = PlainScoring(vectors: collection.vectors, weights: weights, passagesPerRange: perRange)
      for dial in [0, 0.2, 0.5, 0.95] {
        let query = collection.query()
        let all = plain.search(query, k: max(1, collection.vectors.count))
        let terms = scanned(query, dial, matched: matched)
        let found = all.filter { !terms.isDisjoint(with: collection.vectors[Int($0.document.rawValue)].terms) }
        let approximation = try Approximation(dial: dial)
        // So many that each passage with a scanned term is a candidate.
        let answer = try index.search(query, k: max(1, collection.vectors.count), approximation: approximation)
        #expect(answer.hits == found, "seed \(seed), \(weights), dial \(dial)")
        let isWhole = terms.count == Set(query.terms).intersection(matched).count
        #expect(answer.isExact == isWhole && answer.approximation == (isWhole ? nil : approximation))
        // And fewer: of the found ones, in their order, no score another's.
        let few = try index.search(query, k: 3, approximation: approximation).hits
        #expect(few.count == min(3, found.count) && few.allSatisfy(Set(all).contains), "seed \(seed), \(weights)")
        #expect(few == few.sorted { ($1.score, $0.document) < ($0.score, $1.document) })
      }
    }
  }

  @Test("finds in all segments, and no deleted passage")
  func segments() throws {
    let scratch = try Scratch()
    try DamageTests.buildLive(scratch("index"))
    let index = try InvertedIndex(path: scratch("index"))
    #expect(index.segments.count > 1 && index.deletedCount > 0)
    let query = SparseVector([0: 1, 2: 0.5, 3: 2])
    let exact = try index.search(query, k: 10).hits
    let answer = try index.search(query, k: 10, approximation: try Approximation(dial: 0.45))
    let found = try exact.filter { hit in
      try index.explain(query, hit.document).contains { $0.term == TermID(3) }
    }
    #expect(answer.hits == found && !answer.isExact && !found.isEmpty && found.count < exact.count)
  }

  @Test("scans for the heaviest term, whatever sums are rounded to")
  func heaviestTerm() throws {
    let scratch = try Scratch()
    let index = try InvertedIndex.built(MemoryVectors([SparseVector([0: 1])]), vocabularySize: 1, at: scratch("index"))
    var query = try PreparedQuery(SparseVector([0: 1]), segments: index.segments.map(\.postings), vocabularySize: 1)
    var random = SeededGenerator(seed: 1)
    for _ in 0..<200 {
      query.weights = (0..<50).map { _ in Float(Double.random(in: 0..<1, using: &random) * 0x1p-40) } + [1, 0.75]
      query.weights.shuffle(using: &random)
      let scanned = try Approximation(dial: 1.0.nextDown).scannedTerms(of: query)
      #expect(scanned.contains { query.weights[$0] == 1 })
    }
  }

  @Test("a dial that is none is refused", arguments: [-0.1, 1, .nan, .infinity])
  func refusals(dial: Double) {
    let error = #expect(throws: ParlanceError.self) { try Approximation(dial: dial) }
    #expect(error?.code == .usage)
  }
}
