import Conversations
import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@testable import BinaryFiles
@testable import InvertedIndex

@Suite("A damaged index")
struct DamageTests {
  /// Everything that a user can ask of a small index.
  static func answers(_ path: String) throws(ParlanceError) -> [String] {
    let index = try InvertedIndex(path: path)
    var answers: [String] = []
    let query = SparseVector([0: 1, 2: 0.5, 3: 2])
    for hit in try index.search(query, k: 10).hits {
      answers.append("\(hit) \(try index.id(of: hit.document)) \(try index.passage(of: hit.document))")
      answers.append("\(try index.explain(query, hit.document))")
    }
    answers.append("\(try index.vocabulary().pieces) \(try index.document(for: "p2")?.rawValue ?? 99)")
    answers.append("\(index.passageSpace.digest)")
    if index.hasMetadataColumns {
      let filter = PassageFilter([
        .init("lang", .anyOf([.string("en"), .string("de")])), .init("year", .range(NumberRange(from: 2000))),
      ])
      answers.append("\(try index.search(query, k: 10, filter: filter)) \(try index.metadataFields())")
    }
    return answers
  }

  /// An index with every kind of file: two segments, deleted passages in both, metadata.
  static func buildLive(_ path: String) throws {
    func passages(_ vectors: MemoryVectors) -> PassageSource {
      Texts.source(
        vectors.ids.enumerated().map { number, id in
          Passage(
            id: id, text: "Text of \(id)",
            metadata: ["lang": .string(number % 2 == 0 ? "en" : "de"), "year": .integer(Int64(1999 + number))])
        })
    }
    let first = MemoryVectors([
      SparseVector([0: 1, 2: 2]), SparseVector([0: 0.5, 3: 1.25]), SparseVector([1: 1, 2: 0.125, 3: 3]),
      SparseVector([2: 1]),
    ])
    _ = try InvertedIndex.built(
      first, vocabularySize: 5, weights: .u8, passagesPerRange: 3, texts: passages(first), at: path)
    let live = try LiveIndex(path: path)
    let second = MemoryVectors(
      [SparseVector([0: 2]), SparseVector([2: 1, 3: 0.25]), SparseVector([3: 1])], ids: ["p1", "q1", "q2"])
    try live.add(second, by: .test, texts: passages(second))
    try live.delete(["p3", "q2"])
  }

  static func build(_ path: String) throws { try build(keeping: .u8, at: path) }

  static func build(keeping weights: StoredWeights, at path: String) throws {
    let vectors = MemoryVectors([
      SparseVector([0: 1, 2: 2]), SparseVector([0: 0.5, 3: 1.25]), .empty, SparseVector([1: 1, 2: 0.125, 3: 3]),
    ])
    _ = try InvertedIndex.built(
      vectors, vocabularySize: 5, weights: weights, passagesPerRange: 3, texts: Texts.of(vectors), at: path)
  }

  @Test("with one byte changed gives an error or the same answers, and verify names the file")
  func changedBytes() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    try Self.buildLive(path)
    let expected = try Self.answers(path)
    for name in try FileManager.default.contentsOfDirectory(atPath: path) where name != "lock" {
      let file = path + "/" + name
      let whole = try Data(contentsOf: URL(fileURLWithPath: file))
      for position in whole.indices {
        var damaged = whole
        damaged[position] ^= 1 << UInt8(position % 8)
        try damaged.write(to: URL(fileURLWithPath: file))
        do {
          #expect(try Self.answers(path) == expected, "\(name), byte \(position)")
        } catch { #expect(error.code == .badInput, "\(name), byte \(position): \(error)") }
        let found: [String]
        do {
          found = try InvertedIndex.verify(path: path).map(\.file)
        } catch {
          // Without a manifest nothing else can be judged.
          found = ["manifest"]
        }
        #expect(found == [name], "\(name), byte \(position)")
      }
      try whole.write(to: URL(fileURLWithPath: file))
    }
    #expect(try InvertedIndex.verify(path: path).isEmpty)
  }

