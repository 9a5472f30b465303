import Conversations
import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@testable import BinaryFiles
@testable import InvertedIndex

@Suite("The folder of a live index")
struct LiveIndexFolderTests {
  @Test("whoever has finished lets others write, however long it is referred to, and takes nothing of theirs away")
  func finished() throws {
    let scratch = try Scratch()
    let vocabulary = Vocabulary.numbered(5)
    for fails in [false, true] {
      let path = scratch("index\(fails)")
      let writer = try IndexWriter(path: path, passageSpace: .test, vocabulary: vocabulary)
      for id in ["a", "b"] as [ExternalID] { try writer.append(id, SparseVector([0: 1])) }
      let passages = ["a", "b"].map { Passage(id: ExternalID($0), text: "text of \($0)") }
      // One that failed leaves nothing, and lets others write as well.
      let built = Result { try writer.finish(texts: Texts.source(fails ? [] : passages)) }
      #expect(((try? built.get()) == nil) == fails)
      if fails { #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["lock"]) }
      _ = try InvertedIndex.built(BuildTests.two, vocabularySize: 5, texts: Texts.of(BuildTests.two), at: path)
      withExtendedLifetime(writer) {}
      #expect(try InvertedIndex.verify(path: path) == [])
    }

    let path = scratch("indexfalse")
    let (one, other) = (try LiveIndex(path: path), try LiveIndex(path: path))
    for fails in [false, true] {
      let addition = try IndexAddition(to: one, by: .test, vocabulary: vocabulary, hasTexts: true)
      try addition.append("new", SparseVector([2: 1]))
      let texts = fails ? [] : [Passage(id: "new", text: "text")]
      let change = Result { try addition.finish(texts: Texts.source(texts)) }
      #expect((try? change.get()) == (fails ? nil : IndexChange(added: 1)))
      #expect(try other.delete(["new"]).deleted == (fails ? 0 : 1))
      withExtendedLifetime(addition) {}
      #expect(try !FileManager.default.contentsOfDirectory(atPath: path).contains { $0.contains("spool") })
    }
    #expect(try InvertedIndex.verify(path: path) == [])
  }

  @Test("is changed whatever else lies in its folder, which stays; without a manifest that can be read it is refused")
  func strangers() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    _ = try InvertedIndex.built(BuildTests.two, vocabularySize: 3, at: path)
    let strangers = [".DS_Store", ".nfs0000000001", "notes.txt", "000001.postings.bak", "x.build"]
    for name in strangers { try Data(name.utf8).write(to: URL(fileURLWithPath: path + "/" + name)) }
    func checkStrangers() throws {
      for name in strangers { #expect(FileManager.default.contents(atPath: path + "/" + name) == Data(name.utf8)) }
      #expect(try InvertedIndex.verify(path: path) == [])
    }
    let live = try LiveIndex(path: path)
    try live.add(MemoryVectors([SparseVector([2: 1])], ids: ["new"]), by: .test)
    try checkStrangers()
    #expect(try live.delete(["p0"]).deleted == 1)
    #expect(try live.merge() && live.snapshot.count == 2)
    try checkStrangers()
    _ = try InvertedIndex.built(BuildTests.two, vocabularySize: 3, at: path)
    try checkStrangers()
    let manifest = path + "/manifest"
    let whole = try Data(contentsOf: URL(fileURLWithPath: manifest))
    for bytes in [nil, whole.dropLast()] {
      try FileManager.default.removeItem(atPath: manifest)
      if let bytes { try bytes.write(to: URL(fileURLWithPath: manifest)) }
      let error = #expect(throws: ParlanceError.self) {
        try InvertedIndex.built(BuildTests.two, vocabularySize: 3, at: path)
      }
      #expect(error?.code == .cannotWrite && error?.message.contains("another folder") == true, "\(error as Any)")
      if bytes == nil { try whole.write(to: URL(fileURLWithPath: manifest)) }
    }
  }

  @Test("a manifest that names a file twice is refused")
  func namedTwice() throws {
    let scratch = try Scratch()
    _ = try InvertedIndex.built(BuildTests.two, vocabularySize: 3, at: scratch("index"))
    var manifest = try IndexManifest.read(from: scratch("index")).manifest
    manifest.segments.append(manifest.segments[0])
    let error = #expect(throws: ParlanceError.self) { try manifest.write(to: scratch("index")) }
    #expect(error?.code == .cannotWrite)
  }

  @Test("a stray file with the greatest number is removed and takes no number from the next change")
  func strayNumber() throws {
    let scratch = try Scratch()
    var random = RandomCollection(seed: 5)
    while random.vectors.count < 17 { random = RandomCollection(seed: random.next()) }
    _ = try InvertedIndex.built(
      MemoryVectors(random.vectors), vocabularySize: random.vocabularySize, at: scratch("index"))
    let stray = scratch("index") + "/999999999998.spool"
    try Data().write(to: URL(fileURLWithPath: stray))
    #expect(try LiveIndex(path: scratch("index")).delete([ExternalID("p0")]).deleted == 1)
    #expect(!FileManager.default.fileExists(atPath: stray))
    #expect(try InvertedIndex(path: scratch("index")).count == random.vectors.count - 1)
  }
}
