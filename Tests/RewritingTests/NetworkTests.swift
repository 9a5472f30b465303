#if Network
  import Conversations
  import Diagnostics
  import Foundation
  import GRDB
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
      // While other tests keep the cores busy an answer may lie for minutes before anybody looks.
      configuration.timeout = .seconds(3600)
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
      // A job that was shut down leaves no log beside the file, which somebody may move or copy from now on.
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["cache.sqlite"])
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/cache.sqlite"))
      #expect(bytes.range(of: Data("Bearer".utf8)) == nil)
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

    @Test("why there is no connection is told in the system's words, and no number of its own")
    func refusedConnection() async throws {
      let server = try LocalHTTPServer { _ in .dropped }
      let port = server.port
      server.stop()
      let transport = AsyncHTTPChatTransport(connections: 1, environment: [:])
      for (host, words) in [
        ("127.0.0.1:\(port)", "broke off: Connection refused"), ("no.such.host.invalid", ".invalid: "),
      ] {
        let error = await #expect(throws: ParlanceError.self) {
          try await transport.post("http://\(host)/v1", headers: [], body: [], timeout: .seconds(30))
        }
        #expect(error?.code == .tryAgain && error?.message.contains(words) == true, "\(error as Any)")
        #expect(error?.message.contains("errno") == false, "\(error as Any)")
      }
      await transport.shutdown()
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
      // Two processes, as far as the cache can tell.
      let counts = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
        for _ in 0..<2 {
          let job = RewriteJob(
            try configuration(server.port),
            cache: try SQLiteCache(path: folder + "/cache.sqlite", claimSeconds: 3600),
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

    @Test("a claim of a living owner holds, of one that is gone or silent it does not; other files are refused")
    func claims() throws {
      let folder = try TestSupport.temporaryFolder("rewriting")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let path = folder + "/cache.sqlite"
      let mine = try SQLiteCache(path: path)
      // Of the same process even: two containers' processes have one number.
      let other = try SQLiteCache(path: path)
      #expect(try other.claim("a") == .mine)
      #expect(try other.claim("a") == .mine)
      #expect(try mine.claim("a") == .taken)
      try mine.giveBack("a")
      #expect(try mine.claim("a") == .taken)
      try other.giveBack("a")
      #expect(try mine.claim("a") == .mine)

      var gone = CacheOwner.current()
      (gone.token, gone.process) = ("gone", Int(Int32.max))
      var again = CacheOwner.current()
      (again.token, again.began) = ("again", again.began + 1)
      var elsewhere = gone
      (elsewhere.token, elsewhere.place) = ("elsewhere", "another container")
      for (owner, key, verdict) in [(gone, "b", CacheClaim.mine), (again, "c", .mine), (elsewhere, "d", .taken)] {
        #expect(try SQLiteCache(path: path, owner: owner).claim(key) == .mine)
        // Without /proc nobody can see that an owner is gone.
        let expected = CacheOwner.current().place.isEmpty ? .taken : verdict
        #expect(try mine.claim(key) == expected, "\(owner.token)")
      }
      let silent = try DatabaseQueue(path: path)
      try silent.inDatabase { try $0.execute(sql: "UPDATE claims SET renewed = renewed - 61") }
      try SQLiteCache(path: path, owner: elsewhere).renew()
      #expect(try mine.claim("d") == .taken)
      try silent.inDatabase { try $0.execute(sql: "UPDATE claims SET renewed = renewed - 61") }
      #expect(try mine.claim("d") == .mine)

      let answer = ChatAnswer(content: "x", finish: "length", promptTokens: 3)
      try mine.store(answer, for: "b", model: "m", prompt: "p/1")
      #expect(try other.claim("b") == .answered(answer))
      try mine.store(.unreadable, for: "e", model: "m", prompt: "p/1")
      #expect(try other.answer(for: "e") == .unreadable && other.answer(for: "f") == nil)
      try Data("no database at all, but long enough to have a header that is none".utf8).write(
        to: URL(fileURLWithPath: folder + "/text"))
      #expect((#expect(throws: ParlanceError.self) { try SQLiteCache(path: folder + "/text") })?.code == .badInput)
      #expect(
        (#expect(throws: ParlanceError.self) { try SQLiteCache(path: folder + "/none/c.sqlite") })?.code == .cannotWrite
      )
    }

    @Test("a cache of version 1 keeps its answers, of a later version it is refused")
    func versions() throws {
      let folder = try TestSupport.temporaryFolder("rewriting")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let path = folder + "/cache.sqlite"
      let old = try DatabaseQueue(path: path)
      try old.inDatabase { db in
        try db.execute(
          sql: """
            CREATE TABLE answers (
              key TEXT PRIMARY KEY, model TEXT NOT NULL, prompt TEXT NOT NULL, content TEXT NOT NULL,
              prompt_tokens INTEGER, completion_tokens INTEGER, stored INTEGER NOT NULL DEFAULT (unixepoch())
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE claims (key TEXT PRIMARY KEY, process INTEGER NOT NULL, made INTEGER NOT NULL)
              STRICT, WITHOUT ROWID;
            INSERT INTO answers VALUES ('a', 'm', 'p/1', 'paid before', 3, 4, 5);
            INSERT INTO claims VALUES ('b', 1, unixepoch());
            PRAGMA user_version = 1;
            """)
      }
      for _ in 0..<2 {
        let cache = try SQLiteCache(path: path)
        #expect(
          try cache.claim("a") == .answered(ChatAnswer(content: "paid before", promptTokens: 3, completionTokens: 4)))
      }
      #expect(try SQLiteCache(path: path).claim("b") == .mine)
      try old.inDatabase { try $0.execute(sql: "PRAGMA user_version = 3") }
      let error = #expect(throws: ParlanceError.self) { try SQLiteCache(path: path) }
      #expect(error?.code == .badInput && error?.message.contains("found version 3") == true)
    }

    @Test("an answer that is too long is paid twice, and no more")
    func tooLong() async throws {
      let count = Mutex(0)
      let server = try LocalHTTPServer { _ in
        count.withLock { $0 += 1 }
        return .whole(200, body: FakeEndpoint.answer(String(repeating: "word ", count: 1_000_000)))
      }
      defer { server.stop() }
      let folder = try TestSupport.temporaryFolder("rewriting")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let job = try RewriteJob(try configuration(server.port), cache: folder + "/cache.sqlite")
      let result = try await job.run(RewriteJobTests.turns(1))
      await job.shutdown()
      #expect(result.failures.first?.kind == .noRewrite && count.withLock { $0 } == 4)
    }

    @Test("the proxy that the environment names is asked for a tunnel, and none for this machine")
    func proxy() async throws {
      let paths = Mutex<[String]>([])
      let server = try LocalHTTPServer { request in
        paths.withLock { $0.append(request.path) }
        return .whole(200, body: FakeEndpoint.answer("Query: a good rewrite"))
      }
      defer { server.stop() }
      let environment = ["http_proxy": "http://127.0.0.1:\(server.port)", "no_proxy": "direct.test"]
      // The server here makes no tunnel: that it was asked for one is what counts.
      for (endpoint, count) in [("http://model.test/v1", 0), ("http://127.0.0.1:\(server.port)/v1", 1)] {
        var configuration = try configuration(server.port)
        configuration.endpoint = endpoint
        configuration.retries.attempts = 1
        let job = RewriteJob(
          configuration, cache: MemoryCache(),
          transport: AsyncHTTPChatTransport(connections: 2, environment: environment))
        let result = try await job.run(RewriteJobTests.turns(1))
        await job.shutdown()
        #expect(result.rewrites[0].count == count, "\(result.failures)")
      }
      #expect(paths.withLock { $0 } == ["model.test:80", "/v1/chat/completions"])
    }
  }
#endif
