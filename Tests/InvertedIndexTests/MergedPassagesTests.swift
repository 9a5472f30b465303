import Conversations
import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import Synchronization
import TestSupport
import Testing
import WorkerThreads

@testable import InvertedIndex

@Suite("Passages read back out of segments")
struct MergedPassagesTests {
  /// Two segments with ranges of 150 passages, a seventh deleted; one term is in nearly every passage.
  private static func segments(
    at path: String, seed: UInt64
  ) throws -> (index: InvertedIndex, vectors: [SparseVector]) {
    var random = SeededGenerator(seed: seed)
    let given = (0..<500).map { _ -> SparseVector in
      let terms = (0..<40).filter { Int.random(in: 0..<40, using: &random) < ($0 == 3 ? 38 : $0) / 4 }
      return SparseVector(
        exactly: terms.map { TermID(UInt32($0)) },
        weights: terms.map { _ in Float(Int.random(in: 1...9, using: &random)) })
        ?? .empty
    }
    var configuration = IndexConfiguration()
    configuration.weights = .f32
    configuration.passagesPerRange = 150
    try IndexBuilder(passageSpace: .test, vocabulary: .numbered(40), configuration: configuration)
      .build(MemoryVectors(Array(given[..<400])), at: path)
    let live = try LiveIndex(path: path, configuration: configuration)
    try live.add(
      MemoryVectors(Array(given[400...]), ids: (400..<500).map { ExternalID("p\($0)") }), by: .test)
    let deleted = given.indices.filter { $0 % 7 == 2 || (160..<280).contains($0) }
    try live.delete(deleted.map { ExternalID("p\($0)") })
    let gone = Set(deleted)
    return (live.snapshot, given.indices.filter { !gone.contains($0) }.map { given[$0] })
  }

  @Test("those that are asked for together are those that were given", arguments: 0..<10 as Range<UInt64>)
  func parts(seed: UInt64) throws {
    let scratch = try Scratch()
    let (index, vectors) = try Self.segments(at: scratch("index"), seed: seed)
    let merged = MergedPassages(index.segments)
    #expect(merged.count == vectors.count)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      let first = Int.random(in: 0...vectors.count, using: &random)
      let wanted = first..<Int.random(in: first...vectors.count, using: &random)
      var found: [SparseVector] = []
      try merged.forEachVector(in: wanted) { vector, index in
        #expect(index == wanted.lowerBound + found.count)
        found.append(vector)
      }
      #expect(found == Array(vectors[wanted]), "seed \(seed), \(wanted)")
    }
    #expect(try (0..<merged.count).map { try merged.vector(at: $0) } == vectors)
  }

  @Test("take the memory of those that are asked for and not deleted")
  func memory() throws {
    let scratch = try Scratch()
    let (index, _) = try Self.segments(at: scratch("index"), seed: 1)
    let segment = index.segments[0]
    let whole = try RangeVectors(of: 0..<150, inRange: 1, of: segment)
    let terms = (0..<150).map { whole.vector(of: $0).count }
    #expect(whole.postings == terms.reduce(0, +))
    // Deleted are 160 to 279.
    #expect(terms[10..<130].allSatisfy { $0 == 0 } && terms[..<10].contains { $0 > 0 })
    for part in [0..<10, 5..<140, 130..<150, 10..<130] {
      let vectors = try RangeVectors(of: part, inRange: 1, of: segment)
      #expect(vectors.postings == terms[part].reduce(0, +))
    }
  }

  /// Vectors that note which threads read them.
  private final class WatchedVectors: PassageVectors {
    let count = 5000
    let threads = Mutex<Set<UInt>>([])

    func location(of index: Int) -> ParlanceError.Location { .init(file: "memory", line: index + 1) }
    func id(at index: Int) throws(ParlanceError) -> ExternalID { ExternalID("p\(index)") }
    func vector(at index: Int) throws(ParlanceError) -> SparseVector {
      threads.withLock { _ = $0.insert(UInt(bitPattern: ObjectIdentifier(Thread.current))) }
      return SparseVector([UInt32(index % 100): 1, 1000: 2])
    }
  }

  @Test("statistics are made by as many cores as memory has room for")
  func statistics() throws {
    func threads(memory: Int) throws -> (count: Int, statistics: CollectionStatistics) {
      let vectors = WatchedVectors()
      let statistics = try CollectionStatistics(
        of: vectors, vocabularySize: 100_000, weights: .u8, memory: memory, progress: nil, interruption: nil)
      return (vectors.threads.withLock(\.count), statistics)
    }
    let (one, all) = (try threads(memory: 1 << 20), try threads(memory: 1 << 30))
    #expect(one.count == 1 && all.count <= WorkerThreads.availableCores)
    #expect(one.statistics.postings == 10_000 && one.statistics.densest == 2048)
    #expect(one.statistics.terms.map(\.passages) == all.statistics.terms.map(\.passages))
    let estimates = [1000, 100_000].map {
      BuildEstimate(passages: 10, postings: 100, vocabularySize: $0, textBytes: 0, IndexConfiguration()).memory
    }
    #expect(estimates[1] - estimates[0] == 99_000 * (200 + 24 * WorkerThreads.availableCores))
  }
}
