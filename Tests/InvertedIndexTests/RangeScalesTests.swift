import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@testable import InvertedIndex

/// The greatest weight of each term among passages.
private func greatestWeights(of vectors: some Sequence<SparseVector>) -> [TermID: Float] {
  var greatest: [TermID: Float] = [:]
  for vector in vectors {
    for (term, weight) in zip(vector.terms, vector.weights) { greatest[term] = max(greatest[term] ?? 0, weight) }
  }
  return greatest
}

extension InvertedIndex {
  /// The weights of a passage as they are kept, for each of its terms.
  fileprivate func kept(_ vector: SparseVector, _ document: DocumentID) throws -> [TermID: Float] {
    Dictionary(uniqueKeysWithValues: try explain(vector, document).map { ($0.term, $0.passageWeight) })
  }
}

@Suite("Weights in bytes, each a part of the greatest of its range")
struct RangeScalesTests {
  /// Three ranges, in which terms weigh up to 3, .4 and 1.1.
  private static let vectors = EarlierPostingsTests.vectors
  private static let perRange = EarlierPostingsTests.passagesPerRange
  private static let terms = EarlierPostingsTests.terms

  private static func built(_ vectors: [SparseVector], at path: String) throws -> InvertedIndex {
    try InvertedIndex.built(
      MemoryVectors(vectors), vocabularySize: terms, passagesPerRange: perRange, at: path)
  }

