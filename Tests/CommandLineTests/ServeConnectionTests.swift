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
