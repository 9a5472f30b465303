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
    #expect(error?.message.contains("version 7.") == true, "\(error as Any)")
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
    "with a passage number behind its range, or one twice, is refused and changes no answer to other terms",
    arguments: StoredWeights.allCases, [50, 0xFFFF, 0, 34] as [UInt16])
  func passageNumber(weights: StoredWeights, forged: UInt16) throws {
    let scratch = try Scratch()
    let path = scratch("index")
    // A full range whose passages have term 0, then one of 36 passages whose last five have term 1.
    let vectors = MemoryVectors(
      (0..<100).map { $0 < 64 ? SparseVector([0: 1]) : $0 < 95 ? .empty : SparseVector([1: 1]) })
    let honest = try InvertedIndex.built(vectors, vocabularySize: 2, weights: weights, passagesPerRange: 64, at: path)
    let hits = try honest.search(SparseVector([0: 1]), k: 100).hits
    #expect(hits.count == 64)

    let file = path + "/000001.postings"
    let last = try SegmentPostings(path: file).ranges[1].numbers + 2 * 4
    try ForgedFile.changePostings(file, section: "postings") { bytes in
      bytes[last] = UInt8(forged & 255)
      bytes[last + 1] = UInt8(forged >> 8)
    }
    let index = try InvertedIndex(path: path)
    let error = #expect(throws: ParlanceError.self) { try index.search(SparseVector([1: 1]), k: 100) }
    #expect(error?.code == .badInput && error?.message.contains("range 1") == true, "\(error as Any)")
    #expect(try index.search(SparseVector([0: 1]), k: 100).hits == hits)
    #expect(try InvertedIndex.verify(path: path).map(\.file) == ["000001.postings"])
  }

  @Test("whose rows meet in a piece is checked across its border, and ends in the directory's order")
  func pieces() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    // More rare postings in a range than a piece has: each passage has one of 20 terms and the next ones.
    let passages = 20_000
    let vectors = MemoryVectors(
      (0..<passages).map { passage in
        let (one, other) = (UInt32(passage % 40), UInt32((passage + 1) % 40))
        return SparseVector([min(one, other): 1, max(one, other): 1])
      })
    let honest = try InvertedIndex.built(vectors, vocabularySize: 40, passagesPerRange: passages, at: path)
    for term in 0..<40 as Range<UInt32> {
      #expect(try honest.search(SparseVector([term: 1]), k: passages).hits.count == passages / 20)
    }
    let file = path + "/000001.postings"
    let range = try SegmentPostings(path: file).ranges[0]
    #expect(range.numberedPostings > SegmentPostings.pieceSize)
    try ForgedFile.changePostings(file, section: "postings") { bytes in
      // The first posting of the second piece says what the one before it says.
      let place = range.numbers + 2 * SegmentPostings.pieceSize
      (bytes[place], bytes[place + 1]) = (bytes[place - 2], bytes[place - 1])
    }
    let forged = try InvertedIndex(path: path)
    let refused = (0..<40 as Range<UInt32>).filter {
      (try? forged.search(SparseVector([$0: 1]), k: 1)) == nil
    }
    #expect(!refused.isEmpty && refused.count < 40)
  }

  @Test("whose greatest weights are less than its weights are, or whose common terms are others, is found by verify")
  func statistics() throws {
    for weights in [StoredWeights.f16, .f32] {
      let scratch = try Scratch()
      let path = scratch("index")
      try DamageTests.build(keeping: weights, at: path)
      #expect(try InvertedIndex.verify(path: path) == [])
      try ForgedFile.changePostings(path + "/000001.postings", section: "terms") { bytes in
        for index in 0..<4 { bytes[4 + index] = UInt8(truncatingIfNeeded: Float(1e-3).bitPattern >> UInt32(8 * index)) }
      }
      let damages = try InvertedIndex.verify(path: path)
      #expect(damages.map(\.file) == ["000001.postings"] && damages[0].message.contains("term 0"), "\(damages)")
    }
  }
}

@Suite("A manifest whose checksum is true and which lies")
struct ForgedManifestTests {
  @Test("about the length of a file is refused, and verify names the file", arguments: [-1, 1])
  func lengths(more: Int) throws {
    let scratch = try Scratch()
    let path = scratch("index")
    try DamageTests.buildLive(path)
    let honest = try IndexManifest.read(from: path).manifest
    let changes: [(inout IndexManifest) -> IndexManifest.File] = [
      { manifest in
        manifest.vocabularyFile.bytes += more
        return manifest.vocabularyFile
      },
      { manifest in
        manifest.segments[1].passagesFile.bytes += more
        return manifest.segments[1].passagesFile
      },
      { manifest in
        manifest.segments[0].postingsFile.bytes += more
        return manifest.segments[0].postingsFile
      },
    ]
    for change in changes {
      var manifest = honest
      let file = change(&manifest)
      try manifest.write(to: path)
      let error = #expect(throws: ParlanceError.self) { try InvertedIndex(path: path) }
      #expect(error?.code == .badInput && error?.location?.file == path + "/" + file.name, "\(error as Any)")
      #expect(try InvertedIndex.verify(path: path).map(\.file) == [file.name])
    }
  }

