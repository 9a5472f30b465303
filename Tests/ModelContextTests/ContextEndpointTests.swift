import StrictJSON
import Testing

@testable import ModelContext

@Suite("ContextEndpoint")
struct ContextEndpointTests {
  private typealias Answer = ContextEndpoint.Answer

  private static let plain = ["content-type": "application/json", "accept": "application/json, text/event-stream"]

  private func endpoint(_ sessions: ContextSessions = ContextSessions()) throws -> ContextEndpoint {
    ContextEndpoint(try ToolsFixture().server, origins: ["https://chat.example"], sessions: sessions)
  }

  private func post(
    _ endpoint: ContextEndpoint, _ body: String, _ headers: [String: String?] = [:], method: String = "POST"
  ) async -> Answer {
    let headers = Self.plain.mapValues(Optional.some).merging(headers) { $1 }.compactMapValues { $0 }
    return await endpoint.answer(.init(method: method, headers: headers, body: Array(body.utf8)))
  }

  private func json(_ answer: Answer) throws -> JSONValue { try JSONValue(parsing: answer.body, file: "answer") }

  private static func request(_ method: String, _ params: String) -> String {
    "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"\(method)\", \"params\": {\(params)}}"
  }

  private static let initialize = request("initialize", "\"protocolVersion\": \"2025-11-25\"")
  private static let stateless = ["mcp-protocol-version": "2026-07-28"]
  private static let search = request(
    "tools/call", "\"name\": \"search\", \"arguments\": {\"query\": \"tag\"}, \(meta)")
  private static let searchHeaders = stateless.merging(["mcp-method": "tools/call", "mcp-name": "search"]) { $1 }

  @Test("a client with a handshake gets a session, uses it, and ends it")
  func session() async throws {
    let endpoint = try endpoint()
    let greeted = await post(endpoint, Self.initialize)
    let session = try #require(greeted.headers.first { $0.name == "mcp-session-id" }?.value)
    #expect(greeted.status == 200 && session.utf8.count == 64 && session.utf8.allSatisfy { (0x21...0x7E).contains($0) })
    let headers = ["mcp-session-id": session, "mcp-protocol-version": "2025-11-25"]
    let noted = await post(endpoint, "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}", headers)
    #expect(noted.status == 202 && noted.body.isEmpty)
    let list = await post(endpoint, Self.request("tools/list", ""), headers)
    #expect(list.status == 200 && list.headers.map(\.value) == ["application/json"])
    #expect(try json(list).at("result.tools")?.array?.count == 3)
    let unknown = await post(endpoint, Self.request("seek", ""), headers)
    #expect(try unknown.status == 200 && json(unknown).at("error.code") == .integer(-32601))
    #expect(await post(endpoint, "", ["mcp-session-id": session], method: "DELETE").status == 204)
    for (method, status) in [("POST", 404), ("DELETE", 404)] {
      #expect(await post(endpoint, Self.request("tools/list", ""), headers, method: method).status == status)
    }
    let other = await post(endpoint, Self.initialize)
    #expect(other.headers.first { $0.name == "mcp-session-id" }?.value != session)
  }

