import Checkpoints
import Diagnostics
import Foundation
import SparseVectors
import Synchronization
import TestSupport
import Testing

@testable import SparseEncoder

/// The small committed checkpoints of the room below.
enum SmallCheckpoints {
  static func path(_ name: String) -> String { TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/" + name }

  static func encoder(
    _ name: String = "bert-sharded", settings: EncoderSettings = EncoderSettings(), delay: Duration = .zero,
    failsAt: Int? = nil
  ) throws -> (SparseEncoder, FakeForwardPass) {
    let checkpoint = try Checkpoint(folder: path(name))
    let forward = FakeForwardPass(
      vocabularySize: checkpoint.architecture.vocabularySize,
      longestSequence: checkpoint.architecture.maxPositions, delay: delay, failsAt: failsAt)
    return (try SparseEncoder(checkpoint: checkpoint, forward: forward, settings: settings), forward)
  }
}

@Suite("The encode pipeline")
struct PipelineTests {
  /// Texts of many lengths; the letters a to z are pieces of the vocabulary.
  static func texts(_ count: Int, seed: UInt64) -> [String] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      (0..<Int.random(in: 0...40, using: &generator)).map { _ in
        String(UnicodeScalar(UInt8.random(in: 97...122, using: &generator)))
      }.joined(separator: " ")
    }
  }

  /// A source that gives the elements one by one and then fails, if it should.
  static func source(
    _ texts: [String], failure: ParlanceError? = nil
  ) -> @Sendable () throws(ParlanceError) -> String? {
    let position = Mutex(0)
    return { () throws(ParlanceError) -> String? in
      let index = position.withLock { position in
        defer { position += 1 }
        return position
      }
      if index < texts.count { return texts[index] }
      if let failure { throw failure }
      return nil
    }
  }

  @Test(
    "results come in the order of the source, whatever order batches end in",
    arguments: [EncodeWindow.full, .asAvailable])
  func order(_ window: EncodeWindow) async throws {
    let seed = UInt64.random(in: 0 ... .max)
    let texts = Self.texts(1100, seed: seed)
    let (encoder, forward) = try SmallCheckpoints.encoder(
      settings: EncoderSettings(batchTokens: 100), delay: .milliseconds(3))
    var received: [(String, EncodedText)] = []
    try await encoder.encodeStream(from: Self.source(texts), text: { $0 }, window: window) {
      item, encoded throws(ParlanceError) in received.append((item, encoded))
    }
    #expect(received.map(\.0) == texts, "seed \(seed)")
    for (text, encoded) in received {
      let letters = text.split(separator: " ").count
      #expect(encoded.tokenCount == min(letters + 2, encoder.maxLength))
      #expect(encoded.isTruncated == (letters + 2 > encoder.maxLength))
      #expect(encoded.vector.weights.reduce(0, +) == Float(encoded.tokenCount), "seed \(seed)")
    }
    #expect(forward.batches.withLock { $0 }.allSatisfy { $0 <= 100 })
  }

  @Test("a source that fails loses nothing before the failure", arguments: [0, 1, 255, 256, 257, 700])
  func failingSource(_ count: Int) async throws {
    let texts = Self.texts(count, seed: 1)
    let (encoder, _) = try SmallCheckpoints.encoder()
    var received: [String] = []
    let error = await failure {
      try await encoder.encodeStream(
        from: Self.source(texts, failure: ParlanceError(.badInput, "line \(count + 1)")), text: { $0 }
      ) { item, _ throws(ParlanceError) in received.append(item) }
    }
    #expect(error?.message == "line \(count + 1)")
    #expect(received == texts)
  }

  @Test("an engine that fails ends the stream with its error, after whole windows before it")
  func failingEngine() async throws {
    let (encoder, _) = try SmallCheckpoints.encoder(settings: EncoderSettings(batchTokens: 64), failsAt: 150)
    var received = 0
    let error = await failure {
      try await encoder.encodeStream(from: Self.source(Self.texts(2000, seed: 2)), text: { $0 }) {
        _, _ throws(ParlanceError) in received += 1
      }
    }
    #expect(error?.code == .internalFault)
    #expect(received.isMultiple(of: 256))
  }

  @Test("a receiver that fails ends the stream with its error, and the source is not asked for everything")
  func failingReceiver() async throws {
    let (encoder, _) = try SmallCheckpoints.encoder()
    let asked = Mutex(0)
    let error = await failure {
      try await encoder.encodeStream(
        from: { () throws(ParlanceError) -> String? in
          asked.withLock { $0 += 1 }
          return "a b"
        }, text: { $0 }
      ) { _, _ throws(ParlanceError) in throw ParlanceError(.cannotWrite, "full") }
    }
    #expect(error?.code == .cannotWrite)
    #expect(asked.withLock { $0 } < 5000)
  }

  @Test("a request to stop ends the stream soon")
  func interrupts() async throws {
    let (encoder, _) = try SmallCheckpoints.encoder(settings: EncoderSettings(batchTokens: 64))
    let interruption = Interruption()
    var received = 0
    let error = await failure {
      try await encoder.encodeStream(
        from: { () throws(ParlanceError) -> String? in "a b c" }, text: { $0 }, interruption: interruption
      ) { _, _ throws(ParlanceError) in
        received += 1
        if received == 300 { interruption.request() }
      }
    }
    #expect(error?.code == .interrupted)
    #expect(received < 2000)
  }

  @Test("a pipe that waits between two texts gets each answer before the next text", .timeLimit(.minutes(30)))
  func pipe() async throws {
    let (encoder, _) = try SmallCheckpoints.encoder()
    // One that begins above zero must not be let go of below where it began.
    let answered = DispatchSemaphore(value: 0)
    answered.signal()
    let asked = Mutex(0)
    var received = 0
    try await encoder.encodeStream(
      from: { () throws(ParlanceError) -> String? in
        answered.wait()
        return asked.withLock { asked in
          asked += 1
          return asked <= 20 ? "a b" : nil
        }
      }, text: { $0 }, window: .asAvailable
    ) { _, _ throws(ParlanceError) in
      received += 1
      answered.signal()
    }
    #expect(received == 20)
  }

  @Test(
    "whoever waits for a source that gives nothing is let go when the reading stops, before the wait or within it",
    arguments: [Duration.zero, .milliseconds(100)])
  func stopsWaiting(after delay: Duration) async throws {
    let never = DispatchSemaphore(value: 0)
    let reader = ReadAhead<String>(capacity: 4) { () throws(ParlanceError) in
      never.wait()
      return nil
    }
    let taken = Mutex<[String]?>(nil)
    Task {
      let items = try await reader.take(upTo: 2, isFull: false)
      taken.withLock { $0 = items }
    }
    try await Task.sleep(for: delay)
    reader.stop()
    // A wait that goes on for ever must not hold up the other tests.
    for _ in 0..<1000 where taken.withLock({ $0 == nil }) { try await Task.sleep(for: .milliseconds(10)) }
    #expect(taken.withLock { $0 } == [])
    never.signal()
  }

  @Test("progress counts up to the total")
  func progress() async throws {
    let (encoder, _) = try SmallCheckpoints.encoder()
    let last = Mutex(Progress("", completed: 0, total: nil, unit: ""))
    try await encoder.encodeStream(
      from: Self.source(Self.texts(600, seed: 3)), text: { $0 }, total: 610, completed: 10,
      progress: { progress in last.withLock { if progress.completed > $0.completed { $0 = progress } } }
    ) { _, _ throws(ParlanceError) in }
    #expect(last.withLock { $0 } == Progress("encoding", completed: 610, total: 610, unit: "passages"))
  }

  func failure(_ body: () async throws -> Void) async -> ParlanceError? {
    do {
      try await body()
      return nil
    } catch {
      return error as? ParlanceError
    }
  }
}

