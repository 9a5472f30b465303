import StrictJSON
import Testing

@testable import ModelContext

@Suite("ContextServer")
struct ContextServerTests {
  private func request(_ method: String, _ params: String = "{}") -> String {
    "{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": \"\(method)\", \"params\": \(params)}"
  }

  @Test(
    "a handshake settles on the version that was asked for, or on the newest that has one",
    arguments: [
      ("2025-11-25", "2025-11-25"), ("2025-06-18", "2025-06-18"), ("2024-11-05", "2025-11-25"),
      ("2026-07-28", "2025-11-25"), ("1.0", "2025-11-25"),
    ])
  func handshake(asked: String, settled: String) async throws {
    let server = try ToolsFixture().server
    let answer = try #require(
      try await server.answer(request("initialize", "{\"protocolVersion\": \"\(asked)\"}")).last)
    #expect(answer["jsonrpc"] == "2.0" && answer["id"] == .integer(7))
    #expect(answer.at("result.protocolVersion") == .string(settled))
    #expect(answer.at("result.capabilities.tools") == .object([:]))
    #expect(answer.at("result.serverInfo.name") == "parlance" && answer.at("result.serverInfo.version") == "0.0")
    #expect(answer.at("result.resultType") == nil)
  }

  @Test("after a handshake there are ping, the list of tools and their calls, and nothing of the other kind")
  func afterHandshake() async throws {
    let server = try ToolsFixture().server
    func answer(_ method: String, _ params: String = "{}") async throws -> JSONValue? {
      try await server.answer(request(method, params), negotiated: .november2025).last
    }
    #expect(try await answer("ping")?["result"] == .object([:]))
    let list = try await answer("tools/list")
    #expect(list?.at("result.tools.0.name") == "search_conversation")
    #expect(list?.at("result.ttlMs") == nil && list?.at("result.resultType") == nil)
    let call = try await answer("tools/call", "{\"name\": \"search\", \"arguments\": {\"query\": \"tag\"}}")
    #expect(call?.at("result.structuredContent.passages.0.id") == "p3")
    #expect(call?.at("result._meta") == nil)
    for method in ["server/discover", "resources/list", "subscriptions/listen"] {
      #expect(try await answer(method)?.at("error.code") == .integer(-32601), "\(method)")
    }
  }

  @Test("without a handshake each request says its version, and each result what it is and whose")
  func stateless() async throws {
    let server = try ToolsFixture().server
    func answer(_ method: String, _ params: String = "") async throws -> JSONValue? {
      try await server.answer(request(method, "{\(params)\(meta)}")).last
    }
    let discovered = try await answer("server/discover")
    #expect(discovered?.at("result.supportedVersions") == .array(["2026-07-28", "2025-11-25", "2025-06-18"]))
    for method in ["server/discover", "tools/list"] {
      let result = try await answer(method)?["result"]
      #expect(result?["resultType"] == "complete")
      #expect(result?["ttlMs"]?.integer ?? -1 >= 0 && result?["cacheScope"] == "public")
      #expect(result?["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "parlance")
    }
    let call = try await answer("tools/call", "\"name\": \"search\", \"arguments\": {\"query\": \"tag\"}, ")
    #expect(call?.at("result.resultType") == "complete" && call?.at("result.isError") == .bool(false))
    for method in ["ping", "initialized", "resources/list"] {
      #expect(try await answer(method)?.at("error.code") == .integer(-32601), "\(method)")
    }
    #expect(
      try await server.answer(request("tools/list", "{\(meta)}"), negotiated: .november2025).last?
        .at("result.resultType") == "complete", "also on a connection that had one")
  }

  @Test("a subscription is acknowledged, to nothing, and ended in good order")
  func subscription() async throws {
    let messages = try await ToolsFixture().server.answer(
      request("subscriptions/listen", "{\"notifications\": {\"toolsListChanged\": true}, \(meta)}"))
    #expect(messages.count == 2)
    #expect(messages.first?["method"] == "notifications/subscriptions/acknowledged")
    #expect(messages.first?.at("params.notifications") == .object([:]))
    #expect(messages.first?["params"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == .integer(7))
    #expect(messages.last?["result"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == .integer(7))
  }

  @Test(
    "what a request lacks, or has wrong, is told by the code that the protocol has for it",
    arguments: [
      ("tools/list", "{}", -32602), ("tools/call", "{\"name\": \"search\"}", -32602),
      ("tools/list", "{\"_meta\": {\"io.modelcontextprotocol/protocolVersion\": \"2026-07-28\"}}", -32602),
      ("tools/list", "{\"_meta\": {\"io.modelcontextprotocol/protocolVersion\": 3}}", -32602),
      ("tools/list", "{\"_meta\": {\"io.modelcontextprotocol/protocolVersion\": \"1900-01-01\"}}", -32022),
      ("tools/list", "{\"_meta\": {\"io.modelcontextprotocol/protocolVersion\": \"2025-11-25\"}}", -32022),
      ("tools/list", "{\"cursor\": \"x\", META}", -32602), ("tools/call", "{META}", -32602),
      ("tools/call", "{\"name\": \"seek\", META}", -32602),
      ("tools/call", "{\"name\": \"search\", \"arguments\": [], META}", -32602),
      ("initialize", "{}", -32602),
    ])
  func refusals(method: String, params: String, code: Int64) async throws {
    let answer = try await ToolsFixture().server.answer(
      request(method, params.replacing("META", with: meta))
    ).last
    #expect(answer?.at("error.code") == .integer(code), "\(answer?.text ?? "")")
    #expect(answer?["id"] == .integer(7) && answer?["result"] == nil)
    guard code == -32022 else { return }
    #expect(answer?.at("error.data.supported.0") == "2026-07-28")
    #expect(answer?.at("error.data.requested")?.string != nil)
  }

  @Test(
    "what is no message is refused, with its id where there is one",
    arguments: [
      ("{", -32700, nil), ("\u{FF}{}", -32700, nil), ("[]", -32600, nil), ("7", -32600, nil), ("{}", -32600, nil),
      ("{\"jsonrpc\": \"1.0\", \"id\": 7, \"method\": \"ping\"}", -32600, 7),
      ("{\"jsonrpc\": \"2.0\", \"id\": null, \"method\": \"ping\"}", -32600, nil),
      ("{\"jsonrpc\": \"2.0\", \"id\": 1.5, \"method\": \"ping\"}", -32600, nil),
      ("{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": 3}", -32600, 7), ("{\"jsonrpc\": \"2.0\", \"id\": 7}", -32600, 7),
      ("{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": \"ping\", \"params\": [1]}", -32602, 7),
      ("{\"jsonrpc\": \"2.0\", \"id\": 7, \"id\": 8, \"method\": \"ping\"}", -32700, nil),
    ] as [(String, Int64, Int64?)])
  func noMessage(text: String, code: Int64, id: Int64?) throws {
    let refusal = #expect(throws: RPCRefusal.self) { try RPCMessage(parsing: Array(text.utf8)) }
    #expect(refusal?.answer.at("error.code") == .integer(code))
    #expect(refusal?.answer["id"] == id.map { .integer($0) })
  }

  @Test("notifications and responses are told from requests")
  func kinds() throws {
    func message(_ text: String) throws -> RPCMessage { try RPCMessage(parsing: Array(text.utf8)) }
    #expect(
      try message("{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}")
        == .notification(method: "notifications/initialized", params: [:]))
    #expect(try message("{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": {}}") == .response)
    #expect(
      try message("{\"jsonrpc\": \"2.0\", \"id\": \"a\", \"method\": \"ping\"}")
        == .request(RPCRequest(id: .string("a"), method: "ping", params: [:])))
  }
}