  @Test("with lengths or numbers of postings that cannot be added up is refused, and does not end the process")
  func sums() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    try DamageTests.buildLive(path)
    let honest = try IndexManifest.read(from: path).manifest
    var forgeries = [honest, honest]
    forgeries[0].vocabularyFile.bytes = .max
    forgeries[1].segments[1].postings = .max
    for manifest in forgeries {
      try ForgedFile.writeManifest(manifest, to: path)
      for open in [{ _ = try InvertedIndex(path: path) }, { _ = try InvertedIndex.verify(path: path) }] {
        let error = #expect(throws: ParlanceError.self) { try open() }
        #expect(error?.code == .badInput && error?.message.contains("makes no sense") == true, "\(error as Any)")
      }
    }
    try honest.write(to: path)
    #expect(try InvertedIndex.verify(path: path) == [])
  }

  @Test("that has forgotten which passages are deleted leaves ids twice, which verify finds")
  func twice() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    try DamageTests.buildLive(path)
    #expect(try InvertedIndex.verify(path: path) == [])
    var manifest = try IndexManifest.read(from: path).manifest
    manifest.deletedFile = nil
    for segment in manifest.segments.indices { manifest.segments[segment].deleted = nil }
    try manifest.write(to: path)
    // The second segment has "p1" again.
    let damages = try InvertedIndex.verify(path: path)
    #expect(damages.map(\.file) == ["manifest"], "\(damages)")
    #expect(damages.first?.message.contains("\"p1\" is passage") == true, "\(damages)")
  }
}

@Suite("Bitmaps whose checksums are true and whose contents are not")
struct ForgedBitmapTests {
  /// 100 passages of which all have term 0 and some term 1; ranges of 64.
  private func build(_ weights: StoredWeights, at path: String) throws -> PostingsRange {
    let vectors = MemoryVectors((0..<100).map { $0 % 3 == 0 ? SparseVector([0: 1, 1: 2]) : SparseVector([0: 1]) })
    _ = try InvertedIndex.built(vectors, vocabularySize: 2, weights: weights, passagesPerRange: 64, at: path)
    return try SegmentPostings(path: path + "/000001.postings").ranges[1]
  }

  private func expectFound(_ path: String, term: UInt32, other: UInt32) throws {
    let index = try InvertedIndex(path: path)
    let error = #expect(throws: ParlanceError.self) { try index.search(SparseVector([term: 1]), k: 100) }
    #expect(error?.code == .badInput && error?.message.contains("range 1") == true, "\(error as Any)")
    #expect(throws: ParlanceError.self) { try index.explain(SparseVector([term: 1]), DocumentID(66)) }
    #expect(!(try index.search(SparseVector([other: 1]), k: 100).hits.isEmpty))
    #expect(try InvertedIndex.verify(path: path).map(\.file) == ["000001.postings"])
  }

  @Test("with a bit more, a bit less or a bit behind the range are refused", arguments: StoredWeights.allCases)
  func bits(weights: StoredWeights) throws {
    for (term, place) in [(1, 0), (1, 2), (1, 36), (0, 127)] {
      let scratch = try Scratch()
      let range = try build(weights, at: scratch("index"))
      #expect(range.bitmapWords == 2 && range.numberedPostings == 0)
      try ForgedFile.changePostings(scratch("index/000001.postings"), section: "postings") { bytes in
        bytes[range.bitmaps + 8 * range.bitmapWords * term + place / 8] ^= 1 << UInt8(place % 8)
      }
      try expectFound(scratch("index"), term: UInt32(term), other: UInt32(1 - term))
    }
  }

  @Test("whose weights begin elsewhere are refused", arguments: [0, 1, 255] as [UInt8])
  func starts(forged: UInt8) throws {
    let scratch = try Scratch()
    let range = try build(.u8, at: scratch("index"))
    // Where the postings of the second end, behind where each begins and its greatest weight.
    try ForgedFile.changePostings(scratch("index/000001.postings"), section: "postings") { bytes in
      for index in 0..<4 { bytes[range.commonDirectory + 16 + index] = forged }
    }
    try expectFound(scratch("index"), term: 1, other: 0)
  }

  @Test("of terms that do not ascend, or that the vocabulary lacks, are refused at opening")
  func terms() throws {
    for forged in [1, 2, 255] as [UInt8] {
      let scratch = try Scratch()
      _ = try build(.u8, at: scratch("index"))
      try ForgedFile.changePostings(scratch("index/000001.postings"), section: "common") { bytes in
        bytes[forged == 1 ? 0 : 4] = forged
      }
      let error = #expect(throws: ParlanceError.self) { try InvertedIndex(path: scratch("index")) }
      #expect(error?.code == .badInput && error?.message.contains("common terms") == true, "\(error as Any)")
    }
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