  @Test("cut short anywhere gives an error")
  func truncatedFiles() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    try Self.buildLive(path)
    for name in try FileManager.default.contentsOfDirectory(atPath: path) where name != "lock" {
      let file = path + "/" + name
      let whole = try Data(contentsOf: URL(fileURLWithPath: file))
      for length in 0..<whole.count {
        try whole.prefix(length).write(to: URL(fileURLWithPath: file))
        let error = #expect(throws: ParlanceError.self, "\(name), \(length) bytes") { try Self.answers(path) }
        #expect(error?.code == .badInput)
      }
      try whole.write(to: URL(fileURLWithPath: file))
    }
  }

  @Test("without one of its files says which")
  func missingFiles() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    try Self.build(path)
    try FileManager.default.removeItem(atPath: path + "/000001.postings")
    let error = #expect(throws: ParlanceError.self) { try InvertedIndex(path: path) }
    #expect(error?.location?.file == path + "/000001.postings")
    #expect(try InvertedIndex.verify(path: path).map(\.file) == ["000001.postings"])
  }

  @Test("of a build that ends at any operation is the old index or the new one, and the next build succeeds")
  func crashes() throws {
    let scratch = try Scratch()
    let old = MemoryVectors([SparseVector([0: 1])])
    let new = MemoryVectors([SparseVector([0: 2]), SparseVector([1: 1])])
    func build(_ vectors: MemoryVectors, _ path: String) throws {
      _ = try InvertedIndex.built(vectors, vocabularySize: 3, texts: Texts.of(vectors), at: path)
    }
    try build(old, scratch("counted"))
    let counter = FaultLayer()
    try FaultLayer.$current.withValue(counter) { try build(new, scratch("counted")) }
    let operations = counter.operations.count
    #expect(operations > 12)
    for fault in [FaultLayer.Fault.crash(writing: 0), .crash(writing: 9), .error(28)] {
      for operation in 0..<operations {
        for hadOld in [true, false] {
          let path = scratch("\(operation)-\(hadOld)")
          if hadOld { try build(old, path) }
          let faults = FaultLayer { number, _ in number == operation ? fault : nil }
          try? FaultLayer.$current.withValue(faults) { try build(new, path) }
          let opened = try? InvertedIndex(path: path)
          #expect(hadOld ? opened.map { [1, 2].contains($0.count) } == true : opened == nil || opened?.count == 2)
          if opened != nil { #expect(try InvertedIndex.verify(path: path).isEmpty) }
          try build(new, path)
          #expect(try InvertedIndex(path: path).count == 2)
          let left = try FileManager.default.contentsOfDirectory(atPath: path)
          #expect(left.count == 5, "\(left)")
          try FileManager.default.removeItem(atPath: path)
        }
      }
    }
  }

  /// `PARLANCE_WRITE_SPECIMEN=1` makes that of this version; a new format version gets a new folder, and the others stay.
  @Test("of an earlier format version, made long ago, still opens and answers the same", arguments: 1...4)
  func specimen(version: Int) throws {
    let path = TestSupport.packageRoot + "/Tests/InvertedIndexTests/Goldens/index-v\(version)"
    func build(_ path: String) throws {
      if version < 3 { try Self.build(path) } else { try Self.buildLive(path) }
    }
    let writes = version == 4 && ProcessInfo.processInfo.environment["PARLANCE_WRITE_SPECIMEN"] != nil
    if writes { try build(path) }
    let scratch = try Scratch()
    // What it answered when it was made.
    let answers = path + ".answers"
    if writes {
      try Self.answers(path).joined(separator: "\n").write(toFile: answers, atomically: true, encoding: .utf8)
    }
    #expect(try Self.answers(path).joined(separator: "\n") == String(contentsOfFile: answers, encoding: .utf8))
    #expect(try InvertedIndex.verify(path: path).isEmpty)
    // One that is built now finds the same, with the same words; before version 4 weights were parts of others.
    try build(scratch("now"))
    #expect(try Self.ids(InvertedIndex(path: scratch("now"))) == Self.ids(InvertedIndex(path: path)))
    if version == 4 { #expect(try Self.answers(path) == Self.answers(scratch("now"))) }
    // A merge writes the present format.
    try FileManager.default.copyItem(atPath: path, toPath: scratch("index"))
    let live = try LiveIndex(path: scratch("index"))
    #expect(try live.merge() && live.snapshot.hasMetadataColumns)
    #expect(live.snapshot.segments.allSatisfy { $0.postings.file.version == FormatVersion(3, 0) })
    let ids = try Self.ids(InvertedIndex(path: path))
    #expect(try Set(Self.ids(live.snapshot)) == Set(ids) && !ids.isEmpty)
  }

  private static func ids(_ index: InvertedIndex) throws -> [ExternalID] {
    try index.search(SparseVector([0: 1, 2: 0.5, 3: 2]), k: 10).hits.map { try index.id(of: $0.document) }
  }
}
