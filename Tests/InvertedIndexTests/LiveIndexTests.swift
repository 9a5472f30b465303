import Conversations
import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import BinaryFiles
@testable import InvertedIndex

/// What an index should hold: passages by their ids, and in which segment each is.
struct ExpectedIndex {
  struct Entry {
    var id: ExternalID
    var vector: SparseVector
    var isLive = true
  }

  var segments: [[Entry]] = []
  /// How many passages the ranges of each segment have.
  var passagesPerRange: [Int] = []

  var live: [ExternalID: SparseVector] {
    Dictionary(uniqueKeysWithValues: segments.joined().filter(\.isLive).map { ($0.id, $0.vector) })
  }

  mutating func delete(_ id: ExternalID) {
    for segment in segments.indices {
      for entry in segments[segment].indices where segments[segment][entry].id == id {
        segments[segment][entry].isLive = false
      }
    }
    for segment in segments.indices.reversed() where !segments[segment].contains(where: \.isLive) {
      segments.remove(at: segment)
      passagesPerRange.remove(at: segment)
    }
  }

  mutating func add(_ entries: [(ExternalID, SparseVector)], passagesPerRange perRange: Int) {
    for (id, _) in entries { delete(id) }
    passagesPerRange.append(perRange)
    segments.append(entries.map { Entry(id: $0, vector: $1) })
  }

  /// As Documentation/formats/index.md says, in plain loops over the vectors that were given.
  func search(_ query: SparseVector, k: Int, weights: StoredWeights) -> [(ExternalID, Float)] {
    let plain = PlainScoring(
      segments: segments.map { $0.map(\.vector) }, weights: weights, passagesPerRange: passagesPerRange)
    let all = Array(segments.joined())
    return plain.search(query, k: all.count).filter { all[Int($0.document.rawValue)].isLive }.prefix(k).map {
      (all[Int($0.document.rawValue)].id, $0.score)
    }
  }
}

@Suite("A live index")
struct LiveIndexTests {
  static func passages(_ entries: [(ExternalID, SparseVector)]) -> [EncodedPassage] {
    entries.map {
      EncodedPassage(
        passage: Passage(
          id: $0, text: "text of \($0) \($1.terms)", metadata: ["size": .integer(Int64($1.count))]), vector: $1)
    }
  }

