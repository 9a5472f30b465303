import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import Synchronization
import TestSupport
import Testing

@testable import BinaryFiles
@testable import InvertedIndex

@Suite("A build that ends at any moment")
struct ResumedBuildTests {
  /// Vectors that count how often they are read.
  private final class CountedVectors: PassageVectors {
    let vectors: MemoryVectors
    private let reads = Atomic(0)

    init(_ vectors: MemoryVectors) { self.vectors = vectors }

    var count: Int { vectors.count }
    func location(of index: Int) -> ParlanceError.Location { vectors.location(of: index) }
    func id(at index: Int) throws(ParlanceError) -> ExternalID { try vectors.id(at: index) }
    func vector(at index: Int) throws(ParlanceError) -> SparseVector {
      reads.wrappingAdd(1, ordering: .relaxed)
      return try vectors.vector(at: index)
    }
    func takeReads() -> Int { reads.exchange(0, ordering: .relaxed) }
  }

  private static let vectors = MemoryVectors(
    (0..<60).map { number -> SparseVector in SparseVector([UInt32(number % 7): Float(1 + number % 5), 8: 1]) })

  /// A file stands for what the vectors come from.
  private static func build(
    _ vectors: some PassageVectors, of file: String, at path: String, restarts: Bool = false
  ) throws {
    var configuration = IndexConfiguration()
    configuration.passagesPerRange = 10
    var builder = IndexBuilder(passageSpace: .test, vocabulary: .numbered(9), configuration: configuration)
    builder.inputs = BuildInputs(vectors: [file], texts: [])
    builder.restarts = restarts
    try builder.build(vectors, texts: Texts.of(Self.vectors), at: path)
  }

