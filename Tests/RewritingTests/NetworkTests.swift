#if Network
  import Conversations
  import Diagnostics
  import Foundation
  import Synchronization
  import TestSupport
  import Testing

  @testable import Rewriting

  @Suite("Rewriting over the network")
  struct NetworkTests {
    private func configuration(_ port: Int) throws -> RewriteJob.Configuration {
      var configuration = RewriteJob.Configuration(
        endpoint: "http://127.0.0.1:\(port)/v1", model: "m", prompt: try PromptTemplate(named: "few-shot"))
      configuration.retries = RetryPolicy(attempts: 60, first: .milliseconds(1), most: .milliseconds(20))
      return configuration
    }

    @Test("drops, 429, 500, garbage and half bodies on the wire: nothing is lost, nothing is paid twice")
    func faults() async throws {
      let random = Mutex(SeededGenerator(seed: 11))
      let paid = Mutex<[[UInt8]: Int]>([:])
      let server = try LocalHTTPServer { request in
        guard request.path == "/v1/chat/completions", request.headers["authorization"] == "Bearer k" else {
          return .whole(401, body: "{}")
        }
        switch random.withLock({ Int.random(in: 0..<8, using: &$0) }) {
        case 0: return .dropped
        case 1: return .whole(429, headers: ["Retry-After": "0"], body: "{}")
        case 2: return .whole(500, body: "oops")
        case 3: return .half(body: FakeEndpoint.answer("Query: never whole, never"))
        case 4: return .whole(200, body: "<html>")
        default:
          paid.withLock { $0[request.body, default: 0] += 1 }
          return .whole(200, body: FakeEndpoint.answer("Query: über die Brücke gehen"))
        }
      }
      defer { server.stop() }
      let folder = try TestSupport.temporaryFolder("rewriting")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let turns = RewriteJobTests.turns(30)
      for round in 0..<2 {
        var configuration = try configuration(server.port)
        configuration.key = "k"
        let job = try RewriteJob(configuration, cache: folder + "/cache.sqlite")
        let result = try await job.run(turns)
        await job.shutdown()
        #expect(result.rewrites[0].count == 30 && result.failures.isEmpty)
        #expect(result.rewrites[0]["c_3"] == "über die Brücke gehen")
        #expect(result.cost.remembered == (round == 0 ? 0 : 30))
      }
      #expect(paid.withLock { $0.count } == 30 && paid.withLock { $0.values.allSatisfy { $0 == 1 } })
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      for file in files {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file))
        #expect(bytes.range(of: Data("Bearer".utf8)) == nil)
      }
    }

    @Test("an endpoint that is not there, or too slow, is asked again and then told")
    func unreachable() async throws {
      let folder = try TestSupport.temporaryFolder("rewriting")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let server = try LocalHTTPServer { _ in
        Thread.sleep(forTimeInterval: 5)
        return .dropped
      }
      defer { server.stop() }
      var configuration = try configuration(server.port)
      configuration.retries.attempts = 2
      configuration.timeout = .milliseconds(100)
      let job = try RewriteJob(configuration, cache: folder + "/cache.sqlite")
      let result = try await job.run(RewriteJobTests.turns(1))
      await job.shutdown()
      #expect(result.failures.first?.mayAskAgain == true && result.cost.asked == 2)
      #expect(result.failures.first?.reason.contains("asked 2 times") == true)
    }

    @Test("an answer that stalls in its middle is given up in time")
    func stalled() async throws {
      let folder = try TestSupport.temporaryFolder("rewriting")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let server = try LocalHTTPServer { _ in .stalled(body: FakeEndpoint.answer("Query: never whole, never")) }
      defer { server.stop() }
      var configuration = try configuration(server.port)
      configuration.retries.attempts = 2
      configuration.timeout = .milliseconds(300)
      let job = try RewriteJob(configuration, cache: folder + "/cache.sqlite")
      let result = try await job.run(RewriteJobTests.turns(1))
      await job.shutdown()
      #expect(result.failures.first?.reason == "the answer was not whole in time (asked 2 times)")
      #expect(result.failures.first?.mayAskAgain == true)
    }

    @Test("two jobs that share a cache ask for each turn once between them")
    func shared() async throws {
      let paid = Mutex<[[UInt8]: Int]>([:])
      let server = try LocalHTTPServer { request in
        paid.withLock { $0[request.body, default: 0] += 1 }
        return .whole(200, body: FakeEndpoint.answer("Query: a good rewrite"))
      }
      defer { server.stop() }
      let folder = try TestSupport.temporaryFolder("rewriting")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let turns = RewriteJobTests.turns(40)
      // Two processes, as far as the cache can tell: this one and its parent, which is alive as well.
      let counts = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
        for process in [getpid(), getppid()] {
          let job = RewriteJob(
            try configuration(server.port),
            cache: try SQLiteCache(path: folder + "/cache.sqlite", process: Int64(process)),
            transport: AsyncHTTPChatTransport(connections: 8))
          group.addTask {
            let result = try await job.run(turns)
            await job.shutdown()
            return (result.rewrites[0].count, result.cost.answered)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(counts.map(\.0) == [40, 40])
      #expect(counts.reduce(0) { $0 + $1.1 } == 40)
      #expect(paid.withLock { $0.count } == 40 && paid.withLock { $0.values.allSatisfy { $0 == 1 } })
    }

    @Test("a claim of a living process holds, of one that is gone it does not; other files are refused")
    func claims() throws {
      let folder = try TestSupport.temporaryFolder("rewriting")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let path = folder + "/cache.sqlite"
      let mine = try SQLiteCache(path: path)
      let other = try SQLiteCache(path: path, process: Int64(getppid()))
      let gone = try SQLiteCache(path: path, process: Int64(Int32.max))
      #expect(try other.claim("a") == .mine)
      #expect(try other.claim("a") == .mine)
      #expect(try mine.claim("a") == .taken)
      try other.giveBack("a")
      #expect(try mine.claim("a") == .mine)
      #expect(try gone.claim("b") == .mine)
      #expect(try mine.claim("b") == .mine)
      let answer = ChatAnswer(content: "x", promptTokens: 3)
      try mine.store(answer, for: "b", model: "m", prompt: "p/1")
      #expect(try other.claim("b") == .answered(answer))
      #expect(try other.answer(for: "c") == nil)
      try Data("no database at all, but long enough to have a header that is none".utf8).write(
        to: URL(fileURLWithPath: folder + "/text"))
      #expect((#expect(throws: ParlanceError.self) { try SQLiteCache(path: folder + "/text") })?.code == .badInput)
      #expect(
        (#expect(throws: ParlanceError.self) { try SQLiteCache(path: folder + "/none/c.sqlite") })?.code == .cannotWrite
      )
    }
  }
#endif