  @Test("are within half of the scale of their term in their range")
  func halfAStep() throws {
    let scratch = try Scratch()
    let index = try Self.built(Self.vectors, at: scratch("index"))
    let postings = index.segments[0].postings
    #expect(postings.ranges.map(\.layout) == [.everyTerm, .everyTerm, .listedTerms])
    #expect(postings.common.count == 10 && postings.ranges.allSatisfy { $0.numberedPostings > 0 })
    for first in stride(from: 0, to: Self.vectors.count, by: Self.perRange) {
      let own = first..<min(first + Self.perRange, Self.vectors.count)
      let greatest = greatestWeights(of: Self.vectors[own])
      for number in own {
        let (vector, kept) = (Self.vectors[number], try index.kept(Self.vectors[number], DocumentID(UInt32(number))))
        #expect(kept.count == vector.count)
        for (term, weight) in zip(vector.terms, vector.weights) {
          let (stored, scale) = (try #require(kept[term]), try #require(greatest[term]) / 255)
          #expect(abs(stored - weight) <= max(scale, 1 / 0x1p20) * 0.5001, "passage \(number), term \(term.rawValue)")
        }
      }
    }
  }

  @Test("score as plain loops say, to the bit, however a search goes through them", arguments: 0..<6 as Range<UInt64>)
  func equalsPlainScoring(seed: UInt64) throws {
    let scratch = try Scratch()
    let index = try Self.built(Self.vectors, at: scratch("index"))
    let plain = PlainScoring(vectors: Self.vectors, weights: .u8, passagesPerRange: Self.perRange)
    let coarse = PlainScoring(vectors: Self.vectors, weights: .u8, passagesPerRange: Self.vectors.count)
    var random = SeededGenerator(seed: seed)
    for count in [1, 3, 10, 60] {
      let query = SplitSearchTests.query(Self.terms, count: count, using: &random)
      let all = plain.search(query, k: 170)
      if count > 1 { #expect(all != coarse.search(query, k: 170)) }
      for k in [1, 10, 170] {
        for rule in [TermSplitting.Rule.never, .always(share: 0.3), .always(share: 1)] {
          let answer = try index.search(
            query, k: k, filter: nil, approximation: nil, splitting: rule, interruption: nil)
          #expect(answer.hits == Array(all.prefix(k)), "seed \(seed), \(count) terms, k \(k), \(rule)")
        }
        let found = try index.search(query, k: k, approximation: Approximation(dial: 0.3)).hits
        #expect(found.allSatisfy(all.contains), "seed \(seed), \(count) terms, k \(k)")
      }
    }
  }

  @Test("are rounded by a merge at most by half of the scale of the range that they come to")
  func merged() throws {
    let scratch = try Scratch()
    let before = try Self.built(Self.vectors, at: scratch("index"))
    var configuration = IndexConfiguration()
    configuration.passagesPerRange = 40
    let live = try LiveIndex(path: scratch("index"), configuration: configuration)
    let deleted = Set((0..<170).filter { $0 % 5 == 0 || (100..<140).contains($0) })
    try live.delete(deleted.map { ExternalID("p\($0)") })
    #expect(try live.merge())
    #expect(try InvertedIndex.verify(path: scratch("index")) == [])
    let after = live.snapshot
    let left = (0..<170).filter { !deleted.contains($0) }
    #expect(after.count == left.count && after.segments[0].postings.ranges.count == 3)
    let greatestBefore = stride(from: 0, to: 170, by: Self.perRange).map { first in
      greatestWeights(of: Self.vectors[first..<min(first + Self.perRange, 170)])
    }
    var (kept, rounded) = (0, 0)
    for first in stride(from: 0, to: left.count, by: 40) {
      let own = first..<min(first + 40, left.count)
      let sources = Set(left[own].map { $0 / Self.perRange })
      for number in own {
        let vector = Self.vectors[left[number]]
        let (old, new) = (
          try before.kept(vector, DocumentID(UInt32(left[number]))), try after.kept(vector, DocumentID(UInt32(number)))
        )
        #expect(Set(old.keys) == Set(new.keys))
        for term in vector.terms {
          let (was, now) = (try #require(old[term]), try #require(new[term]))
          let greatest = try #require(sources.compactMap { greatestBefore[$0][term] }.max())
          let isGreatest = greatestBefore[left[number] / Self.perRange][term] == greatest
          // What is less than half a code becomes one.
          let scale = greatest / 255
          #expect(
            isGreatest ? now == was : abs(now - max(was, scale)) <= scale * 0.5001,
            "passage \(left[number]), term \(term.rawValue)")
          if isGreatest { kept += 1 } else { rounded += 1 }
        }
      }
    }
    #expect(kept > 300 && rounded > 100, "\(kept) kept, \(rounded) rounded")
  }

  @Test("stay what they are, to the bit, when a file of version 2 is written anew in ranges of the same passages")
  func upgraded() throws {
    let scratch = try Scratch()
    let golden = TestSupport.packageRoot + "/Tests/InvertedIndexTests/Goldens/postings-v2"
    try FileManager.default.copyItem(atPath: golden, toPath: scratch("index"))
    let before = try InvertedIndex(path: golden)
    var configuration = IndexConfiguration()
    configuration.passagesPerRange = Self.perRange
    let live = try LiveIndex(path: scratch("index"), configuration: configuration)
    #expect(try live.merge())
    #expect(live.snapshot.segments[0].postings.hasRangeScales && !before.segments[0].postings.hasRangeScales)
    for (number, vector) in Self.vectors.enumerated() {
      let document = DocumentID(UInt32(number))
      #expect(try live.snapshot.kept(vector, document) == before.kept(vector, document), "passage \(number)")
    }
  }
}

@Suite("What a build says that it takes")
struct BuildEstimateTests {
  @Test(
    "is no less than what the index takes, in few and many ranges, of few and many terms",
    arguments: StoredWeights.allCases, [(60, 700), (60, 20), (5000, 700)])
  func disk(weights: StoredWeights, shape: (terms: Int, perRange: Int)) throws {
    let scratch = try Scratch()
    var random = SeededGenerator(seed: 5)
    let vectors = SplitSearchTests.vectors(2000, terms: 60, levels: 1000, using: &random)
    let index = try InvertedIndex.built(
      MemoryVectors(vectors), vocabularySize: shape.terms, weights: weights, passagesPerRange: shape.perRange,
      at: scratch("index"))
    var configuration = IndexConfiguration()
    configuration.weights = weights
    configuration.passagesPerRange = shape.perRange
    let estimate = BuildEstimate(
      passages: 2000, postings: index.manifest.postings, vocabularySize: shape.terms, textBytes: 0, configuration)
    #expect(index.info.bytes <= estimate.disk, "\(index.info.bytes) bytes, said were \(estimate.disk)")
  }
}

@Suite("A greatest weight of a range that no passage can have")
struct ForgedGreatestTests {
  private static let forgeries: [Float] = [.nan, -.nan, .infinity, -1, -0.0, 0, 3.5]

  /// Two ranges; term 0 is common and weighs 3 at most, term 1 is rare and weighs 2, both in the second range.
  private func build(_ path: String) throws -> PostingsRange {
    let vectors = (0..<100).map { $0 == 80 ? SparseVector([0: 3, 1: 2]) : SparseVector([0: 1]) }
    _ = try InvertedIndex.built(
      MemoryVectors(vectors), vocabularySize: 3, passagesPerRange: 64, at: path)
    return try SegmentPostings(path: path + "/000001.postings").ranges[1]
  }

  private func forge(_ path: String, at place: Int, _ forged: Float) throws {
    try ForgedFile.changePostings(path + "/000001.postings", section: "postings") { bytes in
      for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: forged.bitPattern >> UInt32(8 * index)) }
    }
  }

