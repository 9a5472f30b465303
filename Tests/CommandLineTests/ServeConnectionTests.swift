#if Network
  import Foundation
  import TestSupport
  import Testing

  @Suite("connections of parlance serve", .timeLimit(.minutes(30)))
  struct ServeConnectionTests {
    @Test(
      "behind the last answer the connection is closed, and what comes behind the last request is none",
      arguments: [
        "GET /healthz HTTP/1.0\r\nhost: localhost", "GET /healthz HTTP/1.0\r\nhost: localhost\r\nconnection: close",
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: Close",
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: x, close",
        "POST /nowhere HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000",
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c",
        "CONNECT localhost:80 HTTP/1.1\r\nhost: localhost",
      ])
    func last(request: String) throws {
      let served = try ServedFixture()
      defer { withExtendedLifetime(served) {} }
      let connection = try served.connect()
      try connection.send(request + "\r\n\r\n" + ServedFixture.request("GET", "/readyz"))
      let answers = connection.rest()
      #expect(answers.components(separatedBy: "HTTP/1.1 ").count == 2, "\(answers)")
      #expect(answers.lowercased().contains("\r\nconnection: close\r\n"), "\(answers)")
    }

    @Test(
      "what comes behind a request for another protocol is kept nowhere",
      arguments: [
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
        // It is answered before its body comes.
        "POST /nowhere HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: h2c\r\ncontent-length: 1\r\n\r\n",
        "CONNECT localhost:80 HTTP/1.1\r\nhost: localhost\r\n\r\n",
      ])
    func unread(request: String) throws {
      let served = try ServedFixture()
      let connection = try served.connect()
      try connection.send(request)
      _ = try connection.answer()
      let before = try served.mostMemory
      try connection.send(String(repeating: "x", count: 64 << 20))
      let after = try served.mostMemory
      #expect(after - before < 32 << 10, "\(after - before) KiB more")
      #expect(try served.send("GET", "/healthz").hasPrefix("HTTP/1.1 200"))
    }

    @Test(
      "a body that is not in the chunks that its head tells of is refused as that",
      arguments: ["transfer-encoding: chunked\r\n\r\nzz\r\n", "transfer-encoding: gzip\r\n\r\n"])
    func chunks(rest: String) throws {
      let served = try ServedFixture()
      defer { withExtendedLifetime(served) {} }
      let connection = try served.connect()
      try connection.send("POST /v1/search HTTP/1.1\r\nhost: localhost\r\n" + rest)
      let answers = connection.rest()
      #expect(answers.hasPrefix("HTTP/1.1 400") && answers.contains("well-formed chunks"), "\(answers)")
    }

    @Test("a client that goes away in the middle of its body is told apart from one that sends no chunks")
    func gone() throws {
      let served = try ServedFixture()
      do {
        let connection = try served.connect()
        try connection.send("POST /v1/search HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{")
      }
      let latest = ContinuousClock.now + .seconds(600)
      while !served.log.contains("POST /v1/search 4"), ContinuousClock.now < latest { usleep(5000) }
      #expect(served.log.contains("POST /v1/search 499"), "\(served.log)")
    }

    @Test("HTTP/1.1 names one host; HTTP/1.0, as balancers speak it, need not", arguments: [false, true])
    func host(hasKeys: Bool) throws {
      try ParlanceProcess.inFolder(of: [:]) { folder in
        let made = try ParlanceProcess.run(["serve", "--new-key", "team"], in: folder)
        try made.output.write(toFile: folder + "/keys.txt", atomically: false, encoding: .utf8)
        let served = try ServedFixture(hasKeys ? ["--api-keys", folder + "/keys.txt"] : [])
        defer { withExtendedLifetime(served) {} }
        for (head, status) in [
          ("GET /healthz HTTP/1.0", 200), ("GET /healthz HTTP/1.1", 400),
          ("GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: localhost", 400),
        ] {
          let connection = try served.connect()
          try connection.send(head + "\r\n\r\n")
          let answer = try connection.answer()
          #expect(answer.status == status, "\(head): \(answer)")
        }
      }
    }

    @Test("a client of HTTP/1.0 that asks to keep the connection keeps it, and is told so")
    func kept() throws {
      let served = try ServedFixture()
      defer { withExtendedLifetime(served) {} }
      let connection = try served.connect()
      for _ in 0..<2 {
        try connection.send("GET /healthz HTTP/1.0\r\nhost: localhost\r\nconnection: keep-alive\r\n\r\n")
        let answer = try connection.answer()
        #expect(answer.status == 200 && answer.head.lowercased().contains("connection: keep-alive"), "\(answer.head)")
      }
      try connection.send("GET /healthz HTTP/1.0\r\nhost: localhost\r\n\r\n")
      #expect(connection.rest().hasPrefix("HTTP/1.1 200"))
    }

    @Test("who waits for leave to send a body gets it once its head was let in, in HTTP/1.1; else the answer at once")
    func leave() throws {
      let served = try ServedFixture(["--max-body", "1000"])
      defer { withExtendedLifetime(served) {} }
      let question = ServeCommandTests.question
      func head(_ path: String, _ length: Int, version: String = "1.1") -> String {
        "POST \(path) HTTP/\(version)\r\nhost: localhost\r\nconnection: keep-alive\r\nexpect: 100-Continue\r\n"
          + "content-type: application/json\r\ncontent-length: \(length)\r\n\r\n"
      }
      let connection = try served.connect()
      for _ in 0..<2 {
        try connection.send(head("/v1/search", question.utf8.count))
        #expect(try connection.head() == "HTTP/1.1 100 Continue")
        try connection.send(question)
        let answer = try connection.answer()
        #expect(answer.status == 200 && answer.body.contains(#""id":"p1""#))
      }
      let old = try served.connect()
      try old.send(head("/v1/search", question.utf8.count, version: "1.0") + question)
      #expect(try old.answer().status == 200)
      for (path, length, status) in [("/nowhere", 20, 404), ("/v1/search", 1001, 413)] {
        let refused = try served.connect()
        try refused.send(head(path, length))
        #expect(try refused.answer().status == status)
      }
    }

    @Test("who opens connections and asks nothing keeps nobody out: the one that was waited for longest is closed")
    func crowd() throws {
      let served = try ServedFixture(["--max-connections", "8"])
      defer { withExtendedLifetime(served) {} }
      let silent = try (0..<30).map { _ in try served.connect() }
      var asking: [ClientConnection] = []
      for _ in 0..<10 {
        let connection = try served.connect()
        try connection.send(ServedFixture.request("POST", "/v1/search", ServeCommandTests.question))
        #expect(try connection.answer().status == 200)
        asking.append(connection)
      }
      for connection in silent { #expect(connection.rest() == "", "it was closed") }
      #expect(asking[0].rest() == "", "it was answered, and waited for since")
      for connection in asking.suffix(3) {
        try connection.send(ServedFixture.request("GET", "/healthz"))
        #expect(try connection.answer().status == 200)
      }
    }
  }
#endif
