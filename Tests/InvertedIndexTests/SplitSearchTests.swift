import Diagnostics
import Identifiers
import SparseVectors
import TestSupport
import Testing

@testable import InvertedIndex

@Suite("A search by bounds")
struct SplitSearchTests {
  private static let kernels = ["portable", "avx2", "avx512"]
  /// From hardly any term that is left out to as many as may be.
  private static let shares = [0.2, 0.6, 1]

  private func search(
    _ index: InvertedIndex, _ query: SparseVector, k: Int, _ rule: TermSplitting.Rule, filter: PassageFilter? = nil
  ) throws -> SearchAnswer {
    try index.search(query, k: k, filter: filter, approximation: nil, splitting: rule, interruption: nil)
  }

  /// A collection as learned-sparse ones are: a few terms in many passages, which weigh little, and many in few.
  static func vectors(_ passages: Int, terms: Int, levels: Int, using random: inout SeededGenerator) -> [SparseVector] {
    (0..<passages).map { _ in
      let own = (0..<terms).filter { Double.random(in: 0..<1, using: &random) < 1.2 / Double($0 + 1) }
      let weights = own.map { term in
        Float(Int.random(in: 1...levels, using: &random)) / Float(levels) * (0.2 + Float(term) / Float(terms))
      }
      return SparseVector(exactly: own.map { TermID(UInt32($0)) }, weights: weights) ?? .empty
    }
  }

  static func query(_ terms: Int, count: Int, using random: inout SeededGenerator) -> SparseVector {
    let own = (0..<terms).shuffled(using: &random).prefix(count).sorted()
    return SparseVector(
      exactly: own.map { TermID(UInt32($0)) }, weights: own.map { _ in Float.random(in: 0.1...2, using: &random) })
      ?? .empty
  }

  @Test(
    "finds to the bit what adding up every posting finds, by all kernels", arguments: 0..<8 as Range<UInt64>, kernels)
  func equalsPlainScoring(seed: UInt64, kernel: String) throws {
    let scratch = try Scratch()
    var random = SeededGenerator(seed: seed)
    let levels = [1, 2, 3, 1000][Int(seed % 4)]
    let vectors = Self.vectors(600, terms: 50, levels: levels, using: &random)
    let perRange = Int.random(in: 30...200, using: &random)
    let index = try InvertedIndex.built(
      MemoryVectors(vectors), vocabularySize: 50, passagesPerRange: perRange, at: scratch("index"))
    let plain = PlainScoring(vectors: vectors, weights: .u8, passagesPerRange: perRange)
    let search = ExactSearch(kernel: PostingsKernel(named: kernel))
    var split = 0
    for count in [0, 1, 2, 5, 20, 50] {
      let query = Self.query(50, count: count, using: &random)
      let all = plain.search(query, k: 600)
      let prepared = try PreparedQuery(query, segments: index.segments.map(\.postings), vocabularySize: 50)
      guard !prepared.terms.isEmpty else { continue }
      for k in [1, 2, 10, 100, 600] {
        for share in Self.shares {
          let (hits, work) = try search.run(
            prepared, k: k, in: index.segments, masks: [[]], splitting: .always(share: share), interruption: nil)
          #expect(hits == Array(all.prefix(k)), "seed \(seed), \(count) terms, k \(k), share \(share)")
          split += work.rangesSplit
        }
      }
    }
    #expect(split > 50)
  }

  @Test("does so whatever the collection: empty ranges, repeated passages, ties", arguments: 0..<30 as Range<UInt64>)
  func oddCollections(seed: UInt64) throws {
    let scratch = try Scratch()
    var collection = RandomCollection(seed: seed)
    let perRange = collection.number(in: 1...40)
    let index = try InvertedIndex.built(
      MemoryVectors(collection.vectors), vocabularySize: collection.vocabularySize, passagesPerRange: perRange,
      at: scratch("index"))
    let plain = PlainScoring(vectors: collection.vectors, weights: .u8, passagesPerRange: perRange)
    for _ in 0..<6 {
      let query = collection.query()
      for k in [1, 2, 10, collection.vectors.count + 5] {
        for share in Self.shares {
          let found = try search(index, query, k: k, .always(share: share)).hits
          #expect(found == plain.search(query, k: k), "seed \(seed), k \(k)")
        }
        let measured = try search(index, query, k: k, .measured(leastPostings: 0))
        #expect(measured.hits == plain.search(query, k: k), "seed \(seed), k \(k)")
      }
    }
  }

