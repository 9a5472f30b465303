import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import RankedResults
import SparseVectors
import Synchronization
import TestSupport
import Testing

@testable import Retrieval

@Suite("BatchSearch")
struct BatchSearchTests {
  /// More than two windows of queries, so that the seams between them are crossed.
  static func queries(_ count: Int, seed: UInt64) -> [(id: ExternalID, words: FormedQuery)] {
    var random = SeededGenerator(seed: seed)
    let words = Vocabulary.words.pieces.map(\.string) + ["unknown"]
    return (0..<count).map { number in
      let text = (0..<Int.random(in: 1...4, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
      return (ExternalID("q\(number)"), FormedQuery(text.joined(separator: " ")))
    }
  }

  @Test("gives what searching one by one gives, in the order of the queries", arguments: [1, 2, 3, 7, 64])
  func equalsOneByOne(threads: Int) async throws {
    let seed = UInt64.random(in: 0 ... .max)
    let tiny = try TinyIndex()
    let queries = Self.queries(1_100, seed: seed)
    let searcher = try Searcher(index: tiny.index, encoder: WordEncoder())
    var expected = ""
    for query in queries {
      for found in try await searcher.search(query.words, k: 3).passages {
        expected += "\(query.id) \(found.id) \(found.rank)\n"
      }
    }
    let path = tiny.folder + "/out.trec"
    let summary = try await BatchSearch(searcher: searcher, k: 3, threads: threads)
      .run(queries, to: RunWriter(path: path, tag: "test"))
    #expect(try Self.ranking(path) == expected, "seed \(seed)")
    #expect(summary.queries == queries.count)
  }

  @Test("leaves out what its searcher may leave out")
  func approximate() async throws {
    // `undo` weighs little beside `commit`, so that its passages are not scanned.
    let tiny = try TinyIndex([["undo": 1], ["commit": 1]])
    var searcher = try Searcher(index: tiny.index, encoder: WordEncoder())
    let queries = [(id: ExternalID("q"), words: FormedQuery("commit commit commit undo"))]
    for (dial, expected) in [(nil, ["p1", "p0"]), (0.5, ["p1"])] as [(Double?, [ExternalID])] {
      searcher.approximation = try dial.map { try Approximation(dial: $0) }
      let path = tiny.folder + "/out.trec"
      _ = try await BatchSearch(searcher: searcher, k: 2, threads: 1)
        .run(queries, to: RunWriter(path: path, tag: "test"))
      #expect(try RankedRun(readingFrom: path).rankings["q"]?.map(\.passage) == expected)
    }
  }

  @Test("vectors that were encoded before give the same run")
  func vectors() async throws {
    let tiny = try TinyIndex()
    let queries = Self.queries(600, seed: 3)
    let encoder = WordEncoder()
    let encoded = try await encoder.encode(queries.map(\.words), interruption: nil)
    let file = tiny.folder + "/queries.vectors"
    try VectorsWriter.write(file, VectorsDescription(encoder: .teacher, vocabulary: .words)) {
      (writer: VectorsWriter) throws(ParlanceError) in
      for (query, vector) in zip(queries, encoded) { try writer.append(query.id, vector) }
    }
    let (one, other) = (tiny.folder + "/one.trec", tiny.folder + "/other.trec")
    for keptTerms in [nil, 1] {
      var kept: any QueryEncoder = encoder
      if let keptTerms { kept = try PrunedQueryEncoder(encoder, keptTerms: keptTerms) }
      let batch = BatchSearch(searcher: try Searcher(index: tiny.index, encoder: kept), k: 2, threads: 2)
      _ = try await batch.run(queries, to: RunWriter(path: one, tag: "test"))
      _ = try await VectorsSearch(index: tiny.index, k: 2, threads: 2, keptTerms: keptTerms)
        .run(VectorsFile(path: file), to: RunWriter(path: other, tag: "test"))
      #expect(try Data(contentsOf: URL(filePath: one)) == Data(contentsOf: URL(filePath: other)))
    }
  }

  @Test("no threads are one, also where they are set later", arguments: [0, -1])
  func noThreads(threads: Int) async throws {
    let tiny = try TinyIndex()
    var batch = BatchSearch(
      searcher: try Searcher(index: tiny.index, encoder: WordEncoder()), k: 3, threads: 2)
    batch.threads = threads
    let path = tiny.folder + "/out.trec"
    let summary = try await batch.run(Self.queries(5, seed: 1), to: RunWriter(path: path, tag: "test"))
    #expect(summary.queries == 5)
  }

  @Test("counts queries without terms and queries that match nothing")
  func counts() async throws {
    let tiny = try TinyIndex()
    let queries = ["undo", "nothing known", "moon", "moon moon", "merge moon"].enumerated().map {
      (id: ExternalID("q\($0)"), words: FormedQuery($1))
    }
    let path = tiny.folder + "/out.trec"
    let summary = try await BatchSearch(
      searcher: Searcher(index: tiny.index, encoder: WordEncoder()), k: 10, threads: 2
    ).run(queries, to: RunWriter(path: path, tag: "test"))
    #expect(summary.queries == 5)
    #expect(summary.emptyQueries == 1)
    #expect(summary.unmatchedQueries == 2)
    #expect(summary.terms == 5)
    #expect(summary.postingsTouched == 4)
  }

  @Test("queries that do not fit the index are refused, encoded here or before, and no run is left")
  func foreign() async throws {
    let tiny = try TinyIndex()
    let path = tiny.folder + "/out.trec"
    func runWords(_ encoder: WordEncoder, trusted: Bool) async throws {
      let searcher = try Searcher(index: tiny.index, encoder: encoder, trustingEncoder: trusted)
      let run = try RunWriter(path: path, tag: "test")
      _ = try await BatchSearch(searcher: searcher, k: 2, threads: 2).run(Self.queries(3, seed: 1), to: run)
    }
    func runVectors(_ encoder: WordEncoder, trusted: Bool) async throws {
      let description = VectorsDescription(
        encoder: encoder.identity, passageSpace: encoder.passageSpace, vocabulary: encoder.vocabulary)
      let file = tiny.folder + "/queries.vectors"
      try VectorsWriter.write(file, description) { (writer: VectorsWriter) throws(ParlanceError) in
        try writer.append("q", .empty)
      }
      let run = try RunWriter(path: path, tag: "test")
      _ = try await VectorsSearch(index: tiny.index, k: 2, threads: 2)
        .run(VectorsFile(path: file), to: run, trustingEncoder: trusted)
    }
    let words = WordEncoder(vocabulary: .named(["undo", "commit"]))
    for (encoder, trusted) in [(WordEncoder(identity: .student), false), (words, false), (words, true)] {
      await #expect {
        try await runWords(encoder, trusted: trusted)
      } throws: { ($0 as? ParlanceError)?.code == .badInput }
      await #expect {
        try await runVectors(encoder, trusted: trusted)
      } throws: { ($0 as? ParlanceError)?.code == .badInput }
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    for (encoder, trusted) in [
      (WordEncoder(), false), (WordEncoder(identity: .student, passageSpace: .teacher), false),
      (WordEncoder(identity: .student), true),
    ] {
      try await runWords(encoder, trusted: trusted)
      try await runVectors(encoder, trusted: trusted)
    }
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test("a score that overflows is told with its query and its passage")
  func overflow() async throws {
    let tiny = try TinyIndex([["undo": 1], ["undo": .greatestFiniteMagnitude]])
    let batch = BatchSearch(
      searcher: try Searcher(index: tiny.index, encoder: WordEncoder()), k: 2, threads: 2)
    let queries = ["undo", "undo undo"].enumerated().map {
      (id: ExternalID("q\($0)"), words: FormedQuery($1))
    }
    let path = tiny.folder + "/out.trec"
    _ = try await batch.run(Array(queries.prefix(1)), to: RunWriter(path: path, tag: "test"))
    await #expect {
      try await batch.run(queries, to: RunWriter(path: path, tag: "test"))
    } throws: { error in
      let error = error as? ParlanceError
      return error?.code == .badInput && error?.message.contains("\"p1\" overflows") == true
        && error?.message.contains("query \"q1\"") == true
    }
  }

  @Test("no queries make an empty run")
  func none() async throws {
    let tiny = try TinyIndex()
    let path = tiny.folder + "/out.trec"
    let summary = try await BatchSearch(
      searcher: Searcher(index: tiny.index, encoder: WordEncoder()), k: 10, threads: 2
    ).run([], to: RunWriter(path: path, tag: "test"))
    #expect(summary == BatchSummary())
    #expect(try Data(contentsOf: URL(filePath: path)).isEmpty)
  }

  @Test("an interruption and a failing encoder leave no run and keep the one that was there")
  func interrupted() async throws {
    let tiny = try TinyIndex()
    let path = tiny.folder + "/out.trec"
    try "before".write(toFile: path, atomically: false, encoding: .utf8)
    let interruption = Interruption()
    let batches = Mutex(0)
    func failing(_ end: @escaping @Sendable () throws(ParlanceError) -> Void) throws -> BatchSearch {
      let encoder = WordEncoder(onBatch: { () throws(ParlanceError) in
        if batches.withLock({
          $0 += 1
          return $0
        }) == 2 {
          try end()
        }
      })
      return BatchSearch(
        searcher: try Searcher(index: tiny.index, encoder: encoder), k: 10, threads: 2, interruption: interruption)
    }
    let queries = Self.queries(1_100, seed: 5)
    await #expect {
      let batch = try failing { () throws(ParlanceError) in throw ParlanceError(.unavailable, "the engine is gone") }
      _ = try await batch.run(queries, to: RunWriter(path: path, tag: "test"))
    } throws: { ($0 as? ParlanceError)?.code == .unavailable }
    batches.withLock { $0 = 0 }
    await #expect {
      let batch = try failing { () throws(ParlanceError) in interruption.request() }
      _ = try await batch.run(queries, to: RunWriter(path: path, tag: "test"))
    } throws: { ($0 as? ParlanceError)?.code == .interrupted }
    #expect(batches.withLock { $0 } == 2, "the third window was not begun")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
    #expect(try FileManager.default.contentsOfDirectory(atPath: tiny.folder).sorted() == ["index", "out.trec"])
  }

  /// Query, passage and rank of each line.
  private static func ranking(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      let columns = line.split(separator: " ")
      return "\(columns[0]) \(columns[2]) \(columns[3])\n"
    }.joined()
  }
}
