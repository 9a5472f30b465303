import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import Testing

@testable import BinaryFiles
@testable import InvertedIndex

@Suite("A file whose checksums are true and whose contents are not")
struct ForgedTests {
  @Test(
    "of another format version is refused, and the message names file and version",
    arguments: ["manifest", "000001.postings", "000001.passages", "000001.vocabulary"])
  func otherVersion(name: String) throws {
    let scratch = try Scratch()
    let path = scratch("index")
    try DamageTests.build(path)
    try ForgedFile.setVersion(7, of: path + "/" + name)
    let error = #expect(throws: ParlanceError.self) { try InvertedIndex(path: path).vocabulary() }
    #expect(error?.code == .badInput && error?.location?.file == path + "/" + name, "\(error as Any)")
    #expect(error?.message.contains("7.0") == true, "\(error as Any)")
  }

  @Test(
    "with a greatest weight that none can be is refused, and does not end the process",
    arguments: [Float.nan, .infinity, -1])
  func greatestWeight(_ forged: Float) throws {
    let scratch = try Scratch()
    let path = scratch("index")
    try DamageTests.build(path)
    try ForgedFile.changePostings(path + "/000001.postings", section: "terms") { bytes in
      for index in 0..<4 { bytes[4 + index] = UInt8(truncatingIfNeeded: forged.bitPattern >> UInt32(8 * index)) }
    }
    let index = try InvertedIndex(path: path)
    let error = #expect(throws: ParlanceError.self) { try index.search(SparseVector([0: 1]), k: 3) }
    #expect(error?.code == .badInput && error?.message.contains("term 0") == true, "\(error as Any)")
    #expect(try InvertedIndex.verify(path: path).map(\.file) == ["000001.postings"])
  }

  @Test(
    "with a passage number behind its range, or one twice, is found by verify and changes no answer to other terms",
    arguments: StoredWeights.allCases, [50, 0xFFFF, 0] as [UInt16])
  func passageNumber(weights: StoredWeights, forged: UInt16) throws {
    let scratch = try Scratch()
    let path = scratch("index")
    // A full range whose passages have term 0, then 36 passages that have term 1.
    let vectors = MemoryVectors((0..<100).map { SparseVector([$0 < 64 ? 0 : 1: 1]) })
    let honest = try InvertedIndex.built(vectors, vocabularySize: 2, weights: weights, passagesPerRange: 64, at: path)
    let hits = try honest.search(SparseVector([0: 1]), k: 100).hits
    #expect(hits.count == 64)

    let file = path + "/000001.postings"
    let last = try SegmentPostings(path: file).ranges[1].numbers + 2 * 35
    try ForgedFile.changePostings(file, section: "postings") { bytes in
      bytes[last] = UInt8(forged & 255)
      bytes[last + 1] = UInt8(forged >> 8)
    }
    let index = try InvertedIndex(path: path)
    if forged >= 36 {
      let error = #expect(throws: ParlanceError.self) { try index.search(SparseVector([1: 1]), k: 100) }
      #expect(error?.code == .badInput && error?.message.contains("range 1") == true, "\(error as Any)")
    } else {
      #expect(try index.search(SparseVector([1: 1]), k: 100).hits.allSatisfy { $0.document >= DocumentID(64) })
    }
    #expect(try index.search(SparseVector([0: 1]), k: 100).hits == hits)
    #expect(try InvertedIndex.verify(path: path).map(\.file) == ["000001.postings"])
  }
}

@Suite("Vectors that do not belong together")
struct ForeignVectorsTests {
  static func write(
    _ path: String, encoder: EncoderIdentity = .test, passageSpace: EncoderIdentity? = nil, vocabulary: Int = 3
  ) throws {
    try VectorsWriter.write(
      path,
      VectorsDescription(encoder: encoder, passageSpace: passageSpace ?? encoder, vocabulary: .numbered(vocabulary))
    ) { writer throws(ParlanceError) in try writer.append(ExternalID("p-\(path)"), SparseVector([0: 1])) }
  }

  @Test("are refused, and the message names the file that does not fit")
  func refused() throws {
    let scratch = try Scratch()
    let other = EncoderIdentity(digest: String(repeating: "cd", count: 32), name: "other-encoder")
    try Self.write(scratch("one"))
    try Self.write(scratch("two"))
    try Self.write(scratch("other"), encoder: other)
    try Self.write(scratch("student"), encoder: other, passageSpace: .test)
    try Self.write(scratch("vocabulary"), vocabulary: 4)
    #expect(try VectorsFiles(paths: [scratch("one"), scratch("two")]).count == 2)
    for (name, words) in [("other", "other-encoder"), ("student", "query encoder"), ("vocabulary", "the vocabulary")] {
      let error = #expect(throws: ParlanceError.self) { try VectorsFiles(paths: [scratch("one"), scratch(name)]) }
      #expect(error?.code == .badInput && error?.location?.file == scratch(name), "\(error as Any)")
      #expect(error?.message.contains(words) == true, "\(error as Any)")
    }
  }
}