  @Test(
    "does so by what a split costs too: splits, gives one up in the middle and scans the range again",
    arguments: 0..<6 as Range<UInt64>)
  func measured(seed: UInt64) throws {
    let scratch = try Scratch()
    var random = SeededGenerator(seed: seed)
    let vectors = Self.vectors(4000, terms: 60, levels: [3, 1000][Int(seed % 2)], using: &random)
    let index = try InvertedIndex.built(
      MemoryVectors(vectors), vocabularySize: 60, passagesPerRange: 100, at: scratch("index"))
    let plain = PlainScoring(vectors: vectors, weights: .u8, passagesPerRange: 100)
    let search = ExactSearch(kernel: .standard)
    var (split, givenUp) = (0, 0)
    for count in [3, 10, 30, 60] {
      let query = Self.query(60, count: count, using: &random)
      let prepared = try PreparedQuery(query, segments: index.segments.map(\.postings), vocabularySize: 60)
      let all = prepared.statistics[0].reduce(0) { $0 + Int($1.passages) }
      for k in [1, 3, 10, 50] {
        let (hits, work) = try search.run(
          prepared, k: k, in: index.segments, masks: [[]], splitting: .measured(leastPostings: 0), interruption: nil)
        #expect(hits == plain.search(query, k: k), "seed \(seed), \(count) terms, k \(k)")
        split += work.rangesSplit
        if work.scanned > all { givenUp += 1 }
      }
    }
    #expect(split > 0 && givenUp > 0, "\(split) ranges split, \(givenUp) searches gave one up")
  }

  @Test("keeps to filters, segments and deleted passages", arguments: 0..<4 as Range<UInt64>)
  func filtersAndSegments(seed: UInt64) throws {
    let scratch = try Scratch()
    var own = FilterCollection(seed: seed)
    let half = own.vectors.count / 2
    func vectors(_ range: Range<Int>) -> MemoryVectors {
      MemoryVectors(Array(own.vectors[range]), ids: range.map { ExternalID("p\($0)") })
    }
    _ = try InvertedIndex.built(
      vectors(0..<half), vocabularySize: own.vocabularySize, passagesPerRange: 17,
      texts: Texts.source(Array(own.passages[..<half])), at: scratch("index"))
    let live = try LiveIndex(path: scratch("index"))
    try live.add(
      vectors(half..<own.vectors.count), by: .test, texts: Texts.source(Array(own.passages[half...])))
    let deleted = Set(own.vectors.indices.filter { $0 % 5 == 1 })
    try live.delete(deleted.map { ExternalID("p\($0)") })
    let index = try InvertedIndex(path: scratch("index"))
    #expect(index.segments.count == 2 && index.deletedCount == deleted.count)
    let plain = PlainScoring(
      segments: [Array(own.vectors[..<half]), Array(own.vectors[half...])], weights: .u8,
      passagesPerRange: [17, 32_768])
    for filter in [PassageFilter()] + FilterCollection.filters {
      let query = own.collection.query()
      let all = plain.search(query, k: own.vectors.count).filter {
        let number = Int($0.document.rawValue)
        return !deleted.contains(number) && filter.matches(own.passages[number].metadata)
      }
      for k in [1, 3, 1000] {
        for share in Self.shares {
          let answer = try search(index, query, k: k, .always(share: share), filter: filter)
          #expect(answer.hits == Array(all.prefix(k)), "seed \(seed), \(filter), k \(k)")
        }
      }
    }
  }

  @Test("a passage that scores the same as the k-th and comes later is not found, one that scores the least more is")
  func atTheThreshold() throws {
    let scratch = try Scratch()
    // Term 0 is in all, term 1 in some; what they add to a passage is told to a unit.
    let vectors = (0..<60).map { number -> SparseVector in
      switch number {
      case 0: SparseVector([0: 0.5, 1: 1])
      case 55: SparseVector([0: Float(129) / 255, 1: 1])
      // What the bytes of each range are parts of.
      case _ where number % 8 == 1: SparseVector([0: 1])
      case _ where number % 3 == 0: SparseVector([0: 0.5, 1: 1])
      default: SparseVector([0: 0.1])
      }
    }
    let index = try InvertedIndex.built(
      MemoryVectors(vectors), vocabularySize: 2, passagesPerRange: 8, at: scratch("index"))
    let plain = PlainScoring(vectors: vectors, weights: .u8, passagesPerRange: 8)
    for k in 1...30 {
      let query = SparseVector([0: 1, 1: 3])
      let answer = try search(index, query, k: k, .always(share: 1))
      #expect(answer.hits == plain.search(query, k: k), "k \(k)")
      #expect(answer.hits[0].document == DocumentID(55))
    }
  }

