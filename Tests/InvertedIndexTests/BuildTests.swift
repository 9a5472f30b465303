import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import StrictJSON
import Testing

@testable import BinaryFiles

@Suite("Building")
struct BuildTests {
  static let two = MemoryVectors([SparseVector([0: 1]), SparseVector([1: 1])])

  static func passages(_ ids: [String]) -> PassageSource {
    Texts.source(ids.map { Passage(id: ExternalID($0), text: "text of \($0)") })
  }

  @Test("keeps ids, titles, texts and metadata, whatever the order of the texts")
  func keepsPassages() throws {
    let scratch = try Scratch()
    let vectors = MemoryVectors(
      (0..<200).map { SparseVector([UInt32($0 % 5): 1]) },
      ids: (0..<200).map { ExternalID("id-\($0)-\u{65}\u{301}") })
    let passages = vectors.ids.enumerated().map { number, id in
      var metadata = JSONObject()
      if number % 3 > 0 { metadata["year"] = .integer(Int64(2000 + number)) }
      if number % 3 > 1 { metadata["tags"] = .array([.string("a\u{0}b"), .null, .bool(true)]) }
      return Passage(
        id: id, title: number % 2 == 0 ? "" : "T\(number)", text: String(repeating: "wörd \(number) ", count: number),
        metadata: metadata)
    }
    let index = try InvertedIndex.built(
      vectors, vocabularySize: 5, texts: Texts.source(passages.reversed()), at: scratch("index"))
    for (number, passage) in passages.enumerated() {
      let document = DocumentID(UInt32(number))
      #expect(try index.passage(of: document) == passage)
      #expect(try index.document(for: passage.id) == document)
    }
    // Composed and decomposed letters are different ids.
    #expect(try index.document(for: "id-3-\u{E9}") == nil)
    #expect(throws: ParlanceError.self) { try index.id(of: DocumentID(200)) }
    #expect(try InvertedIndex.verify(path: scratch("index")).isEmpty)
  }

