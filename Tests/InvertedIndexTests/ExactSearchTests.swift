import Diagnostics
import Identifiers
import InvertedIndex
import SparseVectors
import TestSupport
import Testing

@Suite("Exact search")
struct ExactSearchTests {
  @Test("gives the ids and scores of exhaustive scoring, whatever the collection", arguments: 0..<40 as Range<UInt64>)
  func equalsPlainScoring(seed: UInt64) throws {
    let scratch = try Scratch()
    var collection = RandomCollection(seed: seed)
    for weights in StoredWeights.allCases {
      let perRange = collection.number(in: 1...100)
      let index = try InvertedIndex.built(
        MemoryVectors(collection.vectors), vocabularySize: collection.vocabularySize, weights: weights,
        passagesPerRange: perRange, at: scratch(weights.rawValue))
      let plain = PlainScoring(vectors: collection.vectors, weights: weights, passagesPerRange: perRange)
      for _ in 0..<4 {
        let query = collection.query()
        for k in [1, 2, 10, max(1, collection.vectors.count), collection.vectors.count + 5] {
          let answer = try index.search(query, k: k)
          #expect(answer.hits == plain.search(query, k: k), "seed \(seed), \(weights), k \(k)")
          #expect(answer.isExact && answer.weights == weights && answer.queryTerms == query.count)
        }
      }
    }
  }

  @Test(
    "gives those of a larger collection, sorted by topic, with rare and common terms", arguments: [0, 1] as [UInt64])
  func largerCollection(seed: UInt64) throws {
    let scratch = try Scratch()
    var random = SeededGenerator(seed: seed)
    let passages = 3000
    // Term t is in about one passage in t + 1; those of odd terms lie together.
    let vectors = (0..<passages).map { passage in
      let terms = (0..<60).filter { term in
        let share = 1 / Double(term + 1)
        let isNear = term % 2 == 0 || abs(passage - 50 * term) < Int(1500 * share)
        return isNear && Double.random(in: 0..<1, using: &random) < (term % 2 == 0 ? share : 0.9)
      }
      let weights = terms.map { _ in Float(Int.random(in: 1...(seed == 0 ? 3 : 3000), using: &random)) / 1000 }
      return SparseVector(exactly: terms.map { TermID(UInt32($0)) }, weights: weights)!
    }
    for weights in StoredWeights.allCases {
      let index = try InvertedIndex.built(
        MemoryVectors(vectors), vocabularySize: 60, weights: weights, passagesPerRange: 700,
        at: scratch(weights.rawValue))
      let plain = PlainScoring(vectors: vectors, weights: weights, passagesPerRange: 700)
      for terms in [Array(0..<60), [59, 3, 12], [20, 21, 22, 23], [0]] {
        let query = SparseVector(
          exactly: terms.sorted().map { TermID(UInt32($0)) },
          weights: terms.map { _ in Float.random(in: 0.1...2, using: &random) })!
        let all = plain.search(query, k: passages)
        for k in [1, 10, 95, 96, 1000, 3000] {
          #expect(try index.search(query, k: k).hits == Array(all.prefix(k)), "seed \(seed), \(weights), k \(k)")
        }
      }
    }
  }

  @Test("a passage that scores the same as the k-th keeps the order of the collection")
  func tiesKeepTheOrder() throws {
    let scratch = try Scratch()
    let vectors = MemoryVectors(Array(repeating: SparseVector([3: 1.5]), count: 40))
    for weights in StoredWeights.allCases {
      let index = try InvertedIndex.built(
        vectors, vocabularySize: 10, weights: weights, passagesPerRange: 7, at: scratch(weights.rawValue))
      for k in [1, 7, 8, 40, 45] {
        let hits = try index.search(SparseVector([3: 2]), k: k).hits
        #expect(hits.map(\.document.rawValue) == Array(0..<UInt32(min(k, 40))))
      }
    }
  }

  @Test("an empty query and one without a match find nothing and say so")
  func emptyAnswers() throws {
    let scratch = try Scratch()
    let index = try InvertedIndex.built(
      MemoryVectors([SparseVector([3: 1]), .empty]), vocabularySize: 10, at: scratch("index"))
    let empty = try index.search(.empty, k: 10)
    #expect(empty.hits.isEmpty && empty.queryTerms == 0 && empty.matchedTerms == 0 && empty.postingsTouched == 0)
    let unmatched = try index.search(SparseVector([4: 1, 5: 2]), k: 10)
    #expect(unmatched.hits.isEmpty && unmatched.queryTerms == 2 && unmatched.matchedTerms == 0)
    let matched = try index.search(SparseVector([3: 1, 5: 2]), k: 10)
    #expect(matched.hits.count == 1 && matched.matchedTerms == 1 && matched.postingsTouched == 1)
  }

