import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import BinaryFiles
@testable import InvertedIndex

@Suite("Building in little memory")
struct BoundedMemoryTests {
  private struct Row: BitwiseCopyable, Comparable {
    var key: UInt64
    var value: UInt32

    static func < (left: Self, right: Self) -> Bool { (left.key, left.value) < (right.key, right.value) }
  }

  @Test("rows come out sorted, as often as they are asked for and from any of them on", arguments: 0..<20)
  func sorting(seed: UInt64) throws {
    let scratch = try Scratch()
    var random = SeededGenerator(seed: seed)
    let count = [0, 1, 5, 1024, 1025, 9000].randomElement(using: &random) ?? 0
    let memory = [1, 160, 16 * 1024, 16 * 2000, .max].randomElement(using: &random) ?? 1
    let keys = UInt64.random(in: 1...UInt64(count + 1), using: &random)
    let rows = (0..<min(count, memory == 1 ? 50 : count)).map { number in
      Row(key: UInt64.random(in: 0..<keys, using: &random), value: UInt32(number))
    }
    var sorter = RowSorter<Row>(memory: memory, scratch: BuildScratch(memory: memory, folder: scratch.path))
    for row in rows { try sorter.append(row) }
    let sorted = sorter.finish()
    let context = Comment("seed \(seed): \(rows.count) rows, memory \(memory)")
    for _ in 0..<2 {
      var found: [Row] = []
      try sorted.forEach { found.append($0) }
      #expect(found == rows.sorted(), context)
    }
    for key in [0, keys / 2, keys] {
      var found: [Row] = []
      try sorted.scan(from: Row(key: key, value: 0)) { row in
        if row.key == key { found.append(row) }
        return row.key == key
      }
      #expect(found.sorted() == rows.filter { $0.key == key }.sorted(), context)
    }
    // The file has no name.
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == [])
  }

  /// A row that is compared by its key alone, and counts how often.
  private struct CountedRow: BitwiseCopyable, Comparable {
    var key: UInt32
    var value: UInt32

    static let comparisons = Atomic(0)

    static func == (left: Self, right: Self) -> Bool { left.key == right.key }
    static func < (left: Self, right: Self) -> Bool {
      comparisons.wrappingAdd(1, ordering: .relaxed)
      return left.key < right.key
    }
  }

  @Test("many runs are merged by few comparisons, and rows that are equal keep the order of their runs")
  func manyRuns() throws {
    let scratch = try Scratch()
    let (runs, length) = (512, 4)
    var random = SeededGenerator(seed: 12)
    let rows = (0..<runs * length).map { CountedRow(key: .random(in: 0..<300, using: &random), value: UInt32($0)) }
    let memory = length * MemoryLayout<CountedRow>.stride
    var sorter = RowSorter<CountedRow>(memory: memory, scratch: BuildScratch(memory: memory, folder: scratch.path))
    for row in rows { try sorter.append(row) }
    let sorted = sorter.finish()
    #expect(sorted.runs.count == runs)
    CountedRow.comparisons.store(0, ordering: .relaxed)
    var found: [CountedRow] = []
    try sorted.forEach { found.append($0) }
    // Two for each of nine levels of the heap, and as many to fill it; to look at every run takes 20 times as many.
    let comparisons = CountedRow.comparisons.load(ordering: .relaxed)
    #expect(comparisons <= 2 * 9 * rows.count + 2 * runs, "\(comparisons)")
    // The number of a row's run is its value by the length of runs.
    let expected = rows.map { ($0.key, $0.value / UInt32(length)) }.sorted { $0 < $1 }
    #expect(found.map { $0.key } == expected.map { $0.0 })
    #expect(found.map { $0.value / UInt32(length) } == expected.map { $0.1 })
    #expect(Set(found.map { $0.value }).count == rows.count)
  }

  /// 3,000 passages with metadata.
  private static let vectors = MemoryVectors(
    (0..<3000).map { number -> SparseVector in
      let term = UInt32(number % 7)
      let (first, last) = (Float(1 + number % 5), Float(1 + number % 300))
      return SparseVector([term: first, 8: 1, 9: last])
    })

  private static let passages: [Passage] = vectors.ids.enumerated().map { number, id -> Passage in
    var metadata = JSONObject()
    metadata["year"] = .integer(Int64(number % 40))
    metadata["kind"] = .string(number % 3 == 0 ? "even" : "odd \(number % 100)")
    metadata["tags"] = .array([.string("all"), .string("tag \(number % 977)"), .string("all")])
    let words = String(repeating: "words of \(number * 7919 % 3000) ", count: 40)
    return Passage(id: id, title: "Title \(number)", text: words, metadata: metadata)
  }

  private static func build(memory: Int, texts: [Passage], at path: String) throws {
    var configuration = IndexConfiguration()
    configuration.memory = memory
    configuration.passagesPerRange = 700
    configuration.textBlockSize = 2000
    try IndexBuilder(passageSpace: .test, vocabulary: .numbered(10), configuration: configuration)
      .build(vectors, texts: Texts.source(texts), at: path)
  }

  @Test("gives the same bytes as in plenty")
  func sameBytes() throws {
    let scratch = try Scratch()
    for (name, texts) in [("ordered", Self.passages), ("reversed", Self.passages.reversed())] {
      let operations = try ["plenty", "little"].map { memory in
        let layer = FaultLayer()
        try FaultLayer.$current.withValue(layer) {
          try Self.build(memory: memory == "plenty" ? 1 << 30 : 1 << 16, texts: texts, at: scratch(name + memory))
        }
        return layer.operations
      }
      func usesScratch(_ operations: [FaultLayer.Operation]) -> Bool {
        operations.contains { if case .write(let path, _) = $0 { path.contains(".scratch.") } else { false } }
      }
      #expect(!usesScratch(operations[0]) && usesScratch(operations[1]))
      for file in ["000001.passages", "000001.postings", "manifest"] {
        #expect(
          FileManager.default.contentsEqual(
            atPath: scratch(name + "plenty/" + file), andPath: scratch(name + "little/" + file)), "\(name) \(file)")
      }
      #expect(try InvertedIndex.verify(path: scratch(name + "little")) == [])
    }
  }

  @Test("many fields of metadata share the memory of one")
  func manyFields() throws {
    let scratch = try Scratch()
    func entries(_ memory: BuildScratch?) throws -> MetadataEntries {
      var entries = MetadataEntries(scratch: memory)
      for passage in 0..<300 {
        var metadata = JSONObject()
        for place in 0..<20 {
          let value = passage * 31 % 7 + place
          // Names come in an order that is not theirs, and more of them with each passage.
          metadata["field \((passage * 20 + place) * 7919 % 3001)"] =
            place % 2 == 0 ? .integer(Int64(value)) : .string("\(value)")
        }
        try entries.add(metadata, of: passage)
      }
      return entries
    }
    let layer = FaultLayer()
    var sections: [[UInt8]] = []
    for memory in [nil, BuildScratch(memory: 1 << 16, folder: scratch.path)] {
      var bytes: [UInt8] = []
      try FaultLayer.$current.withValue(layer) {
        try entries(memory).forEachSection({ _ in }, { bytes += $0 })
      }
      sections.append(bytes)
    }
    #expect(sections[0] == sections[1])
    // A buffer that is full is one write, however many fields it has.
    let writes = layer.operations.count { if case .write = $0 { true } else { false } }
    #expect((10..<100).contains(writes), "\(writes)")
  }

  @Test("refuses what is given twice as well")
  func refusals() throws {
    let scratch = try Scratch()
    var texts = Self.passages
    texts.append(texts[17])
    for (texts, words) in [
      (texts, "\"p17\" is given twice"), (Array(Self.passages.dropLast(2)), "without is \"p2998\""),
    ] {
      let error = #expect(throws: ParlanceError.self) {
        try Self.build(memory: 1 << 16, texts: texts, at: scratch("index"))
      }
      #expect(error?.message.contains(words) == true, "\(error as Any)")
    }
    var twice = Self.vectors
    twice.ids[2900] = "p3"
    let error = #expect(throws: ParlanceError.self) {
      try IDTable(
        of: twice, scratch: BuildScratch(memory: 1 << 12, folder: scratch.path), interruption: nil)
    }
    #expect(error?.message.contains("\"p3\" is given twice, first at memory:4") == true, "\(error as Any)")
    #expect(error?.location?.line == 2901)
  }

  @Test("makes ranges smaller where not even one has room, and finds the same")
  func smallerRanges() throws {
    let scratch = try Scratch()
    let collection = (0..<4000).map { number -> SparseVector in
      let terms = (0..<20).map { TermID(UInt32($0 * 5 + number % 5)) }
      let weights = (0..<20).map { place -> Float in Float(1 + (place * 31 + number * 17) % 97) }
      return SparseVector(exactly: terms, weights: weights) ?? .empty
    }
    let indexes = try [1 << 30, 1 << 16].map { memory in
      var configuration = IndexConfiguration()
      configuration.memory = memory
      let path = scratch("\(memory)")
      try IndexBuilder(passageSpace: .test, vocabulary: .numbered(100), configuration: configuration)
        .build(MemoryVectors(collection), at: path)
      return try InvertedIndex(path: path)
    }
    #expect(indexes.map { $0.segments[0].postings.ranges.count } == [1, 4])
    let query = SparseVector([1: 1, 7: 2, 50: 1])
    #expect(try indexes[0].search(query, k: 50).hits == indexes[1].search(query, k: 50).hits)
  }

  @Test("a full disk leaves nothing behind", arguments: [0, 1])
  func fullDisk(write: Int) throws {
    let scratch = try Scratch()
    var writes = 0
    let faults = FaultLayer { _, operation in
      guard case .write(let path, _) = operation, path.contains(".scratch.") else { return nil }
      writes += 1
      return writes == write + 1 ? .error(28) : nil
    }
    let error = #expect(throws: ParlanceError.self) {
      try FaultLayer.$current.withValue(faults) {
        try Self.build(memory: 1 << 16, texts: Self.passages, at: scratch("index"))
      }
    }
    #expect(error?.code == .cannotWrite, "\(error as Any)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("index")) == ["lock"])
  }
}