  @Test(
    "finds, after any changes, what a plain scan of what should be there finds",
    arguments: 0..<8 as Range<UInt64>, StoredWeights.allCases)
  func randomChanges(seed: UInt64, weights: StoredWeights) throws {
    let scratch = try Scratch()
    let path = scratch("index")
    var random = RandomCollection(seed: seed)
    while random.vocabularySize < 5 { random = RandomCollection(seed: random.next()) }
    var ids = 0
    func entries(_ count: Int) -> [(ExternalID, SparseVector)] {
      (0..<count).map { _ in
        ids += 1
        return (ExternalID("p\(ids)"), random.query())
      }
    }
    var expected = ExpectedIndex()
    let first = entries(random.number(in: 1...150))
    expected.add(first, passagesPerRange: 70)
    _ = try InvertedIndex.built(
      MemoryVectors(first.map(\.1), ids: first.map(\.0)), vocabularySize: random.vocabularySize, weights: weights,
      passagesPerRange: 70, texts: Texts.source(Self.passages(first).map(\.passage)), at: path)
    var configuration = IndexConfiguration()
    configuration.passagesPerRange = random.number(in: 0...1) == 0 ? 64 : 33
    let live = try LiveIndex(path: path, configuration: configuration)
    var before: (InvertedIndex, SparseVector, [Hit])?
    var merges = 0
    for step in 0..<14 {
      let context = Comment("seed \(seed), step \(step)")
      switch random.number(in: 0...4) {
      case 0...1:
        var new = entries(random.number(in: 1...40))
        // Some take the place of others.
        for place in new.indices where random.number(in: 0...3) == 0 {
          let other = ExternalID("p\(random.number(in: 1...ids))")
          if !new.contains(where: { $0.0 == other }) { new[place].0 = other }
        }
        let there = new.count { expected.live[$0.0] != nil }
        let change = try live.add(Self.passages(new), by: .test)
        #expect(change == IndexChange(added: new.count - there, replaced: there), context)
        expected.add(new, passagesPerRange: configuration.passagesPerRange)
      case 2...3:
        let gone = (0..<random.number(in: 1...20)).map { _ in ExternalID("p\(random.number(in: 1...ids + 3))") }
        let there = Set(gone).count { expected.live[$0] != nil }
        #expect(try live.delete(gone) == IndexChange(deleted: there), context)
        for id in gone { expected.delete(id) }
      default:
        // Where f32 weights are kept as they are, so is everything.
        try live.merge()
        let all = expected.segments.joined().filter(\.isLive)
        expected.segments = all.isEmpty ? [] : [Array(all)]
        expected.passagesPerRange = all.isEmpty ? [] : [configuration.passagesPerRange]
        merges += 1
      }
      // What a merge of bytes rounds again, a plain scan of the vectors that were given does not know.
      if weights == .u8, merges > 0 {
        try checkRounded(live, expected, merges: merges, random.query(), context)
        continue
      }
      let index = live.snapshot
      #expect(index.count == expected.live.count, context)
      #expect(try InvertedIndex.verify(path: path) == [], context)
      for k in [1, 7, 1000] {
        let query = random.query()
        let hits = try index.search(query, k: k).hits
        let found = try hits.map { (try index.id(of: $0.document), $0.score) }
        let scan = expected.search(query, k: k, weights: weights)
        #expect(found.map(\.0) == scan.map(\.0) && found.map(\.1) == scan.map(\.1), context)
        // A filter and deleted passages at once.
        let filter = PassageFilter([.init("size", .range(NumberRange(from: 3)))])
        let filtered = try index.search(query, k: k, filter: filter)
        let fitting = expected.search(query, k: 100_000, weights: weights).filter { expected.live[$0.0]!.count >= 3 }
        #expect(try filtered.hits.map { try index.id(of: $0.document) } == fitting.prefix(k).map(\.0), context)
        #expect(filtered.passagesAllowed == expected.live.values.count { $0.count >= 3 }, context)
      }
      for id in (1...ids + 2).map({ ExternalID("p\($0)") }) {
        let document = try index.document(for: id)
        #expect((document != nil) == (expected.live[id] != nil), context)
        if let document {
          #expect(try index.passage(of: document) == Self.passages([(id, expected.live[id]!)])[0].passage, context)
        }
      }
      // An index that was opened before answers as before.
      if let (old, query, hits) = before { #expect(try old.search(query, k: 20).hits == hits, context) }
      let query = random.query()
      before = (index, query, try index.search(query, k: 20).hits)
    }
  }

  /// After merges of bytes: the passages that are there, and for each a score within a rounding of each weight for each time it was
  /// written.
  private func checkRounded(
    _ live: LiveIndex, _ expected: ExpectedIndex, merges: Int, _ query: SparseVector, _ context: Comment
  ) throws {
    let index = live.snapshot
    #expect(index.count == expected.live.count, context)
    #expect(try InvertedIndex.verify(path: live.path) == [], context)
    for id in expected.live.keys { #expect(try index.document(for: id) != nil, context) }
    let hits = try index.search(query, k: 1000).hits
    // Weights are at most 3. A code that stands for less than what it was made of is 1 at least.
    let bound = query.weights.reduce(0) { $0 + Double($1) * Double(1 + merges) * 3 / 255 } + 1e-3
    for hit in hits {
      let exact = try query.dot(#require(expected.live[index.id(of: hit.document)], context))
      #expect(abs(Double(hit.score) - exact) <= bound, context)
    }
    #expect(hits.count == expected.live.values.count { query.dot($0) > 0 }, context)
  }

  /// Bytes of several ranges that become one are not kept to the bit; see `RangeScalesTests`.
  @Test(
    "keeps the weights of a segment to the bit when it is merged alone",
    arguments: [(StoredWeights.u8, 300), (.f16, 100), (.f32, 100)])
  func lossless(weights: StoredWeights, perRange: Int) throws {
    let scratch = try Scratch()
    var random = RandomCollection(seed: 4)
    while random.vectors.count < 300 { random = RandomCollection(seed: random.next()) }
    let built = try InvertedIndex.built(
      MemoryVectors(random.vectors), vocabularySize: random.vocabularySize, weights: weights,
      passagesPerRange: perRange, at: scratch("index"))
    let live = try LiveIndex(path: scratch("index"))
    try live.delete((0..<300).filter { $0 % 3 == 0 }.map { ExternalID("p\($0)") })
    #expect(try live.merge())
    #expect(try !live.merge())
    let merged = live.snapshot
    #expect(merged.count == 200 && merged.deletedCount == 0 && merged.segments.count == 1)
    for number in 0..<200 {
      let document = DocumentID(UInt32(number))
      let old = try #require(try built.document(for: merged.id(of: document)))
      for term in 0..<random.vocabularySize {
        let query = SparseVector([UInt32(term): 1])
        #expect(
          try merged.explain(query, document).map(\.passageWeight) == built.explain(query, old).map(\.passageWeight))
      }
    }
  }

  @Test("refuses another encoder, BM25, texts where there are none, and a second process")
  func refusals() throws {
    let scratch = try Scratch()
    let one = Self.passages([("a", SparseVector([0: 1]))])
    let bare = MemoryVectors([SparseVector([1: 1])])
    _ = try InvertedIndex.built(bare, vocabularySize: 3, at: scratch("bare"))
    _ = try InvertedIndex.built(bare, vocabularySize: 3, texts: Texts.of(bare), at: scratch("index"))
    let live = try LiveIndex(path: scratch("index"))
    func refused(_ code: ParlanceError.Code, _ words: String, _ body: () throws -> Void) {
      let error = #expect(throws: ParlanceError.self) { try body() }
      #expect(error?.code == code && error?.message.contains(words) == true, "\(error as Any)")
    }
    refused(.badInput, "vectors of") {
      try live.add(one, by: EncoderIdentity(digest: String(repeating: "cd", count: 32), name: "other"))
    }
    refused(.usage, "heaviest") { try live.add(bare, by: .test, keptTerms: 3, texts: Texts.of(bare)) }
    refused(.usage, "texts of its passages") { try live.add(bare, by: .test) }
    refused(.usage, "without texts") {
      try LiveIndex(path: scratch("bare")).add(bare, by: .test, texts: Texts.of(bare))
    }
    refused(.badInput, "below 3") { try live.add(Self.passages([("a", SparseVector([3: 1]))]), by: .test) }
    refused(.badInput, "given twice") { try live.add(one + one, by: .test) }
    refused(.noInput, "there is none") { _ = try LiveIndex(path: scratch("none")) }
    let lock = try FileLock(path: scratch("index/lock"))
    refused(.tryAgain, "another process") { try live.add(one, by: .test) }
    refused(.tryAgain, "another process") { try live.delete(["p0"]) }
    refused(.tryAgain, "another process") { try live.merge() }
    withExtendedLifetime(lock) {}
    #expect(live.snapshot.count == 1)

    var builder = BM25IndexBuilder()
    builder.configuration.weights = .f32
    try builder.build(at: scratch("bm25")) { () throws(ParlanceError) in
      Texts.source([Passage(id: "a", text: "one word"), Passage(id: "b", text: "two words")])
    }
    let words = try LiveIndex(path: scratch("bm25"))
    refused(.usage, "whole collection") { try words.add(one, by: words.snapshot.passageSpace) }
    let score = try words.snapshot.search(words.snapshot.bm25Query("two"), k: 1).hits[0].score
    #expect(try words.delete(["a"]).deleted == 1)
    try words.merge()
    #expect(try words.snapshot.search(words.snapshot.bm25Query("two"), k: 1).hits.map(\.score) == [score])
  }

  @Test("what does not fit is refused before the first vector, and no other process writes until the last")
  func addition() throws {
    let scratch = try Scratch()
    let vocabulary = Vocabulary.numbered(5)
    let vectors = MemoryVectors([SparseVector([0: 1]), SparseVector([1: 1])])
    var builder = IndexBuilder(passageSpace: .test, vocabulary: vocabulary)
    builder.keptTerms = 2
    try builder.build(vectors, texts: Texts.of(vectors), at: scratch("index"))
    let live = try LiveIndex(path: scratch("index"))
    let other = EncoderIdentity(digest: String(repeating: "cd", count: 32), name: "other")
    for (encoder, words, hasTexts) in [
      (other, vocabulary, true), (.test, .numbered(4), true), (.test, vocabulary, false),
    ] {
      let error = #expect(throws: ParlanceError.self) {
        _ = try IndexAddition(to: live, by: encoder, vocabulary: words, hasTexts: hasTexts)
      }
      #expect(error?.message.contains("--trust-model") == false, "\(error as Any)")
    }
    // They hold no lock.
    let second = try LiveIndex(path: scratch("index"))
    try second.delete(["p1"])

    var addition: IndexAddition? = try IndexAddition(to: live, by: .test, vocabulary: vocabulary, hasTexts: true)
    let error = #expect(throws: ParlanceError.self) { try second.delete(["p0"]) }
    #expect(error?.code == .tryAgain)
    try addition?.append("new", SparseVector([1: 1, 2: 3, 3: 2]))
    let passage = Passage(id: "new", text: "text")
    let change = try addition?.finish(texts: Texts.source([passage]))
    addition = nil
    #expect(change == IndexChange(added: 1))
    // The heaviest terms, as many as the index has.
    #expect(try live.snapshot.search(SparseVector([1: 1]), k: 3).hits.isEmpty)
    #expect(try live.snapshot.search(SparseVector([3: 1]), k: 3).hits.count == 1)

    // One that is let go leaves the index as it was, and so does one that was killed, once somebody writes again.
    addition = try IndexAddition(to: live, by: .test, vocabulary: vocabulary, hasTexts: true)
    try addition?.append("x", SparseVector([0: 1]))
    let faults = FaultLayer { _, _ in .crash(writing: 0) }
    FaultLayer.$current.withValue(faults) { addition = nil }
    let spools = {
      try FileManager.default.contentsOfDirectory(atPath: scratch("index")).filter { $0.contains("spool") }
    }
    #expect(try spools().count == 1)
    #expect(try second.delete(["new"]).deleted == 1)
    #expect(try spools() == [])
  }

  @Test("an addition of known files that ends at any moment is gone on with, and leaves nothing once it is done")
  func resumedAddition() throws {
    let scratch = try Scratch()
    let vocabulary = Vocabulary.numbered(5)
    let there = MemoryVectors([SparseVector([0: 1]), SparseVector([1: 1])])
    try Data("texts".utf8).write(to: URL(fileURLWithPath: scratch("file")))
    let inputs = BuildInputs(vectors: [], texts: [scratch("file")])
    let ids = (0..<300).map { ExternalID("new\($0)") }
    func start() throws {
      try? FileManager.default.removeItem(atPath: scratch("index"))
      try IndexBuilder(passageSpace: .test, vocabulary: vocabulary).build(there, at: scratch("index"))
    }
    /// - Returns: how many vectors were there already.
    func add(_ inputs: BuildInputs? = inputs, restarts: Bool = false) throws -> Int {
      let live = try LiveIndex(path: scratch("index"))
      let addition = try IndexAddition(
        to: live, by: .test, vocabulary: vocabulary, hasTexts: false, inputs: inputs, restarts: restarts)
      for id in ids.dropFirst(addition.resumedCount) { try addition.append(id, SparseVector([2: 1, 3: 2])) }
      _ = try addition.finish()
      return addition.resumedCount
    }
    func breakOff(at operation: Int, _ fault: FaultLayer.Fault) -> Bool {
      let faults = FaultLayer { number, _ in number == operation ? fault : nil }
      return FaultLayer.$current.withValue(faults) {
        do { _ = try add() } catch { return true }
        return faults.isCrashed
      }
    }

    try start()
    let layer = FaultLayer()
    #expect(try FaultLayer.$current.withValue(layer) { try add() } == 0)
    var resumed: Set<Int> = []
    for operation in layer.operations.indices {
      for fault in [FaultLayer.Fault.crash(writing: 9), .error(28)] {
        try start()
        guard breakOff(at: operation, fault) else { continue }
        // Another change leaves it alone.
        #expect(try LiveIndex(path: scratch("index")).delete(["p0"]).deleted == 1)
        resumed.insert(try add())
        let found = try InvertedIndex(path: scratch("index"))
        #expect(found.count == 301, "\(fault) at \(layer.operations[operation])")
        #expect(try found.search(SparseVector([3: 1]), k: 400).hits.count == 300)
        #expect(try InvertedIndex.verify(path: scratch("index")) == [])
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch("index"))
        #expect(!names.contains { $0.contains("spool") || $0.hasSuffix(".build") }, "\(names)")
      }
    }
    // Nothing, the first chunk, or all of them.
    #expect(resumed == [0, 256, 300])

    let late = try #require(
      layer.operations.firstIndex { if case .sync(let path) = $0 { path.contains(".postings") } else { false } })
    try Data("others".utf8).write(to: URL(fileURLWithPath: scratch("other")))
    let others = BuildInputs(vectors: [], texts: [scratch("other")])
    for (inputs, restarts) in [(inputs, true), (others, false), (nil, false)] {
      try start()
      #expect(breakOff(at: late, .crash(writing: 9)))
      #expect(try add(inputs, restarts: restarts) == 0)
      // Only one that keeps nothing itself leaves it to others.
      let names = try FileManager.default.contentsOfDirectory(atPath: scratch("index"))
      #expect(names.contains { $0.contains("spool") } == (inputs == nil), "\(names)")
    }
  }

  @Test("of which no passage is left does not say that it has texts, and takes passages with or without them")
  func emptied() throws {
    for hasTexts in [true, false] {
      let scratch = try Scratch()
      let two = BuildTests.two
      let built = try InvertedIndex.built(
        two, vocabularySize: 3, texts: hasTexts ? Texts.of(two) : nil, at: scratch("index"))
      #expect(built.info.hasTexts == hasTexts)
      let live = try LiveIndex(path: scratch("index"))
      try live.delete(["p0", "p1"])
      #expect(live.snapshot.info.segments == 0 && !live.snapshot.info.hasTexts)
      #expect(try !live.merge())
      try live.add(two, by: .test, texts: hasTexts ? nil : Texts.of(two))
      #expect(live.snapshot.info.hasTexts == !hasTexts)
    }
  }

  @Test("sees what another process did, and keeps its snapshot until it looks")
  func otherProcess() throws {
    let scratch = try Scratch()
    let vectors = MemoryVectors([SparseVector([0: 1]), SparseVector([1: 1])])
    _ = try InvertedIndex.built(vectors, vocabularySize: 3, texts: Texts.of(vectors), at: scratch("index"))
    let (one, other) = (try LiveIndex(path: scratch("index")), try LiveIndex(path: scratch("index")))
    try one.add(Self.passages([("new", SparseVector([2: 1]))]), by: .test)
    #expect(other.snapshot.count == 2)
    #expect(try other.refresh())
    #expect(try !other.refresh())
    #expect(other.snapshot.count == 3)
    // A change looks first.
    try one.delete(["p0"])
    #expect(try other.delete(["p0", "p1"]).deleted == 1)
    #expect(other.snapshot.count == 1)
    // The files of an index that is open are gone, and it answers all the same.
    try one.merge()
    #expect(try other.snapshot.search(SparseVector([2: 1]), k: 3).hits.count == 1)
    #expect(try other.snapshot.passage(of: #require(try other.snapshot.document(for: "new"))).text.contains("new"))
    // Everything deleted, then something new.
    try one.delete(["new"])
    #expect(try one.snapshot.search(SparseVector([2: 1]), k: 3).hits == [] && one.snapshot.segments.isEmpty)
    #expect(try InvertedIndex.verify(path: scratch("index")) == [])
    try one.add(Self.passages([("last", SparseVector([2: 1]))]), by: .test)
    #expect(try InvertedIndex(path: scratch("index")).count == 1)
    // Another index in the same place, whose files have the same names.
    try FileManager.default.removeItem(atPath: scratch("index"))
    _ = try InvertedIndex.built(
      MemoryVectors([SparseVector([1: 1])], ids: ["fresh"]), vocabularySize: 3, at: scratch("index"))
    #expect(try one.refresh())
    #expect(try one.snapshot.id(of: DocumentID(0)) == "fresh")
  }

  @Test("is searched, changed and merged by many at once")
  func concurrent() async throws {
    let scratch = try Scratch()
    let first = MemoryVectors((0..<100).map { SparseVector([UInt32($0 % 4): 1]) })
    _ = try InvertedIndex.built(
      first, vocabularySize: 8, passagesPerRange: 64, texts: Texts.of(first), at: scratch("index"))
    var policy = MergePolicy()
    policy.factor = 3
    policy.smallest = 8
    let live = try LiveIndex(path: scratch("index"), mergesByItself: true, policy: policy)
    let end = Interruption()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<3 {
        group.addTask {
          for step in 0..<12 {
            let id = ExternalID("w\(writer)-\(step)")
            try live.add(
              LiveIndexTests.passages([(id, SparseVector([4: 2])), (ExternalID("w\(writer)"), SparseVector([5: 1]))]),
              by: .test)
            // What was acknowledged is there at once.
            #expect(try live.snapshot.document(for: id) != nil)
            if step % 4 == 3 { try live.delete([id]) }
            if step == 6 { try live.merge() }
          }
        }
      }
      for _ in 0..<4 {
        group.addTask {
          while !end.isRequested, !Task.isCancelled {
            let index = live.snapshot
            for hit in try index.search(SparseVector([4: 1, 5: 1]), k: 50).hits {
              let id = try index.id(of: hit.document)
              #expect(id.string.hasPrefix("w"))
              #expect(try index.document(for: id) == hit.document)
            }
            #expect(try index.search(SparseVector([0: 1, 1: 1, 2: 1, 3: 1]), k: 200).hits.count == 100)
            await Task.yield()
          }
        }
      }
      for _ in 0..<3 { try await group.next() }
      end.request()
      try await group.waitForAll()
    }
    live.waitForMerges()
    #expect(live.lastMergeFailure == nil)
    #expect(live.snapshot.count == 100 + 3 * (12 - 3 + 1))
    #expect(live.snapshot.segments.count < 8)
    #expect(try InvertedIndex.verify(path: scratch("index")) == [])
    // No file is left that the manifest does not name.
    let files = Set(try FileManager.default.contentsOfDirectory(atPath: scratch("index")))
    #expect(files == Set(live.snapshot.manifest.files.map(\.name) + ["manifest", "lock"]))
  }

  @Test("what is deleted and added while a merge goes on stays deleted and added")
  func changesDuringMerge() throws {
    let scratch = try Scratch()
    let first = MemoryVectors((0..<50).map { SparseVector([UInt32($0 % 4): 1]) })
    _ = try InvertedIndex.built(first, vocabularySize: 8, at: scratch("index"))
    let live = try LiveIndex(path: scratch("index"))
    @Sendable func add(_ ids: [ExternalID]) throws {
      try live.add(MemoryVectors(ids.map { _ in SparseVector([4: 1]) }, ids: ids), by: .test)
    }
    try add(["a", "b"])
    try add(["c"])
    try live.delete(["p7"])
    let steps = Mutex(0)
    try live.merge { progress in
      // Once, between the reading of the old segments and the end.
      guard progress.activity == "indexing" else { return }
      let isFirst = steps.withLock { steps in
        steps += 1
        return steps == 1
      }
      guard isFirst else { return }
      #expect(throws: Never.self) {
        try live.delete(["p1", "b", "c"])
        try add(["d", "p2"])
      }
    }
    #expect(steps.withLock { $0 } > 0)
    let index = live.snapshot
    #expect(index.segments.count == 2 && index.count == 50 - 1 - 1 + 1 + 1 && index.deletedCount == 4)
    for id in ["p1", "b", "c", "p7"] as [ExternalID] { #expect(try index.document(for: id) == nil) }
    for id in ["p0", "a", "d", "p2"] as [ExternalID] { #expect(try index.document(for: id) != nil) }
    #expect(try InvertedIndex.verify(path: scratch("index")) == [])
  }
}