  @Test("says how it was searched, and why: postings that were added up, looked up and skipped make all of them")
  func tells() throws {
    let scratch = try Scratch()
    var random = SeededGenerator(seed: 3)
    // A term of few passages decides, and twenty that weigh little are in half of them.
    let vectors = (0..<10_000).map { _ in
      let terms = (0...20).filter { Double.random(in: 0..<1, using: &random) < ($0 == 0 ? 0.005 : 0.5) }
      let weights = terms.map { Float.random(in: 0.9...1, using: &random) * ($0 == 0 ? 3 : 0.05) }
      return SparseVector(exactly: terms.map { TermID(UInt32($0)) }, weights: weights) ?? .empty
    }
    func built(_ weights: StoredWeights, perRange: Int) throws -> InvertedIndex {
      try InvertedIndex.built(
        MemoryVectors(vectors), vocabularySize: 21, weights: weights, passagesPerRange: perRange,
        at: scratch("\(weights)\(perRange)"))
    }
    let query = SparseVector(exactly: (0...20).map { TermID($0) }, weights: Array(repeating: 1, count: 21)) ?? .empty
    let all = vectors.reduce(0) { $0 + $1.count }
    let index = try built(.u8, perRange: 2000)
    let answer = try search(index, query, k: 2, .always(share: 0.9))
    #expect(answer.algorithm == .split && answer.rangesSplit == 4 && answer.rangesSearched == 5)
    #expect(answer.postingsTouched + answer.postingsSkipped == all && answer.postingsSkipped > all / 2)
    #expect(answer.postingsLookedUp > 0 && answer.postingsLookedUp < answer.postingsTouched)
    #expect(
      answer.hits == PlainScoring(vectors: vectors, weights: .u8, passagesPerRange: 2000).search(query, k: 2))
    let every = try index.search(query, k: 2, method: .everyPosting)
    #expect(every.hits == answer.hits && every.algorithm == .everyPosting(.asked))
    #expect(every.postingsTouched == all && every.postingsSkipped == 0 && every.postingsLookedUp == 0)
    #expect(try index.search(query, k: 4000).algorithm == .everyPosting(.noGain))
    #expect(try index.search(query, k: 2).algorithm == .everyPosting(.noGain))
    #expect(try built(.u8, perRange: 10_000).search(query, k: 2).algorithm == .everyPosting(.oneRange))
    for weights in [StoredWeights.f16, .f32] {
      #expect(try built(weights, perRange: 5000).search(query, k: 2).algorithm == .everyPosting(.floats))
    }
    // No passage has the last term.
    for weights in [StoredWeights.u8, .f32] {
      let few = try InvertedIndex.built(
        MemoryVectors([SparseVector([0: 1]), SparseVector([1: 1])]), vocabularySize: 3, weights: weights,
        at: scratch("few \(weights)"))
      for method in [SearchMethod.fastest, .everyPosting] {
        #expect(try few.search(SparseVector([2: 1]), k: 2, method: method).algorithm == .everyPosting(.noPostings))
        #expect(try few.search(.empty, k: 2, method: method).algorithm == .everyPosting(.noPostings))
        #expect(try few.search(SparseVector([1: 1]), k: 2, method: method).algorithm != .everyPosting(.noPostings))
      }
    }
    let algorithms = [SearchAlgorithm.split] + SearchAlgorithm.Reason.allCases.map { .everyPosting($0) }
    #expect(Set(algorithms.map(\.description)).count == algorithms.count)
  }
}