  @Test("is refused where it is used, and changes no answer to other terms", arguments: [0, 1] as [UInt32], forgeries)
  func refused(term: UInt32, forged: Float) throws {
    let scratch = try Scratch()
    let range = try build(scratch("index"))
    let other = SparseVector([1 - term: 1])
    let honest = try InvertedIndex(path: scratch("index")).search(other, k: 100).hits
    #expect(!honest.isEmpty && range.listedTerms == 1)
    // Behind where the only listed term's postings begin, and where the common one's do.
    try forge(scratch("index"), at: (term == 0 ? range.commonDirectory : range.directory + 4) + 4, forged)

    let index = try InvertedIndex(path: scratch("index"))
    func refuses(_ body: () throws -> Void) {
      let error = #expect(throws: ParlanceError.self) { try body() }
      #expect(error?.code == .badInput && error?.message.contains("range 1") == true, "\(error as Any)")
    }
    refuses { _ = try index.search(SparseVector([term: 1]), k: 100) }
    refuses { _ = try index.search(SparseVector([0: 1, 1: 1]), k: 100) }
    refuses { _ = try index.explain(SparseVector([term: 1]), DocumentID(80)) }
    #expect(try index.search(other, k: 100).hits == honest)
    #expect(try InvertedIndex.verify(path: scratch("index")).map(\.file) == ["000001.postings"])
    let live = try LiveIndex(path: scratch("index"))
    try live.delete(["p0"])
    refuses { _ = try live.merge() }
  }

  @Test(
    "of version 2, where the segment's is all there is, is refused where it is used", arguments: [-0.0, 0] as [Float])
  func ofVersion2(forged: Float) throws {
    let scratch = try Scratch()
    let golden = TestSupport.packageRoot + "/Tests/InvertedIndexTests/Goldens/postings-v2"
    try FileManager.default.copyItem(atPath: golden, toPath: scratch("index"))
    let term = try #require(
      InvertedIndex(path: golden).segments[0].postings.common.terms.first.map { TermID($0) })
    try ForgedFile.changePostings(scratch("index") + "/000001.postings", section: "terms") { bytes in
      let place = 8 * Int(term.rawValue) + 4
      for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: forged.bitPattern >> UInt32(8 * index)) }
    }
    let error = #expect(throws: ParlanceError.self) {
      try InvertedIndex(path: scratch("index")).search(SparseVector([term.rawValue: 1]), k: 10)
    }
    #expect(error?.code == .badInput)
    #expect(try InvertedIndex.verify(path: scratch("index")).map(\.file) == ["000001.postings"])
    let live = try LiveIndex(path: scratch("index"))
    try live.delete(["p0"])
    let refused = #expect(throws: ParlanceError.self) { try live.merge() }
    #expect(refused?.code == .badInput)
  }

  @Test("of a term that no passage of the range has is found by verify")
  func ofNone() throws {
    let scratch = try Scratch()
    // Of the first range, whose directory has no row of a rare term; then all terms are common.
    let vectors = (0..<100).map { $0 < 64 ? SparseVector([0: 1]) : SparseVector([1: 1]) }
    _ = try InvertedIndex.built(MemoryVectors(vectors), vocabularySize: 2, passagesPerRange: 64, at: scratch("index"))
    #expect(try InvertedIndex.verify(path: scratch("index")) == [])
    let range = try SegmentPostings(path: scratch("index/000001.postings")).ranges[0]
    try forge(scratch("index"), at: range.commonDirectory + 12, 1)
    let damages = try InvertedIndex.verify(path: scratch("index"))
    #expect(damages.map(\.file) == ["000001.postings"] && damages[0].message.contains("range 0"), "\(damages)")
    #expect(try InvertedIndex(path: scratch("index")).search(SparseVector([1: 1]), k: 100).hits.count == 36)
  }
}
