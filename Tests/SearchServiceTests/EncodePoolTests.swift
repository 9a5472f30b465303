import Diagnostics
import SparseEncoder
import SparseVectors
import Testing

@testable import SearchService

@Suite("the way of queries into the model", .timeLimit(.minutes(30)))
struct EncodePoolTests {
  private func pool(
    limit: Int = 16, isOpen: Bool = false
  ) throws -> (pool: EncodePool, encoder: SparseEncoder, pass: GatedForwardPass) {
    let (encoder, pass) = try GatedForwardPass.model(isOpen: isOpen)
    return (EncodePool(encoder, workers: 1, limit: limit, metrics: ServiceMetrics()), encoder, pass)
  }

  private static let later = ContinuousClock.now + .seconds(3600)

  @Test("a query alone goes at once with all cores; those that come meanwhile go together")
  func batching() async throws {
    let (pool, encoder, pass) = try pool()
    let first = Task { try await pool.encode(encoder.readQuery("a"), deadline: Self.later) }
    await until { pass.batches.count == 1 }
    let others = "bcdef".map { letter in
      Task { try await pool.encode(encoder.readQuery(String(letter)), deadline: Self.later) }
    }
    await until { pool.waiting == 5 }
    pass.open()
    #expect(try await first.value.batch == 1)
    for (letter, task) in zip("bcdef", others) {
      let outcome = try await task.value
      #expect(outcome.batch == 5)
      // Each gets its own vector.
      let term = try #require(encoder.query(of: outcome.query)?.vector.terms.first)
      #expect(encoder.vocabulary.piece(of: term).string == String(letter))
    }
    #expect(pass.batches == [.init(count: 1, isForLatency: true), .init(count: 5, isForLatency: false)])
  }

  @Test("one more than fits is refused at once, with a time to come again")
  func full() async throws {
    let (pool, encoder, pass) = try pool(limit: 2)
    let first = Task { try await pool.encode(encoder.readQuery("a"), deadline: Self.later) }
    await until { pass.batches.count == 1 }
    let waiting = "bc".map { letter in
      Task { try await pool.encode(encoder.readQuery(String(letter)), deadline: Self.later) }
    }
    await until { pool.waiting == 2 }
    await #expect { try await pool.encode(encoder.readQuery("d"), deadline: Self.later) } throws: {
      guard let problem = $0 as? Problem else { return false }
      return problem.status == 429 && (problem.retryAfter ?? 0) >= 1
    }
    pass.open()
    for task in [first] + waiting { _ = try await task.value }
    #expect(pass.batches.map(\.count) == [1, 2])
  }

  @Test("what waited past its deadline never reaches the model")
  func deadline() async throws {
    let (pool, encoder, pass) = try pool()
    let first = Task { try await pool.encode(encoder.readQuery("a"), deadline: Self.later) }
    await until { pass.batches.count == 1 }
    let late = Task { try await pool.encode(encoder.readQuery("b"), deadline: .now) }
    await until { pool.waiting == 1 }
    pass.open()
    _ = try await first.value
    await #expect { try await late.value } throws: { ($0 as? Problem)?.status == 503 }
    #expect(pass.batches.count == 1)
  }

  @Test("what is in the model when its time is over is answered at its deadline, not when the model is done")
  func late() async throws {
    let (pool, encoder, pass) = try pool()
    let table = RouteTable([
      Route("GET", "/encoded") { request in
        _ = try await pool.encode(encoder.readQuery("a"), deadline: request.deadline)
        return .text("in time")
      },
      Route("GET", "/long") { _ in
        try await Task.sleep(for: .seconds(3600))
        return .text("in time")
      },
    ])
    for path in ["/encoded", "/long"] {
      let request = APIRequest(method: "GET", path: path, deadline: .now + .milliseconds(50))
      let answer = await table.answer(request)
      #expect(answer.status == 503 && answer[header: "retry-after"] != nil)
      #expect(path == "/encoded" || request.interruption.isRequested)
    }
    pass.open()
  }

  @Test("what nobody waits for any more never reaches the model")
  func cancellation() async throws {
    let (pool, encoder, pass) = try pool()
    let first = Task { try await pool.encode(encoder.readQuery("a"), deadline: Self.later) }
    await until { pass.batches.count == 1 }
    let left = Task { try await pool.encode(encoder.readQuery("b"), deadline: Self.later) }
    await until { pool.waiting == 1 }
    left.cancel()
    await #expect { try await left.value } throws: { ($0 as? Problem)?.status == 499 }
    #expect(pool.waiting == 0)
    pass.open()
    _ = try await first.value
    #expect(pass.batches.count == 1)
  }

  @Test("queries of one batch have the vectors and origins that each has alone, within rounding")
  func together() async throws {
    let folder = TestModel.folder
    let encoder = try await TestModel.encoder()
    let texts = [
      "undo a commit", "a [SEP] branch [SEP] of the tree", "x", String(repeating: "long words ", count: 300),
    ]
    let read = texts.map { encoder.readQuery($0) }
    let together = try await encoder.encode(read, for: .throughput)
    for (text, one) in zip(texts, together.compactMap { encoder.query(of: $0) }) {
      let alone = try await encoder.encode(query: text)
      #expect(one.vector.terms == alone.vector.terms, "\(folder)")
      #expect(one.origins == alone.origins)
      #expect(one.tokenCount == alone.tokenCount && one.isTruncated == alone.isTruncated)
      for (left, right) in zip(one.vector.weights, alone.vector.weights) { #expect(abs(left - right) < 1e-4) }
    }
  }

  @Test("the key of a query is that of all words that the model reads, and of no others")
  func keys() async throws {
    let encoder = try await TestModel.encoder()
    let long = String(repeating: "words ", count: 400)
    func key(_ text: String) -> [UInt8] { encoder.readQuery(text).parts[0].key }
    #expect(key("undo") == key("undo"))
    #expect(key("undo") != key("redo"))
    #expect(key("undo a") != key("undo  a"))
    #expect(key(long + "one") == key(long + "another"))
    #expect(key("one " + long) != key("another " + long))
  }
}