@Suite("Queries")
struct QueryTests {
  @Test("each term knows the place of its token in the text; tokens around the text have none")
  func origins() async throws {
    let (encoder, _) = try SmallCheckpoints.encoder()
    let text = "tags [SEP] é the"
    let query = try await encoder.encode(query: text)
    #expect(query.origins.count == query.vector.count)
    let bytes = Array(text.utf8)
    let places = query.origins.map { String(decoding: bytes[$0.bytes], as: UTF8.self) }
    let pieces = query.vector.terms.map { encoder.tokenizer.pieces[Int($0.rawValue)] }
    for (piece, place) in zip(pieces, places) {
      switch piece {
      case "[CLS]": #expect(place.isEmpty)
      case "[SEP]": #expect(place == "[SEP]", "the separator between two messages comes before the one at the end")
      case "e": #expect(place == "é")
      default: #expect(piece.hasPrefix("##") ? place == piece.dropFirst(2) : place == piece)
      }
    }
    #expect(pieces.contains("the") && pieces.contains("[CLS]"))
    let blocking = try encoder.encodeBlocking(query: text)
    #expect(blocking == query)
  }

  @Test("a query over the limit loses its end and says so")
  func truncation() async throws {
    let (encoder, _) = try SmallCheckpoints.encoder(settings: EncoderSettings(maxLength: 6))
    let query = try await encoder.encode(query: "a b c d e f")
    #expect(query.tokenCount == 6 && query.isTruncated)
    let fits = try await encoder.encode(query: "a b c d")
    #expect(fits.tokenCount == 6 && !fits.isTruncated)
  }

  @Test("an inference-free model's queries are what sentence-transformers makes of them")
  func inferenceFree() async throws {
    let (encoder, forward) = try SmallCheckpoints.encoder("router-inference-free")
    #expect(encoder.isInferenceFree)
    let golden = try Golden(SmallCheckpoints.path("router-inference-free") + "/expected.json")
    for (text, expected) in zip(golden.texts, golden.queries) {
      let query = try await encoder.encode(query: text)
      #expect(query.vector.terms.map(\.rawValue) == expected.terms)
      #expect(query.vector.weights == expected.weights)
    }
    let many = try await encoder.encode(golden.texts, as: .query)
    #expect(many.map { $0.vector.terms.map(\.rawValue) } == golden.queries.map(\.terms))
    #expect(forward.batches.withLock { $0 }.isEmpty, "no forward pass is needed")
  }

  @Test("a prompt stands before the text and outside of the places")
  func prompts() async throws {
    let (encoder, _) = try SmallCheckpoints.encoder("distilbert-sum")
    let query = try await encoder.encode(query: "tag")
    let pieces = query.vector.terms.map { encoder.tokenizer.pieces[Int($0.rawValue)] }
    #expect(pieces.contains("how"))
    for (piece, origin) in zip(pieces, query.origins) where piece == "how" { #expect(origin.bytes.isEmpty) }
    for (piece, origin) in zip(pieces, query.origins) where piece == "t" { #expect(origin.bytes == 0..<1) }
    let passage = try await encoder.encode(["tag"])
    let words = passage[0].vector.terms.map { encoder.tokenizer.pieces[Int($0.rawValue)] }
    #expect(words.contains("the") && !words.contains("how"))
  }
}

/// What sentence-transformers gave for the texts of a small checkpoint.
struct Golden: Decodable {
  struct Row: Decodable {
    var terms: [UInt32]
    var weights: [Float]
  }

  var texts: [String]
  var documents: [Row]
  var queries: [Row]

  init(_ path: String) throws {
    self = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}
