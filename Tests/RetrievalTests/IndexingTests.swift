import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import RankedResults
import SparseEncoder
import Synchronization
import TestSupport
import Testing

@testable import Retrieval

@Suite("Encoding and indexing in one go")
struct IndexingTests {
  let folder: String

  init() throws { folder = try TestSupport.temporaryFolder("indexing") }

  /// Passages whose texts are single letters, so that each is found by its own.
  func write(_ name: String, _ ids: [String]) throws -> String {
    let writer = try PassageWriter(path: folder + "/" + name)
    for (number, id) in ids.enumerated() {
      let letter = String(UnicodeScalar(UInt8(97 + number % 26)))
      try writer.write(Passage(id: ExternalID(id), text: letter))
    }
    try writer.finish()
    return folder + "/" + name
  }

  @Test("finds the passages of a file, and of a stream that can be read once only", arguments: [false, true])
  func indexing(isStream: Bool) async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var path = try write("passages.jsonl", (0..<26).map { "p\($0)" })
    if isStream {
      let pipe = folder + "/pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      let lines = try Data(contentsOf: URL(fileURLWithPath: path))
      Thread.detachNewThread { try? lines.write(to: URL(fileURLWithPath: pipe)) }
      path = pipe
    }
    let searcher = try await Searcher.indexing(path, with: SlowForwardPass.encoder())
    let result = try await searcher.search("q", k: 5)
    #expect(result.passages.map(\.id) == ["p16"])
    #expect(result.passages.first?.passage?.text == "q" && result.answer.weights == .f32)
  }

  @Test("goes on with what was encoded before it was interrupted, to the same bytes")
  func resumed() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try write("passages.jsonl", (0..<1500).map { "p\($0)" })
    let whole = IndexingJob(passages: [path], path: folder + "/whole")
    #expect(try await whole.run(with: SlowForwardPass.encoder()).resumed == 0)
    let job = IndexingJob(passages: [path], path: folder + "/index")
    let interruption = Interruption()
    await #expect(throws: ParlanceError.self) {
      // Two windows of 256 are encoded at once, so that the first three are kept by then.
      _ = try await job.run(
        with: SlowForwardPass.encoder(), checked: 1500, progress: { if $0.completed > 1280 { interruption.request() } },
        interruption: interruption)
    }
    #expect(!FileManager.default.fileExists(atPath: folder + "/index/manifest"))
    let summary = try await job.run(with: SlowForwardPass.encoder(), checked: 1500)
    #expect(summary.passages == 1500 && (768..<1500).contains(summary.resumed), "\(summary)")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/whole") {
      #expect(
        FileManager.default.contentsEqual(atPath: folder + "/whole/" + name, andPath: folder + "/index/" + name),
        "\(name)")
    }
  }

  @Test("an addition goes on with what was encoded before it was interrupted, also after another change of the index")
  func resumedAddition() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/index"
    let first = IndexingJob(passages: [try write("first.jsonl", ["first", "second"])], path: path)
    _ = try await first.run(with: SlowForwardPass.encoder())
    let index = try LiveIndex(path: path)
    var job = IndexingJob(passages: [try write("passages.jsonl", (0..<1500).map { "p\($0)" })], path: path)
    // Two windows of 256 are encoded at once, so that the first three are kept by then.
    func interrupt() async {
      let interruption = Interruption()
      await #expect(throws: ParlanceError.self) {
        _ = try await job.add(
          to: index, with: SlowForwardPass.encoder(), checked: 1500,
          progress: { if $0.completed > 1280 { interruption.request() } }, interruption: interruption)
      }
    }
    await interrupt()
    #expect(index.snapshot.count == 2)
    #expect(try index.delete(["first"]).deleted == 1)
    let (summary, change) = try await job.add(to: index, with: SlowForwardPass.encoder(), checked: 1500)
    #expect(summary.passages == 1500 && (768..<1500).contains(summary.resumed), "\(summary)")
    #expect(change.added == 1500 && change.replaced == 0)
    let searcher = try Searcher(index: index.snapshot, encoder: SlowForwardPass.encoder())
    #expect(try await searcher.search("q", k: 100).passages.count == 58)
    #expect(try await searcher.search("b", k: 1).passages.map(\.passage?.text) == ["b"])
    #expect(try InvertedIndex.verify(path: path) == [])

    // Nothing of it is left, and who wants to begins anew.
    #expect(try await job.add(to: index, with: SlowForwardPass.encoder(), checked: 1500).summary.resumed == 0)
    await interrupt()
    job.restarts = true
    let again = try await job.add(to: index, with: SlowForwardPass.encoder(), checked: 1500)
    #expect(again.summary.resumed == 0 && again.change.replaced == 1500)
    let left = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(!left.contains { $0.contains("spool") || $0.hasSuffix(".build") }, "\(left)")
  }

  @Test("an id that is given twice is told with both places, before anything is encoded")
  func twice() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // The first two have the same hash, and are two ids.
    let one = try write("one.jsonl", ["8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ", "a"])
    let two = try write("two.jsonl", ["b", "GReLUrM4wMqfg9yzV3KQ"])
    #expect(try IndexingJob(passages: [one], path: folder + "/index").check() == 3)
    let error = #expect(throws: ParlanceError.self) {
      try IndexingJob(passages: [one, two], path: folder + "/index").check()
    }
    #expect(error?.location == .init(file: two, line: 2), "\(error as Any)")
    #expect(error?.message.contains("already at \(one):2") == true, "\(error as Any)")
  }

  @Test("passages that nobody has checked are checked before one is encoded, added ones too")
  func checks() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try write("passages.jsonl", ["a", "b", "a"])
    let job = IndexingJob(passages: [path], path: folder + "/index")
    let encoded = Mutex(0)
    let encoder = try SlowForwardPass.encoder { encoded.withLock { $0 += 1 } }
    let ofRun = await #expect(throws: ParlanceError.self) { _ = try await job.run(with: encoder) }
    #expect(ofRun?.location == .init(file: path, line: 3))
    #expect(!FileManager.default.fileExists(atPath: folder + "/index"))
    let other = IndexingJob(passages: [try write("other.jsonl", ["c"])], path: folder + "/index")
    #expect(try await other.run(with: SlowForwardPass.encoder()).passages == 1)
    let index = try LiveIndex(path: folder + "/index")
    let ofAdd = await #expect(throws: ParlanceError.self) { _ = try await job.add(to: index, with: encoder) }
    #expect(ofAdd?.location == .init(file: path, line: 3))
    #expect(encoded.withLock { $0 } == 0)
    #expect(try await other.add(to: index, with: SlowForwardPass.encoder()).change.replaced == 1)
  }
}

