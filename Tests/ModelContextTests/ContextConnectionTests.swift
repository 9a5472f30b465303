import StrictJSON
import Synchronization
import Testing

@testable import ModelContext

@Suite("ContextConnection")
struct ContextConnectionTests {
  /// What a connection sent.
  private final class Sent: Sendable {
    private let messages = Mutex<[JSONValue]>([])
    var all: [JSONValue] { messages.withLock { $0 } }
    var send: @Sendable (JSONValue) -> Void { { message in self.messages.withLock { $0.append(message) } } }
  }

  private func search(_ id: String, _ query: String = "tag") -> [UInt8] {
    Array(
      "{\"jsonrpc\": \"2.0\", \"id\": \(id), \"method\": \"tools/call\", \"params\": {\"name\": \"search\", \"arguments\": {\"query\": \"\(query)\"}, \(meta)}}"
        .utf8)
  }

  private func cancel(_ id: String) -> [UInt8] {
    Array("{\"jsonrpc\": \"2.0\", \"method\": \"notifications/cancelled\", \"params\": {\"requestId\": \(id)}}".utf8)
  }

  @Test("a handshake holds for the requests that come after it")
  func handshake() async throws {
    let sent = Sent()
    let connection = ContextConnection(try ToolsFixture().server, send: sent.send)
    let list = Array("{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/list\"}".utf8)
    await connection.receive(list)?.value
    #expect(sent.all.last?.at("error.code") == .integer(-32602), "nothing was settled yet")
    await connection.receive(
      Array(
        "{\"jsonrpc\": \"2.0\", \"id\": 2, \"method\": \"initialize\", \"params\": {\"protocolVersion\": \"2025-11-25\"}}"
          .utf8))?.value
    await connection.receive(Array("{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}".utf8))?.value
    #expect(sent.all.count == 2, "a notification is not answered")
    await connection.receive(list)?.value
    #expect(sent.all.last?.at("result.tools")?.array?.count == 3)
    await connection.receive(search("3"))?.value
    #expect(sent.all.last?.at("result.resultType") == "complete", "the other kind is served beside it")
  }

  @Test("requests are answered side by side: a quick one does not wait for a slow one")
  func sideBySide() async throws {
    let (fixture, sent) = (try ToolsFixture(), Sent())
    let connection = ContextConnection(fixture.server, send: sent.send)
    fixture.gate.close()
    let slow = await connection.receive(search("1"))
    await connection.receive(
      Array("{\"jsonrpc\": \"2.0\", \"id\": 2, \"method\": \"tools/list\", \"params\": {\(meta)}}".utf8))?.value
    #expect(sent.all.map { $0["id"] } == [.integer(2)])
    await fixture.gate.arrival()
    let again = await connection.receive(search("1"))
    #expect(again == nil && sent.all.last?.at("error.code") == .integer(-32600), "the id is taken")
    fixture.gate.open()
    await slow?.value
    #expect(sent.all.last?["id"] == .integer(1) && sent.all.last?["result"] != nil)
    await connection.receive(search("1"))?.value
    #expect(sent.all.count == 4, "an id that was answered may come again")
  }

  @Test("a request that was taken back is not answered; taking back what is not there does nothing")
  func cancelled() async throws {
    let (fixture, sent) = (try ToolsFixture(), Sent())
    let connection = ContextConnection(fixture.server, send: sent.send)
    fixture.gate.close()
    let slow = await connection.receive(search("\"one\""))
    await fixture.gate.arrival()
    for id in ["\"two\"", "1", "null", "\"one\"", "\"one\""] { await connection.receive(cancel(id))?.value }
    fixture.gate.open()
    await slow?.value
    #expect(sent.all.isEmpty && slow?.isCancelled == true)
  }

  @Test("an id that was taken back may be used anew; the old answer is nobody's")
  func reusedID() async throws {
    let (fixture, sent) = (try ToolsFixture(), Sent())
    let connection = ContextConnection(fixture.server, send: sent.send)
    fixture.gate.close()
    let old = await connection.receive(search("1"))
    await fixture.gate.arrival()
    await connection.receive(cancel("1"))?.value
    let new = await connection.receive(search("1", "nothing"))
    await fixture.gate.arrival()
    fixture.gate.open()
    await old?.value
    await new?.value
    #expect(sent.all.count == 1)
    #expect(sent.all.last?.at("result.structuredContent.passages") == .array([]), "the answer of the second")
  }