  /// The bytes of all files.
  private static func contents(_ path: String) throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      contents[name] = try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
    }
    return contents
  }

  private static func makeFile(_ path: String) throws { try Data("vectors".utf8).write(to: URL(fileURLWithPath: path)) }

  /// Runs a build with a fault at an operation.
  ///
  /// - Returns: whether it ended there; nobody cares for a file that could not be removed.
  @discardableResult
  private static func breakBuild(
    _ scratch: Scratch, at operation: Int, _ fault: FaultLayer.Fault = .crash(writing: 9)
  ) -> Bool {
    let faults = FaultLayer { number, _ in number == operation ? fault : nil }
    return FaultLayer.$current.withValue(faults) {
      do { try build(vectors, of: scratch("file"), at: scratch("index")) } catch { return true }
      return faults.isCrashed
    }
  }

  @Test("is gone on with by the same call, to the same bytes, and keeps the ranges that were written")
  func resumed() throws {
    let scratch = try Scratch()
    try Self.makeFile(scratch("file"))
    let counted = CountedVectors(Self.vectors)
    let layer = FaultLayer()
    try FaultLayer.$current.withValue(layer) { try Self.build(counted, of: scratch("file"), at: scratch("whole")) }
    let whole = try Self.contents(scratch("whole"))
    #expect(Set(whole.keys) == ["000001.passages", "000001.postings", "000001.vocabulary", "lock", "manifest"])
    #expect(counted.takeReads() == 120)

    var reads: Set<Int> = []
    // From here on all ranges are written.
    let written = try #require(
      layer.operations.firstIndex { if case .sync(let path) = $0 { path.contains(".postings") } else { false } })
    for operation in layer.operations.indices {
      for fault in [FaultLayer.Fault.crash(writing: 9), .error(28)] {
        try? FileManager.default.removeItem(atPath: scratch("index"))
        guard Self.breakBuild(scratch, at: operation, fault) else { continue }
        try Self.build(counted, of: scratch("file"), at: scratch("index"))
        #expect(try Self.contents(scratch("index")) == whole, "\(fault) at \(layer.operations[operation])")
        let again = counted.takeReads()
        reads.insert(again)
        #expect(operation < written || again == 0, "\(fault) at \(layer.operations[operation])")
      }
    }
    // Nothing was kept, the look through the vectors, and one range more each time.
    #expect(reads.isSuperset(of: [120, 60, 50, 40, 30, 20, 10, 0]), "\(reads.sorted())")
  }

  @Test("is gone on with however often it ends, and over an index that is there")
  func again() throws {
    let scratch = try Scratch()
    try Self.makeFile(scratch("file"))
    for name in ["whole", "index"] {
      _ = try InvertedIndex.built(BuildTests.two, vocabularySize: 3, at: scratch(name))
    }
    try Self.build(Self.vectors, of: scratch("file"), at: scratch("whole"))
    var times = 0
    var isDone = false
    while !isDone, times < 100 {
      times += 1
      // Each process ends a little later than the one before got.
      let faults = FaultLayer { number, _ in number >= 19 + times % 3 ? .crash(writing: 5) : nil }
      isDone = FaultLayer.$current.withValue(faults) {
        (try? Self.build(Self.vectors, of: scratch("file"), at: scratch("index"))) != nil && !faults.isCrashed
      }
    }
    try Self.build(Self.vectors, of: scratch("file"), at: scratch("index"))
    let (found, whole) = (try InvertedIndex(path: scratch("index")), try InvertedIndex(path: scratch("whole")))
    #expect(try CrashTests.contents(found) == CrashTests.contents(whole))
    #expect(try InvertedIndex.verify(path: scratch("index")) == [])
  }

  @Test("keeps nothing that the disk changed", arguments: 0..<40 as Range<UInt64>)
  func damaged(seed: UInt64) throws {
    let scratch = try Scratch()
    var random = SeededGenerator(seed: seed)
    try Self.makeFile(scratch("file"))
    let layer = FaultLayer()
    try FaultLayer.$current.withValue(layer) { try Self.build(Self.vectors, of: scratch("file"), at: scratch("whole")) }
    let commit = try #require(
      layer.operations.firstIndex { if case .sync(let path) = $0 { path.contains(".postings") } else { false } })
    Self.breakBuild(scratch, at: commit)
    let left = try Self.contents(scratch("index"))
    for name in ["000001.postings.partial", "000001.ranges", "000001.build"] where Bool.random(using: &random) {
      var bytes = try #require(left[name])
      let place = Int.random(in: 0..<bytes.count, using: &random)
      if Bool.random(using: &random) { bytes[place] ^= 0x10 } else { bytes = bytes.prefix(place) }
      try bytes.write(to: URL(fileURLWithPath: scratch("index/" + name)))
    }
    try Self.build(Self.vectors, of: scratch("file"), at: scratch("index"))
    let contents = try Self.contents(scratch("index"))
    let whole = try Self.contents(scratch("whole"))
    #expect(contents == whole, "seed \(seed)")
  }

  @Test("begins anew when its files changed, when it is told to, and after another change of the index")
  func notResumed() throws {
    let scratch = try Scratch()
    let layer = FaultLayer()
    try Self.makeFile(scratch("file"))
    try FaultLayer.$current.withValue(layer) { try Self.build(Self.vectors, of: scratch("file"), at: scratch("whole")) }
    let commit = try #require(
      layer.operations.firstIndex { if case .sync(let path) = $0 { path.contains(".postings") } else { false } })
    let counted = CountedVectors(Self.vectors)
    func reads(restarts: Bool = false, _ change: () throws -> Void) throws -> Int {
      try? FileManager.default.removeItem(atPath: scratch("index"))
      Self.breakBuild(scratch, at: commit)
      try change()
      try Self.build(counted, of: scratch("file"), at: scratch("index"), restarts: restarts)
      #expect(try Self.contents(scratch("index")) == Self.contents(scratch("whole")))
      return counted.takeReads()
    }
    #expect(try reads {} == 0)
    #expect(try reads(restarts: true) {} == 120)
    #expect(try reads { try Data("others".utf8).write(to: URL(fileURLWithPath: scratch("file"))) } == 120)
    // Whoever changes the index that is there throws away what was begun.
    _ = try InvertedIndex.built(Self.vectors, vocabularySize: 9, texts: Texts.of(Self.vectors), at: scratch("other"))
    let faults = FaultLayer { number, _ in number == commit + 3 ? .crash(writing: 0) : nil }
    FaultLayer.$current.withValue(faults) { try? Self.build(Self.vectors, of: scratch("file"), at: scratch("other")) }
    #expect(try Self.contents(scratch("other")).keys.contains { $0.hasSuffix(".build") })
    try LiveIndex(path: scratch("other")).delete(["p3"])
    #expect(try !Self.contents(scratch("other")).keys.contains { $0.hasSuffix(".build") })
  }

  @Test("what another process left while this one waited for the lock is gone on with")
  func leftMeanwhile() throws {
    let scratch = try Scratch()
    try Self.makeFile(scratch("file"))
    let layer = FaultLayer()
    try FaultLayer.$current.withValue(layer) { try Self.build(Self.vectors, of: scratch("file"), at: scratch("whole")) }
    let commit = try #require(
      layer.operations.firstIndex { if case .sync(let path) = $0 { path.contains(".postings") } else { false } })
    let counted = CountedVectors(Self.vectors)
    let other = FaultLayer { _, operation in
      if operation == .lock(path: scratch("index/lock")) { Self.breakBuild(scratch, at: commit) }
      return nil
    }
    try FaultLayer.$current.withValue(other) { try Self.build(counted, of: scratch("file"), at: scratch("index")) }
    #expect(counted.takeReads() == 0)
    #expect(try Self.contents(scratch("index")) == Self.contents(scratch("whole")))
  }

  @Test("a stream of vectors is gone on with, whenever it ends, to the same bytes")
  func stream() throws {
    let scratch = try Scratch()
    try Self.makeFile(scratch("file"))
    let vectors = MemoryVectors((0..<300).map { SparseVector([UInt32($0 % 7): Float(1 + $0 % 5), 8: 1]) })
    /// - Returns: how many vectors had to be given.
    func write(at path: String) throws -> Int {
      let writer = try IndexWriter(
        path: path, passageSpace: .test, vocabulary: .numbered(9),
        inputs: BuildInputs(vectors: [], texts: [scratch("file")]))
      let missing = writer.resumedCount..<vectors.count
      for index in missing { try writer.append(vectors.ids[index], vectors.vectors[index]) }
      try writer.finish(texts: Texts.of(vectors))
      return missing.count
    }
    let layer = FaultLayer()
    #expect(try FaultLayer.$current.withValue(layer) { try write(at: scratch("whole")) } == 300)
    let whole = try Self.contents(scratch("whole"))
    #expect(Set(whole.keys) == ["000001.passages", "000001.postings", "000001.vocabulary", "lock", "manifest"])
    var given: Set<Int> = []
    for operation in layer.operations.indices {
      for fault in [FaultLayer.Fault.crash(writing: 9), .error(28)] {
        try? FileManager.default.removeItem(atPath: scratch("index"))
        let faults = FaultLayer { number, _ in number == operation ? fault : nil }
        let isDone = FaultLayer.$current.withValue(faults) { (try? write(at: scratch("index"))) != nil }
        if isDone, !faults.isCrashed { continue }
        given.insert(try write(at: scratch("index")))
        #expect(try Self.contents(scratch("index")) == whole, "\(fault) at \(layer.operations[operation])")
      }
    }
    // Nothing was kept, a whole chunk, and all.
    #expect(given == [300, 44, 0])
  }

  /// A writer of 300 vectors, into an index that is there.
  private static func encodes(
    _ scratch: Scratch, _ name: String = "index", _ change: (inout IndexConfiguration) -> Void = { _ in }
  ) throws -> IndexWriter {
    var configuration = IndexConfiguration()
    configuration.passagesPerRange = 100
    change(&configuration)
    return try IndexWriter(
      path: scratch(name), passageSpace: .test, vocabulary: .numbered(9), configuration: configuration,
      inputs: BuildInputs(vectors: [], texts: [scratch("file")]))
  }

  /// - Returns: how many vectors were there already.
  @discardableResult
  private static func fill(_ writer: IndexWriter) throws -> Int {
    for number in writer.resumedCount..<300 {
      try writer.append(ExternalID("p\(number)"), SparseVector([UInt32(number % 7): Float(1 + number % 5), 8: 1]))
    }
    return writer.resumedCount
  }

  /// Ends a build while its vectors come, of which 256 are kept, or once all of its ranges are written.
  private static func leave(_ scratch: Scratch, isWhole: Bool) throws {
    let writer = try encodes(scratch)
    try fill(writer)
    guard isWhole else { return }
    let faults = FaultLayer { _, operation in
      guard case .sync(let path) = operation, path.contains(".postings") else { return nil }
      return .error(28)
    }
    #expect(throws: ParlanceError.self) { try FaultLayer.$current.withValue(faults) { try writer.finish() } }
  }

  @Test(
    "vectors that are encoded stay while the index that is there is changed, and for another configuration",
    arguments: [false, true])
  func encodedStay(isWhole: Bool) throws {
    let scratch = try Scratch()
    try Self.makeFile(scratch("file"))
    _ = try InvertedIndex.built(Self.vectors, vocabularySize: 9, at: scratch("index"))
    try Self.leave(scratch, isWhole: isWhole)
    func left() throws -> Set<String> {
      Set(try Self.contents(scratch("index")).keys.filter { $0.hasPrefix("000002.") })
    }
    if isWhole { #expect(try left().isSuperset(of: ["000002.passages", "000002.postings.partial", "000002.ranges"])) }
    let live = try LiveIndex(path: scratch("index"))
    #expect(try live.delete(["p3"]).deleted == 1)
    try live.add(MemoryVectors([SparseVector([2: 1])], ids: ["new"]), by: .test)
    #expect(try live.merge())
    #expect(try InvertedIndex.verify(path: scratch("index")) == [])
    #expect(try left() == ["000002.build", isWhole ? "000002.spool" : "000002.spool.partial"])
    let generation = try IndexManifest.read(from: scratch("index")).manifest.generation

    let smaller = try Self.encodes(scratch) {
      $0.memory = 1 << 20
      $0.weights = .f32
    }
    #expect(try Self.fill(smaller) == (isWhole ? 300 : 256))
    try smaller.finish()
    let whole = try Self.encodes(scratch, "whole") { $0.weights = .f32 }
    try Self.fill(whole)
    try whole.finish()
    let found = try InvertedIndex(path: scratch("index"))
    #expect(try CrashTests.contents(found) == CrashTests.contents(InvertedIndex(path: scratch("whole"))))
    #expect(found.manifest.generation > generation)
    #expect(try InvertedIndex.verify(path: scratch("index")) == [])
    #expect(try Self.contents(scratch("index")).count == 5)
  }

  @Test("vectors of a build that is given up go with its journal")
  func givenUp() throws {
    let scratch = try Scratch()
    try Self.makeFile(scratch("file"))
    _ = try InvertedIndex.built(Self.vectors, vocabularySize: 9, at: scratch("index"))
    try Self.leave(scratch, isWhole: true)
    try FileManager.default.removeItem(atPath: scratch("index/000002.build"))
    #expect(try LiveIndex(path: scratch("index")).delete(["p3"]).deleted == 1)
    // The change has the number of the build that is gone.
    let names = try Self.contents(scratch("index")).keys
    #expect(!names.contains { name in ["spool", "partial", "ranges"].contains { name.contains($0) } }, "\(names)")
    #expect(try InvertedIndex.verify(path: scratch("index")) == [])
  }

  @Test("a build is the same for every minor version of its journal")
  func minorVersion() {
    let builder = IndexBuilder(passageSpace: .test, vocabulary: .numbered(9))
    var hash = SHA256()
    hash.update(
      "1.0 \(builder.configuration) \(builder.passageSpace.digest) \(builder.passageSpace) \(builder.vocabulary.digest) "
        + "0 60 true nil 1 s 0 0")
    let expected = hash.finish().bytes
    let inputs = BuildInputs(vectors: [], texts: [], settings: "s")
    #expect(inputs.digest(of: builder, passages: 60, hasTexts: true) == expected)
  }

  @Test(
    "vectors that are encoded stay wherever they are taken over, and on the way back",
    arguments: [true, false], [true, false])
  func takenOver(isChanged: Bool, isWhole: Bool) throws {
    let scratch = try Scratch()
    try Self.makeFile(scratch("file"))
    let count = isWhole ? 300 : 256
    /// Vectors of one configuration, over an index that was changed or none.
    func leave() throws {
      try? FileManager.default.removeItem(atPath: scratch("index"))
      if isChanged { _ = try InvertedIndex.built(Self.vectors, vocabularySize: 9, at: scratch("index")) }
      try Self.leave(scratch, isWhole: isWhole)
      if isChanged { #expect(try LiveIndex(path: scratch("index")).delete(["p3"]).deleted == 1) }
    }
    func other(_ name: String = "index") throws -> IndexWriter {
      try Self.encodes(scratch, name) { $0.weights = .f32 }
    }
    func finish(_ writer: IndexWriter) throws {
      try Self.fill(writer)
      try writer.finish()
    }
    func contents(_ name: String) throws -> [String] { try CrashTests.contents(InvertedIndex(path: scratch(name))) }
    try finish(other("other"))
    try finish(Self.encodes(scratch, "same"))
    let expected = [try contents("other"), try contents("same")]
    try leave()
    let layer = FaultLayer()
    #expect(try FaultLayer.$current.withValue(layer) { try other().resumedCount } == count)
    for operation in layer.operations.indices {
      for fault in [FaultLayer.Fault.crash(writing: 9), .error(28)] {
        for isBack in [false, true] {
          try leave()
          let faults = FaultLayer { number, _ in number == operation ? fault : nil }
          FaultLayer.$current.withValue(faults) { _ = try? other() }
          let writer = try isBack ? Self.encodes(scratch) : other()
          let place = "\(fault) at \(layer.operations[operation]), back: \(isBack)"
          #expect(writer.resumedCount == count, "\(place)")
          try finish(writer)
          #expect(try contents("index") == expected[isBack ? 1 : 0], "\(place)")
          #expect(try Self.contents(scratch("index")).count == 5, "\(place)")
        }
      }
    }
  }

  @Test("a stream in which a vector is refused leaves nothing, and neither do vectors that are gone")
  func refusedStream() throws {
    let scratch = try Scratch()
    try Self.makeFile(scratch("file"))
    var configuration = IndexConfiguration()
    configuration.passagesPerRange = 10
    func writer(restarts: Bool = false) throws -> IndexWriter {
      try IndexWriter(
        path: scratch("index"), passageSpace: .test, vocabulary: .numbered(9), configuration: configuration,
        inputs: BuildInputs(vectors: [], texts: [scratch("file")]), restarts: restarts)
    }
    func fill(_ writer: IndexWriter) throws {
      for number in writer.resumedCount..<300 { try writer.append(ExternalID("p\(number)"), SparseVector([3: 1])) }
    }
    do {
      let writer = try writer()
      try fill(writer)
      #expect(throws: ParlanceError.self) { try writer.append("p7", .empty) }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("index")) == ["lock"])
    do { try fill(writer()) }
    #expect(try writer().resumedCount == 256)
    #expect(try writer(restarts: true).resumedCount == 0)

    // A build that ends in its first range, whose vectors then go.
    do {
      let writer = try writer()
      try fill(writer)
      let interruption = Interruption()
      let stop: ProgressHandler = { if $0.activity == "indexing" { interruption.request() } }
      #expect(throws: ParlanceError.self) { try writer.finish(progress: stop, interruption: interruption) }
    }
    #expect(try writer().resumedCount == 300)
    try FileManager.default.removeItem(atPath: scratch("index/000001.spool"))
    do {
      let writer = try writer()
      #expect(writer.resumedCount == 0)
      for number in 0..<300 { try writer.append(ExternalID("p\(number)"), SparseVector([4: 1])) }
      try writer.finish()
    }
    // Nothing is left of the ranges of the others.
    #expect(try InvertedIndex(path: scratch("index")).search(SparseVector([4: 1]), k: 400).hits.count == 300)
  }

  @Test("what is interrupted is kept, what is wrong with the vectors is not")
  func interrupted() throws {
    let scratch = try Scratch()
    try Self.makeFile(scratch("file"))
    var builder = IndexBuilder(passageSpace: .test, vocabulary: .numbered(9))
    builder.configuration.passagesPerRange = 10
    builder.inputs = BuildInputs(vectors: [scratch("file")], texts: [])
    let interruption = Interruption()
    let stop: ProgressHandler = { if $0.activity == "indexing", $0.completed >= 20 { interruption.request() } }
    let error = #expect(throws: ParlanceError.self) {
      try builder.build(
        Self.vectors, texts: nil, at: scratch("index"), progress: stop, interruption: interruption)
    }
    #expect(error?.code == .interrupted)
    let counted = CountedVectors(Self.vectors)
    try builder.build(counted, at: scratch("index"))
    #expect(counted.takeReads() <= 40)

    var wrong = Self.vectors
    wrong.ids[50] = "p3"
    #expect(throws: ParlanceError.self) { try builder.build(wrong, at: scratch("index2")) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("index2")) == ["lock"])
  }
}