  @Test("without a session there is nothing but the handshake; GET, and DELETE of nothing, are not there")
  func withoutSession() async throws {
    let endpoint = try endpoint()
    #expect(await post(endpoint, Self.request("tools/list", "")).status == 400)
    #expect(await post(endpoint, "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}").status == 400)
    #expect(await post(endpoint, Self.request("ping", ""), ["mcp-session-id": "made up"]).status == 404)
    #expect(
      await post(endpoint, Self.request("ping", ""), ["mcp-protocol-version": "1999-01-01"]).status == 400)
    for method in ["GET", "DELETE", "PUT"] {
      let answer = await post(endpoint, "", method: method)
      #expect(answer.status == 405 && answer.headers.map(\.value) == ["POST, DELETE"])
    }
  }

  @Test("a client without a handshake is answered at once, and no session comes of it")
  func statelessRequests() async throws {
    let endpoint = try endpoint()
    let found = await post(endpoint, Self.search, Self.searchHeaders)
    #expect(found.status == 200 && found.headers.map(\.name) == ["content-type"])
    #expect(try json(found).at("result.structuredContent.passages.0.id") == "p3")
    let encoded = Self.searchHeaders.merging(["mcp-name": "=?base64?c2VhcmNo?="]) { $1 }
    #expect(await post(endpoint, Self.search, encoded).status == 200)
    let cancelled = "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/cancelled\", \"params\": {\"requestId\": 1}}"
    #expect(await post(endpoint, cancelled, Self.stateless).status == 202)
  }

  @Test(
    "a header that is missing, or says other than the body, is refused",
    arguments: [
      ["mcp-protocol-version": nil], ["mcp-protocol-version": "2025-11-25"], ["mcp-method": nil],
      ["mcp-method": "tools/list"], ["mcp-name": nil], ["mcp-name": "get_passage"], ["mcp-name": "=?base64?c2Vhcm?="],
      ["mcp-name": "=?base64?c2VhcmNoIQ==?="], ["mcp-method": "TOOLS/CALL"],
    ] as [[String: String?]])
  func mirrored(change: [String: String?]) async throws {
    let headers = Self.searchHeaders.mapValues(Optional.some).merging(change) { $1 }
    let answer = await post(try endpoint(), Self.search, headers)
    #expect(try answer.status == 400 && json(answer).at("error.code") == .integer(-32020))
    #expect(try json(answer)["id"] == .integer(1))
  }

  @Test("errors of requests without a handshake have the status that intermediaries know them by")
  func statuses() async throws {
    let endpoint = try endpoint()
    func answer(_ method: String, _ params: String, version: String = "2026-07-28") async throws -> (Int, JSONValue?) {
      let headers = ["mcp-protocol-version": version, "mcp-method": method, "mcp-name": "seek"]
      let answer = await post(endpoint, Self.request(method, params), headers)
      return (answer.status, try json(answer).at("error.code"))
    }
    #expect(try await answer("resources/list", meta) == (404, .integer(-32601)))
    #expect(try await answer("tools/list", "") == (400, .integer(-32602)), "no _meta")
    #expect(try await answer("tools/call", "\"name\": \"seek\", \(meta)") == (200, .integer(-32602)))
    let future = meta.replacing("2026-07-28", with: "2099-01-01")
    #expect(try await answer("tools/list", future, version: "2099-01-01") == (400, .integer(-32022)))
  }

  @Test("what takes events only gets them, and so does who asks for more than one message")
  func events() async throws {
    let endpoint = try endpoint()
    let found = await post(endpoint, Self.search, Self.searchHeaders.merging(["accept": "text/event-stream"]) { $1 })
    #expect(found.headers.first?.value == "text/event-stream")
    let text = String(decoding: found.body, as: UTF8.self)
    #expect(text.hasPrefix("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,") && text.hasSuffix("}\n\n"))
    let listening = await post(
      endpoint, Self.request("subscriptions/listen", "\"notifications\": {}, \(meta)"),
      Self.stateless.merging(["mcp-method": "subscriptions/listen"]) { $1 })
    #expect(listening.headers.contains { $0 == ("x-accel-buffering", "no") })
    #expect(String(decoding: listening.body, as: UTF8.self).components(separatedBy: "\n\n").count == 3)
  }

  @Test(
    "other media, other origins and what is no message are refused",
    arguments: [
      (["content-type": "text/plain"], 415), (["content-type": "text/plain;a=b,application/json"], 415),
      (["content-type": nil], 415), (["content-encoding": "gzip"], 415), (["content-encoding": "Identity"], 200),
      (["accept": "text/html"], 406),
      (["accept": "application/json;q=0.5"], 200), (["accept": nil], 200), (["origin": "https://evil.example"], 403),
      (["origin": "null"], 403), (["origin": "http://localhost.evil.example"], 403), (["origin": "localhost"], 403),
      (["origin": "https://chat.example"], 200), (["origin": "http://localhost:3000"], 200),
      (["origin": "http://[::1]:3000"], 200), (["content-type": "application/json; charset=utf-8"], 200),
    ] as [([String: String?], Int)])
  func media(headers: [String: String?], status: Int) async throws {
    #expect(await post(try endpoint(), Self.initialize, headers).status == status)
  }

  @Test("what is no message is answered with 400, whatever it is", arguments: ["", "{", "[]", "{}", "[{}]", "\u{FF}"])
  func noMessage(body: String) async throws {
    let answer = await post(try endpoint(), body)
    #expect(try answer.status == 400 && json(answer).at("error.code") != nil)
  }

  @Test("a session that nobody uses is forgotten, and of too many the one that was used longest ago")
  func forgetting() {
    let sessions = ContextSessions(capacity: 2, lifetime: .seconds(10))
    let start = ContinuousClock.now
    let first = sessions.begin(.november2025, now: start)
    let second = sessions.begin(.june2025, now: start + .seconds(1))
    #expect(sessions.version(of: first, now: start + .seconds(2)) == .november2025)
    let third = sessions.begin(.june2025, now: start + .seconds(3))
    #expect(sessions.version(of: second, now: start + .seconds(3)) == nil, "the one used longest ago")
    #expect(sessions.version(of: first, now: start + .seconds(11)) == .november2025)
    #expect(sessions.version(of: third, now: start + .seconds(14)) == nil, "ten seconds without use")
    #expect(sessions.end(first) && !sessions.end(first))
  }

  @Test("base64 of every length, and none that is damaged")
  func base64() {
    for (encoded, text) in [
      ("", ""), ("YQ==", "a"), ("YWI=", "ab"), ("YWJj", "abc"), ("4oKs", "€"), ("+/8=", nil), ("YQ=", nil),
      ("Y===", nil),
      ("Y!==", nil),
    ] {
      #expect(MirroredHeaders.decoded("=?base64?\(encoded)?=") == text)
    }
    #expect(MirroredHeaders.decoded("plain") == "plain" && MirroredHeaders.decoded("=?base64?=") == "=?base64?=")
  }
}