  @Test("a k below 1 and a term outside of the vocabulary are refused")
  func refusals() throws {
    let scratch = try Scratch()
    let index = try InvertedIndex.built(
      MemoryVectors([SparseVector([3: 1])]), vocabularySize: 10, at: scratch("index"))
    #expect(throws: ParlanceError(.usage, "expected k of at least 1, found 0")) {
      try index.search(SparseVector([3: 1]), k: 0)
    }
    let error = #expect(throws: ParlanceError.self) { try index.search(SparseVector([10: 1]), k: 1) }
    #expect(error?.code == .usage)
  }

  @Test("contributions add up to the score", arguments: 0..<10 as Range<UInt64>)
  func contributionsAddUp(seed: UInt64) throws {
    let scratch = try Scratch()
    var collection = RandomCollection(seed: seed)
    for weights in StoredWeights.allCases {
      let index = try InvertedIndex.built(
        MemoryVectors(collection.vectors), vocabularySize: collection.vocabularySize, weights: weights,
        passagesPerRange: 50, at: scratch(weights.rawValue))
      let query = collection.query()
      for hit in try index.search(query, k: 20).hits {
        let terms = try index.explain(query, hit.document)
        let vector = collection.vectors[Int(hit.document.rawValue)]
        #expect(terms.map(\.term) == query.terms.filter { vector.terms.contains($0) })
        #expect(abs(terms.reduce(0) { $0 + $1.contribution } - hit.score) <= 1e-5 * hit.score)
        for term in terms {
          let original = vector.weights[vector.terms.firstIndex(of: term.term)!]
          let tolerance: Float = weights == .u8 ? 3.0 / 510 + 1e-6 : weights == .f16 ? 0.002 : 0
          #expect(abs(term.passageWeight - original) <= tolerance)
        }
      }
    }
  }

  @Test("weights so small that no score is above zero find nothing")
  func vanishingScores() throws {
    let scratch = try Scratch()
    let vectors = MemoryVectors(Array(repeating: SparseVector([0: 1e-30]), count: 3))
    for weights in [StoredWeights.u8, .f32] {
      let index = try InvertedIndex.built(vectors, vocabularySize: 1, weights: weights, at: scratch(weights.rawValue))
      for k in 1...4 {
        let answer = try index.search(SparseVector([0: 1e-30]), k: k)
        #expect(answer.hits.isEmpty && answer.postingsTouched == 3)
      }
    }
  }

  @Test("extreme weights do not vanish, and scores that overflow are refused")
  func extremeWeights() throws {
    let scratch = try Scratch()
    let least = Float.leastNonzeroMagnitude
    let great = Float.greatestFiniteMagnitude
    var overflows = 0
    let vectors = [
      SparseVector([0: least, 1: great]), SparseVector([0: 70 * least, 1: 1]), SparseVector([1: great]),
      SparseVector([0: great]),
    ]
    for weights in [StoredWeights.u8, .f32] {
      let index = try InvertedIndex.built(
        MemoryVectors(vectors), vocabularySize: 2, weights: weights, at: scratch(weights.rawValue))
      let plain = PlainScoring(vectors: vectors, weights: weights)
      for query in [
        SparseVector([0: least]), SparseVector([0: 1, 1: 1]), SparseVector([0: great, 1: great]),
        SparseVector([0: least, 1: great]),
      ] {
        let expected = plain.search(query, k: 4)
        if expected.first?.score == .infinity {
          overflows += 1
          let error = #expect(throws: ParlanceError.self) { try index.search(query, k: 4) }
          #expect(error?.code == .badInput, "\(error as Any)")
        } else {
          #expect(try index.search(query, k: 4).hits == expected)
        }
      }
    }
    // The products of the greatest with themselves do.
    #expect(overflows >= 4 && overflows < 8)
  }

  @Test("a score that float32 cannot hold is told with its passage", arguments: StoredWeights.allCases)
  func overflow(weights: StoredWeights) throws {
    let scratch = try Scratch()
    let greatest = weights == .f16 ? 65_504 : Float.greatestFiniteMagnitude
    let vectors = MemoryVectors([SparseVector([0: 1]), SparseVector([1: greatest]), SparseVector([1: 1])])
    let index = try InvertedIndex.built(vectors, vocabularySize: 2, weights: weights, at: scratch("index"))
    let query = SparseVector([1: 1e38])
    for approximation in [nil, try Approximation(dial: 0.5)] {
      let error = #expect(throws: ParlanceError.self) { try index.search(query, k: 2, approximation: approximation) }
      #expect(error?.code == .badInput && error?.message.contains("\"p1\" overflows") == true, "\(error as Any)")
    }
    #expect(try index.search(SparseVector([0: 1, 1: 0.5]), k: 3).hits.count == 3)
  }
}
