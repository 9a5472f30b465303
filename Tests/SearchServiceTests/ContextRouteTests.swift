import Diagnostics
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SearchService

@Suite("/mcp")
struct ContextRouteTests {
  private static let meta =
    #""_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}"#

  private func call(
    _ service: ServiceFixture, _ tool: String, _ arguments: String, headers: [String: String] = [:]
  ) async -> APIResponse {
    let mirrored = [
      "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": tool, "accept": "application/json",
    ]
    return await service.send(
      "POST", "/mcp",
      #"{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "\#(tool)", "arguments": \#(arguments), \#(Self.meta)}}"#,
      headers: mirrored.merging(headers) { $1 })
  }

  @Test("a tool searches what is served, and what is served after a reload")
  func search() async throws {
    let service = try await ServiceFixture()
    let found = await call(
      service, "search_conversation", #"{"messages": [{"role": "user", "content": "undo a commit"}]}"#)
    #expect(found.status == 200)
    let content = try #require(try found.json["result"]?["structuredContent"])
    #expect(content["passages"]?[0]?["id"] == "p1" && content["passages"]?[0]?["metadata"]?["page"] == .integer(7))
    let passage = try await call(service, "get_passage", #"{"id": "p2"}"#).json
    #expect(passage["result"]?["structuredContent"]?["title"] == "git branch")
    try ServiceFixture.build([.init(id: "new", text: "bisect")], at: service.folder + "/index")
    await service.server.reload()
    let reloaded = try await call(service, "search", #"{"query": "bisect"}"#).json
    #expect(reloaded["result"]?["structuredContent"]?["passages"]?[0]?["id"] == "new")
  }

  @Test("the service's limits and its keys hold for tools; GET and pages of other origins are refused")
  func limits() async throws {
    let service = try await ServiceFixture {
      $0.limits.k = 2
      $0.limits.messages = 1
    }
    let many = try await call(service, "search", #"{"query": "commit", "k": 50}"#).json["result"]
    #expect(many?["isError"] == .bool(true), "\(many?.text ?? "")")
    let few = try await call(service, "search", #"{"query": "commit tag branch"}"#).json["result"]
    #expect(few?["structuredContent"]?["passages"]?.array?.count == 2, "\(few?.text ?? "")")
    let filtered = try await call(service, "search", #"{"query": "commit", "filter": {"page": 7}}"#).json["result"]
    #expect(filtered?["structuredContent"]?["passages"]?.array?.map { $0["id"] } == ["p1"])
    let long = #"{"messages": [{"role": "assistant", "content": "a"}, {"role": "user", "content": "b"}]}"#
    let messages = try await call(service, "search_conversation", long).json["result"]
    #expect(messages?["content"]?[0]?["text"]?.string?.contains("at most 1 messages") == true)
    #expect(await service.send("GET", "/mcp").status == 405)
    #expect(
      await call(service, "search", #"{"query": "a"}"#, headers: ["origin": "https://evil.example"]).status == 403)
    #expect(await call(service, "search", #"{"query": "a"}"#, headers: ["host": "evil.example"]).status == 421)
    let (key, line) = try APIKeys.make(name: "team")
    let keys = service.folder + "/keys.txt"
    try line.write(toFile: keys, atomically: true, encoding: .utf8)
    let guarded = try await ServiceFixture { $0.keys = try APIKeys(file: keys) }
    #expect(await call(guarded, "search", #"{"query": "a"}"#).status == 401)
    #expect(
      await call(guarded, "search", #"{"query": "a"}"#, headers: ["authorization": "Bearer \(key)"]).status == 200)
  }
}
