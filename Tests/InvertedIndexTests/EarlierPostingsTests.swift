import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@testable import InvertedIndex

/// The specimen was made by `InvertedIndex.built` of `vectors`, in ranges of 80 passages, when version 2.0 was written.
@Suite("Postings of an earlier version")
struct EarlierPostingsTests {
  private static let path = TestSupport.packageRoot + "/Tests/InvertedIndexTests/Goldens/postings-v2"
  static let terms = 60
  static let passagesPerRange = 80

  /// Ten common terms and fifty rare ones, in two ranges and a short third; what a term weighs at most differs between them.
  static var vectors: [SparseVector] {
    var random = SeededGenerator(seed: 2)
    return (0..<170).map { passage in
      let terms = (0..<Self.terms).filter { Double.random(in: 0..<1, using: &random) < ($0 % 6 == 0 ? 0.4 : 0.03) }
      let greatest = [3, 0.4, 1.1][passage / passagesPerRange] as Float
      return SparseVector(
        exactly: terms.map { TermID(UInt32($0)) },
        weights: terms.map { _ in Float.random(in: 0.01...greatest, using: &random) }) ?? .empty
    }
  }

  @Test("of rare and common terms open, are whole, and score as they did, to the bit")
  func segmentScales() throws {
    let vectors = Self.vectors
    #expect(try InvertedIndex.verify(path: Self.path) == [])
    let index = try InvertedIndex(path: Self.path)
    let postings = index.segments[0].postings
    #expect(postings.file.version.major == 2 && postings.weights == .u8)
    // Both layouts of directories.
    #expect(postings.ranges.map(\.layout) == [.everyTerm, .everyTerm, .listedTerms])
    #expect(postings.common.count == 10 && postings.ranges.allSatisfy { $0.numberedPostings > 0 })
    let plain = PlainScoring(vectors: vectors, weights: .u8, passagesPerRange: vectors.count)
    var random = SeededGenerator(seed: 3)
    for count in [1, 2, 5, 20, 60] {
      let query = SplitSearchTests.query(Self.terms, count: count, using: &random)
      let all = plain.search(query, k: vectors.count)
      for k in [1, 10, 170] {
        #expect(try index.search(query, k: k).hits == Array(all.prefix(k)), "\(count) terms, k \(k)")
        let split = try index.search(
          query, k: k, filter: nil, approximation: nil, splitting: .always(share: 0.6), interruption: nil)
        #expect(split.hits == Array(all.prefix(k)), "\(count) terms, k \(k), split")
      }
    }
    // Each weight is within half of the scale of its term in the segment.
    var greatest: [TermID: Float] = [:]
    for vector in vectors {
      for (term, weight) in zip(vector.terms, vector.weights) {
        greatest[term] = max(greatest[term] ?? 0, weight)
      }
    }
    for (number, vector) in vectors.enumerated() {
      for term in try index.explain(vector, DocumentID(UInt32(number))) {
        let scale = try #require(greatest[term.term]) / 255
        #expect(abs(term.passageWeight - term.queryWeight) <= scale * 0.5001)
      }
    }
  }

  @Test(
    "of a term that they say no passage has are refused, whatever it is said to weigh, and do not end the process",
    arguments: [0, 3e38] as [Float])
  func forgedStatistics(greatest: Float) throws {
    func passage(with term: UInt32) -> Int? { Self.vectors.firstIndex { $0.terms.contains(TermID(term)) } }
    let rare = try #require((0..<UInt32(Self.terms)).first { $0 % 6 != 0 && passage(with: $0) != nil })
    for term in [0, rare] {
      let scratch = try Scratch()
      try FileManager.default.copyItem(atPath: Self.path, toPath: scratch("index"))
      // Another segment has it.
      try LiveIndex(path: scratch("index")).add(MemoryVectors([SparseVector([term: 1])], ids: ["new"]), by: .test)
      try ForgedFile.changePostings(scratch("index/000001.postings"), section: "terms") { bytes in
        let number = (0..<4).map { UInt8(truncatingIfNeeded: greatest.bitPattern >> UInt32(8 * $0)) }
        bytes.replaceSubrange(8 * Int(term)..<8 * Int(term) + 8, with: [0, 0, 0, 0] + number)
      }
      let index = try InvertedIndex(path: scratch("index"))
      let query = SparseVector([term: 1])
      let error = #expect(throws: ParlanceError.self) { try index.search(query, k: 3) }
      #expect(error?.code == .badInput, "\(error as Any)")
      let document = DocumentID(UInt32(try #require(passage(with: term))))
      #expect(throws: ParlanceError.self) { try index.explain(query, document) }
      #expect(try InvertedIndex.verify(path: scratch("index")).map(\.file) == ["000001.postings"])
    }
  }

  @Test("are searched beside those of this version, which are added to them")
  func mixed() throws {
    let scratch = try Scratch()
    try FileManager.default.copyItem(atPath: Self.path, toPath: scratch("index"))
    var configuration = IndexConfiguration()
    configuration.passagesPerRange = 30
    let live = try LiveIndex(path: scratch("index"), configuration: configuration)
    let vectors = Self.vectors
    let added = Array(vectors[60..<150])
    try live.add(MemoryVectors(added, ids: added.indices.map { ExternalID("q\($0)") }), by: .test)
    #expect(live.snapshot.segments.map { $0.postings.file.version.major } == [2, 3])
    #expect(try InvertedIndex.verify(path: scratch("index")) == [])
    let plain = PlainScoring(
      segments: [vectors, added], weights: .u8, passagesPerRange: [vectors.count, configuration.passagesPerRange])
    var random = SeededGenerator(seed: 4)
    for count in [1, 3, 10, 60] {
      let query = SplitSearchTests.query(Self.terms, count: count, using: &random)
      #expect(try live.snapshot.search(query, k: 260).hits == plain.search(query, k: 260), "\(count) terms")
    }
  }
}