  private func list(_ id: Int) -> [UInt8] {
    Array("{\"jsonrpc\": \"2.0\", \"id\": \(id), \"method\": \"tools/list\", \"params\": {\(meta)}}".utf8)
  }

  @Test(
    "while as many requests are at work as may be, further ones wait for their turn, and what is taken back is heard")
  func readOn() async throws {
    let (fixture, sent) = (try ToolsFixture(), Sent())
    let connection = ContextConnection(fixture.server, atOnce: 3, waiting: 200, send: sent.send)
    let (stream, feed) = AsyncThrowingStream.makeStream(of: [UInt8].self)
    let (taken, tell) = AsyncStream.makeStream(of: Void.self)
    fixture.gate.close()
    let serving = Task { try await connection.receive(stream) { tell.yield() } }
    for id in 0..<3 {
      feed.yield(search("\(id)"))
      await fixture.gate.arrival()
    }
    for id in 3..<103 { feed.yield(list(id)) }
    for id in [1, 50] { feed.yield(cancel("\(id)")) }
    var all = taken.makeAsyncIterator()
    for _ in 0..<105 { await all.next() }
    #expect(sent.all.isEmpty)
    feed.finish()
    fixture.gate.open()
    try await serving.value
    let answered = sent.all.compactMap { $0["id"]?.integer }.sorted()
    #expect(answered == (0..<103).filter { $0 != 1 && $0 != 50 })
  }

  @Test("what comes when no more may wait is refused, until there is room again")
  func busy() async throws {
    let (fixture, sent) = (try ToolsFixture(), Sent())
    let connection = ContextConnection(fixture.server, atOnce: 1, waiting: 1, send: sent.send)
    fixture.gate.close()
    let atWork = await connection.receive(search("1"))
    await fixture.gate.arrival()
    let waiting = await connection.receive(list(2))
    #expect(await connection.receive(list(3)) == nil)
    #expect(sent.all.last?["id"] == .integer(3) && sent.all.last?.at("error.code") == .integer(-32000))
    // Whether anybody is there is answered however many wait.
    let ping = #"{"jsonrpc": "2.0", "id": 9, "method": "ping", "params": null}"#
    #expect(await connection.receive(Array(ping.utf8)) == nil)
    #expect(sent.all.last == .object(["jsonrpc": "2.0", "id": .integer(9), "result": .object([:])]))
    // What was taken back makes room when it has ended, not before.
    await connection.receive(cancel("2"))?.value
    #expect(await connection.receive(list(4)) == nil)
    fixture.gate.open()
    await atWork?.value
    await waiting?.value
    await connection.receive(list(5))?.value
    #expect(sent.all.map { $0["id"]?.integer } == [3, 9, 4, 1, 5])
    #expect(sent.all.last?["result"] != nil)
  }

  @Test("what goes wrong with the messages is told when what is at work has ended")
  func failed() async throws {
    let (fixture, sent) = (try ToolsFixture(), Sent())
    let connection = ContextConnection(fixture.server, send: sent.send)
    let (stream, feed) = AsyncThrowingStream.makeStream(of: [UInt8].self)
    fixture.gate.close()
    feed.yield(search("1"))
    let serving = Task { try await connection.receive(stream) {} }
    await fixture.gate.arrival()
    feed.finish(throwing: ToolFault("the pipe is gone"))
    fixture.gate.open()
    await #expect(throws: ToolFault.self) { try await serving.value }
  }

  @Test("what cannot be read is answered, and the connection goes on")
  func unreadable() async throws {
    let sent = Sent()
    let connection = ContextConnection(try ToolsFixture().server, send: sent.send)
    await connection.receive([0xFF, 0xFE])?.value
    await connection.receive(Array("[]".utf8))?.value
    await connection.receive(search("5"))?.value
    #expect(sent.all.map { $0.at("error.code") } == [.integer(-32700), .integer(-32600), nil])
    #expect(sent.all.last?["id"] == .integer(5))
  }
}