  @Test(
    "what cannot be indexed is refused, and nothing opens afterwards",
    arguments: [
      ("a weight that is not finite", "finite weight"), ("a term outside of the vocabulary", "below 3"),
      ("an id given twice", "given twice"), ("a text without a vector", "no vector"),
      ("a vector without a text", "found 1"), ("a text given twice", "given twice"),
      ("a weight too great for f16", "f16"),
    ])
  func refusals(what: String, words: String) throws {
    let scratch = try Scratch()
    var vectors = Self.two
    var texts = Self.passages(["p0", "p1"])
    var weights = StoredWeights.u8
    switch what {
    case "a weight that is not finite": vectors.vectors[1] = SparseVector(unchecked: [TermID(0)], [.nan])
    case "a term outside of the vocabulary": vectors.vectors[1] = SparseVector([3: 1])
    case "an id given twice": vectors.ids = ["p0", "p0"]
    case "a text without a vector": texts = Self.passages(["p0", "p1", "p2"])
    case "a vector without a text": texts = Self.passages(["p1"])
    case "a text given twice": texts = Self.passages(["p1", "p1"])
    default:
      vectors.vectors[1] = SparseVector([0: 70_000])
      weights = .f16
    }
    let error = #expect(throws: ParlanceError.self) {
      try InvertedIndex.built(vectors, vocabularySize: 3, weights: weights, texts: texts, at: scratch("index"))
    }
    #expect(error?.code == .badInput && error?.message.contains(words) == true, "\(error as Any)")
    #expect(throws: ParlanceError.self) { try InvertedIndex(path: scratch("index")) }
    let left = (try? FileManager.default.contentsOfDirectory(atPath: scratch("index"))) ?? []
    #expect(left == [] || left == ["lock"])
  }

  @Test("a text that does not fit is told with its file and line")
  func places() throws {
    let scratch = try Scratch()
    func write(_ name: String, _ ids: [String]) throws {
      let writer = try PassageWriter(path: scratch(name))
      for id in ids { try writer.write(Passage(id: ExternalID(id), text: "text of \(id)")) }
      try writer.finish()
    }
    try write("one", ["p0"])
    for (ids, words) in [(["p1", "p2"], "\"p2\" has a text but no vector"), (["p1", "p0"], "\"p0\" is given twice")] {
      try write("two", ids)
      let error = #expect(throws: ParlanceError.self) {
        try InvertedIndex.built(
          Self.two, vocabularySize: 3, texts: PassageSource(files: [scratch("one"), scratch("two")]),
          at: scratch("index"))
      }
      #expect(error?.location == .init(file: scratch("two"), line: 2), "\(error as Any)")
      #expect(error?.message.contains(words) == true, "\(error as Any)")
    }
  }

  @Test("a second writer and a folder of other things are refused, an old index is replaced whole")
  func folders() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    let old = try InvertedIndex.built(Self.two, vocabularySize: 3, at: path)
    do {
      let lock = try FileLock(path: path + "/lock")
      let error = #expect(throws: ParlanceError.self) { try InvertedIndex.built(Self.two, vocabularySize: 3, at: path) }
      #expect(error?.code == .tryAgain)
      withExtendedLifetime(lock) {}
    }
    let new = try InvertedIndex.built(
      MemoryVectors([SparseVector([2: 1])], ids: ["new"]), vocabularySize: 3, at: path)
    #expect(new.count == 1)
    // The one that was open stays what it was.
    #expect(try old.search(SparseVector([1: 1]), k: 1).hits.map(\.document) == [DocumentID(1)])
    #expect(try old.vocabulary().count == 3)

    try FileManager.default.createDirectory(atPath: scratch("other"), withIntermediateDirectories: false)
    try "mine".write(toFile: scratch("other") + "/thesis.txt", atomically: true, encoding: .utf8)
    let error = #expect(throws: ParlanceError.self) {
      try InvertedIndex.built(Self.two, vocabularySize: 3, at: scratch("other"))
    }
    #expect(error?.code == .cannotWrite && error?.message.contains("thesis.txt") == true)
    #expect(throws: ParlanceError.self) {
      try InvertedIndex.built(Self.two, vocabularySize: 3, at: scratch("no/index"))
    }
  }

  @Test("an encoder that does not fit is refused unless it is trusted, another vocabulary always")
  func passageSpace() throws {
    let scratch = try Scratch()
    let index = try InvertedIndex.built(Self.two, vocabularySize: 3, at: scratch("index"))
    let digest = try index.vocabulary().digest
    let student = EncoderIdentity(digest: "5555", name: "student")
    #expect(index.accepts(.test) && index.accepts(student, distilledFor: .test) && !index.accepts(student))
    try index.check(.test, vocabularyDigest: digest)
    try index.check(student, distilledFor: .test, vocabularyDigest: digest)
    try index.check(student, vocabularyDigest: digest, trusted: true)
    #expect(throws: ParlanceError.self) { try index.check(student, vocabularyDigest: digest) }
    #expect(throws: ParlanceError.self) { try index.check(.test, vocabularyDigest: "77", trusted: true) }
  }

  @Test("a stream and .vectors files give the same index as the vectors themselves")
  func streamed() throws {
    let scratch = try Scratch()
    let collection = RandomCollection(seed: 4)
    let vectors = MemoryVectors(collection.vectors)
    let direct = try InvertedIndex.built(vectors, vocabularySize: collection.vocabularySize, at: scratch("direct"))
    let writer = try IndexWriter(
      path: scratch("streamed"), passageSpace: .test, vocabulary: .numbered(collection.vocabularySize))
    for (id, vector) in zip(vectors.ids, vectors.vectors) { try writer.append(id, vector) }
    try writer.finish()
    #expect(try InvertedIndex(path: scratch("streamed")).info.files.map(\.bytes) == direct.info.files.map(\.bytes))
    for name in ["000001.postings", "000001.passages", "000001.vocabulary", "manifest"] {
      let (one, two) = (scratch("direct") + "/" + name, scratch("streamed") + "/" + name)
      #expect(FileManager.default.contentsEqual(atPath: one, andPath: two), "\(name)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == ["direct", "streamed"])
  }

  @Test("many threads get the answers of one")
  func threads() async throws {
    let scratch = try Scratch()
    var collection = RandomCollection(seed: 9)
    let index = try InvertedIndex.built(
      MemoryVectors(collection.vectors), vocabularySize: collection.vocabularySize, passagesPerRange: 40,
      at: scratch("index"))
    let queries = (0..<32).map { _ in collection.query() }
    let expected = try queries.map { try index.search($0, k: 10) }
    let fresh = try InvertedIndex(path: scratch("index"))
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for worker in 0..<64 {
        group.addTask {
          try queries.indices.allSatisfy { number in
            let turn = (number + worker) % queries.count
            return try fresh.search(queries[turn], k: 10) == expected[turn]
          }
        }
      }
      for try await same in group { #expect(same) }
    }
  }
}