@Suite("An interruption while a batch is in a model that cannot be stopped", .timeLimit(.minutes(30)))
struct InterruptionTests {
  let interruption = Interruption()
  private let ended = Ended()
  private let gate = Gate(isOpen: false)

  private final class Ended: Sendable {
    let batches = Mutex(0)
  }

  /// The first batch asks for the end of the work; none ends before the gate is opened.
  private func encoder() throws -> SparseEncoder {
    try SlowForwardPass.encoder(gate: gate) { [interruption] in
      interruption.request()
    } atEnd: { [ended] in
      ended.batches.withLock { $0 += 1 }
    }
  }

  /// Expects work to end by the interruption while its batches are held, and then lets those go.
  private func expectInterrupted(_ work: () async throws -> Void) async {
    await withTaskCancellationHandler {
      await #expect {
        try await work()
      } throws: { ($0 as? ParlanceError)?.code == .interrupted }
      #expect(ended.batches.withLock { $0 } == 0)
      gate.open()
    } onCancel: { [gate] in
      // Work that waits for its batch fails when the time is over, and does not hang.
      gate.open()
    }
  }

  @Test("ends indexing before the batch ends, and leaves nothing")
  func indexing() async throws {
    let tests = try IndexingTests()
    defer { try? FileManager.default.removeItem(atPath: tests.folder) }
    let path = try tests.write("passages.jsonl", (0..<30).map { "p\($0)" })
    await expectInterrupted {
      _ = try await Searcher.indexing(path, with: encoder(), interruption: interruption)
    }
  }

  @Test("ends a search of many queries before the batch ends, and leaves no run")
  func batch() async throws {
    let folder = try TestSupport.temporaryFolder("interrupted")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let encoder = try encoder()
    let tiny = try TinyIndex(vocabulary: encoder.vocabulary)
    let searcher = try Searcher(index: tiny.index, encoder: encoder, trustingEncoder: true)
    let run = try RunWriter(path: folder + "/run", tag: "test")
    await expectInterrupted {
      _ = try await BatchSearch(searcher: searcher, k: 10, threads: 2, interruption: interruption)
        .run(BatchSearchTests.queries(600, seed: 1), to: run)
    }
    #expect(!FileManager.default.fileExists(atPath: folder + "/run"))
  }

  @Test("ends the search of one query between two ranges of passages")
  func oneQuery() throws {
    let tiny = try TinyIndex()
    let interruption = Interruption()
    let query = TinyIndex.vector(["undo": 1], .words)
    #expect(try tiny.index.search(query, k: 1, interruption: interruption).hits.count == 1)
    interruption.request()
    #expect(throws: ParlanceError(.interrupted, "stopped on request")) {
      try tiny.index.search(query, k: 1, interruption: interruption)
    }
  }
}
