import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import Testing

@testable import BinaryFiles

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

  @Test("with a passage number behind its range is found by verify, and search stays within the passages")
  func passageNumber() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    try DamageTests.build(path)
    // The first number lies behind the directory of range 0, at the next multiple of 64.
    try ForgedFile.changePostings(path + "/000001.postings", section: "postings") { bytes in
      bytes[64] = 0xFF
      bytes[65] = 0xFF
    }
    let hits = try InvertedIndex(path: path).search(SparseVector([0: 1]), k: 4).hits
    #expect(hits.allSatisfy { $0.document < DocumentID(4) })
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
