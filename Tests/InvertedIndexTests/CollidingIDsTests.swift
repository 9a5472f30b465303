import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import Synchronization
import TestSupport
import Testing

@testable import InvertedIndex

@Suite("Ids that were made to have one hash")
struct CollidingIDsTests {
  /// Vectors that count how often an id is read.
  private final class CountedIDs: PassageVectors {
    let ids: [ExternalID]
    private let reads = Atomic(0)

    init(_ ids: [ExternalID]) { self.ids = ids }

    var count: Int { ids.count }
    func location(of index: Int) -> ParlanceError.Location { .init(file: "memory", line: index + 1) }
    func id(at index: Int) throws(ParlanceError) -> ExternalID {
      reads.wrappingAdd(1, ordering: .relaxed)
      return ids[index]
    }
    func vector(at index: Int) throws(ParlanceError) -> SparseVector { SparseVector([1: 1]) }
    func takeReads() -> Int { reads.exchange(0, ordering: .relaxed) }
  }

  private static let others = (0..<500).map { ExternalID("p\($0)") }

  private static func shuffled(_ ids: [ExternalID]) -> CountedIDs {
    var generator = SeededGenerator(seed: 18)
    return CountedIDs(ids.shuffled(using: &generator))
  }

  @Test("are told apart without comparing each with each")
  func table() throws {
    let colliding = CollidingIDs.ids(2048)
    #expect(Set(colliding.map(\.stableHash)).count == 1)
    let vectors = Self.shuffled(Self.others + colliding.dropLast())
    let table = try IDTable(of: vectors, interruption: nil)
    #expect(vectors.takeReads() < 3 * vectors.count)
    for index in vectors.ids.indices { #expect(try table.passage(vectors.ids[index], in: vectors) == index) }
    #expect(try table.passage(colliding[2047], in: vectors) == nil)
    #expect(try table.passage("none", in: vectors) == nil)
    #expect(vectors.takeReads() < 20 * vectors.count)

    let twice = CountedIDs(Self.others + colliding + [colliding[77]])
    let error = #expect(throws: ParlanceError.self) { try IDTable(of: twice, interruption: nil) }
    #expect(error?.message.contains("given twice, first at memory:578") == true, "\(error as Any)")
    #expect(error?.location?.line == 2549)
  }

  @Test("are found in an index, in as little time as others")
  func index() throws {
    let scratch = try Scratch()
    let colliding = CollidingIDs.ids(4096)
    let builder = IndexBuilder(passageSpace: .test, vocabulary: .numbered(2))
    func secondsOfFinding(_ ids: some Sequence<ExternalID>, but absent: ExternalID, in name: String) throws -> Double {
      let vectors = Self.shuffled(Self.others + ids)
      try builder.build(vectors, at: scratch(name))
      let store = try InvertedIndex(path: scratch(name)).segments[0].documents
      var found: [Int?] = []
      let seconds = try ProcessorTime.of { for id in vectors.ids { found.append(try store.passage(id)) } }
      #expect(found == Array(vectors.ids.indices))
      #expect(try store.passage(absent) == nil)
      return seconds
    }
    let ofColliding = try secondsOfFinding(colliding.dropLast(), but: colliding[4095], in: "index")
    // As long, each with a hash of its own.
    let apart = colliding.enumerated().map { ExternalID("\($1.string)-\($0)") }
    #expect(Set(apart.map(\.stableHash)).count == apart.count)
    let ofApart = try secondsOfFinding(apart.dropLast(), but: apart[4095], in: "apart")
    // To look at one after the other takes hundreds of times as long, as there are hundreds of ids to read for one.
    #expect(ofColliding < 64 * ofApart + 0.1, "\(ofColliding) and \(ofApart) seconds")

    // Few are not worth an order.
    try builder.build(CountedIDs(Self.others + colliding[..<8]), at: scratch("few"))
    let few = try InvertedIndex(path: scratch("few")).segments[0].documents
    for number in 0..<8 { #expect(try few.passage(colliding[number]) == 500 + number) }
    #expect(try few.passage(colliding[8]) == nil)
  }

  @Test("those that are canonically equal have hashes of their own in memory")
  func canonicallyEqual() {
    let ids = (0..<1024).map { number in
      ExternalID((0..<10).map { number >> $0 & 1 == 0 ? "\u{E9}" : "e\u{301}" }.joined())
    }
    #expect(ids.allSatisfy { $0.string == ids[0].string })
    #expect(Set(ids).count == 1024 && Set(ids.map(\.hashValue)).count > 1000)
  }
}