@Suite("The terms that a range is not scanned for")
struct TermSplittingTests {
  /// The rule at a segment of ten ranges of 100 passages, the first of 16 in all, in which the terms are in so many passages.
  private func splitting(
    _ rule: TermSplitting.Rule, factors: [Int32], passages: [UInt32]
  ) throws -> TermSplitting {
    let scratch = try Scratch()
    let index = try InvertedIndex.built(
      MemoryVectors(Array(repeating: SparseVector([0: 1]), count: 1000)), vocabularySize: 1, passagesPerRange: 100,
      at: scratch("index"))
    let segments = index.segments.map(\.postings)
    var query = try PreparedQuery(SparseVector([0: 1]), segments: segments, vocabularySize: 1)
    query.factors = [factors]
    query.statistics = [passages.map { TermStatistics(passages: $0, greatest: 1) }]
    var splitting = try #require(TermSplitting(rule, ranges: 16, wanted: 50))
    splitting.begin(Array(factors.indices), of: query, segment: 0, in: segments[0])
    return splitting
  }

  @Test("add no more than the limit together, and cost the most for it")
  func chosen() throws {
    var splitting = try self.splitting(.always(share: 1), factors: [10, 29, 1, 40], passages: [20, 62, 0, 10])
    let none = splitting.split(limit: 0)
    #expect(none == nil)
    // The second costs more for each unit of its bound than the first; together they are a unit too many.
    let some = splitting.split(limit: 255 * 39 - 1)
    #expect(some?.lookedUp == [1, 2] && some?.scanned == [0, 3] && some?.bound == 255 * 30 && some?.spared == 6)
    // A split serves until the limit has grown by more than a sixteenth.
    let same = splitting.split(limit: 255 * 40)
    #expect(same == some)
    var afresh = try self.splitting(.always(share: 1), factors: [10, 29, 1, 40], passages: [20, 62, 0, 10])
    let more = afresh.split(limit: 255 * 40)
    #expect(more?.lookedUp == [0, 1, 2] && more?.scanned == [3] && more?.bound == 255 * 40 && more?.spared == 8)
    #expect(TermSplitting(.never, ranges: 100, wanted: 1) == nil)
    #expect(TermSplitting(.measured(leastPostings: 0), ranges: 15, wanted: 1) == nil)
    #expect(TermSplitting(.measured(leastPostings: 0), ranges: 16, wanted: 51) == nil)
  }

  @Test("are none where they have too few postings, of all or of what a split costs")
  func tooFew() throws {
    let factors = [Int32](repeating: 1, count: 100), passages = [UInt32](repeating: 60, count: 100)
    // Each term costs 6 postings a range: 600 in all.
    for (limit, least, isSplit) in [
      (25_500, 0, true), (25_500, 180, true), (25_500, 181, false), (17_000, 0, true), (16_000, 0, false),
    ] as [(Int32, Int, Bool)] {
      var splitting = try self.splitting(.measured(leastPostings: least), factors: factors, passages: passages)
      splitting.consider(near: 0)
      let split = splitting.split(limit: limit)
      #expect((split != nil) == isSplit, "limit \(limit), at least \(least)")
    }
  }

  @Test("are none until few passages are near the best; then more while little is looked up, and fewer after much")
  func learning() throws {
    let factors = [Int32](repeating: 1, count: 100)
    func shares(_ effort: SplitEffort) throws -> [Int] {
      var splitting = try self.splitting(
        .measured(leastPostings: 0), factors: factors, passages: Array(repeating: 60, count: 100))
      var asked: [Int] = []
      for range in 1...9 where splitting.wantsToConsider() {
        asked.append(range)
        splitting.consider(near: TermSplitting.mostNear + 1)
        let split = splitting.split(limit: 25_500)
        #expect(split == nil)
      }
      #expect(asked == [1, 2, 4, 8])
      splitting.consider(near: TermSplitting.mostNear)
      let asksAgain = splitting.wantsToConsider()
      #expect(!asksAgain)
      var found: [Int] = []
      for _ in 0..<20 {
        guard let split = splitting.split(limit: 25_500) else { break }
        found.append(split.lookedUp.count)
        splitting.learn(from: effort, of: split)
      }
      return found
    }
    let fewer = try shares(SplitEffort(asked: 1000))
    // 19 of 100 would be less than a fifth.
    #expect(fewer == [30, 24])
    let more = try shares(SplitEffort(asked: 0))
    #expect(more[0] == 30 && zip(more, more.dropFirst()).allSatisfy(<=) && more[19] == 95)
    #expect(try shares(SplitEffort(asked: 0, isDone: false)) == [30])
  }
}
