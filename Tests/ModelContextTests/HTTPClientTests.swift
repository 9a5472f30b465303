import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ModelContext

@Suite("the protocol over HTTP")
struct HTTPClientTests {
  /// Serves an endpoint at a port of this machine, a thread a connection.
  private static func serve(_ endpoint: ContextEndpoint) throws -> LocalHTTPServer {
    try LocalHTTPServer { request in
      let answered = DispatchSemaphore(value: 0)
      let answer = Mutex<ContextEndpoint.Answer?>(nil)
      Task(priority: .high) {
        let found = await endpoint.answer(
          .init(method: request.method, headers: request.headers, body: request.body))
        answer.withLock { $0 = found }
        answered.signal()
      }
      answered.wait()
      guard let answer = answer.withLock({ $0 }) else { return .dropped }
      return .whole(
        answer.status, headers: Dictionary(answer.headers.map { ($0.name, $0.value) }) { $1 },
        body: String(decoding: answer.body, as: UTF8.self))
    }
  }

  @Test(
    "the protocol's own client in Python works with it, in both kinds of the protocol",
    .enabled(if: TestSupport.judgePython != nil, "the Python judges are not installed (make test brings them)"))
  func client() async {
    // In a process of its own: among other tests each answer waited for its turn, and the client gave up.
    await #expect(processExitsWith: .success) { try Self.drive() }
  }

  private static func drive() throws {
    let server = try serve(ContextEndpoint(try ToolsFixture().server))
    defer { server.stop() }
    let folder = try TestSupport.temporaryFolder("mcp")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(TestSupport.judgePython))
    process.arguments = [
      TestSupport.packageRoot + "/Tests/CommandLineTests/Goldens/mcp_client.py", "http://127.0.0.1:\(server.port)/mcp",
    ]
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder, "NO_PROXY": "127.0.0.1"]
    let error = folder + "/error"
    _ = FileManager.default.createFile(atPath: error, contents: nil)
    process.standardError = FileHandle(forWritingAtPath: error)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let fault = try String(contentsOfFile: error, encoding: .utf8).suffix(3000)
    #expect(said == "2025-11-25 is good\n2026-07-28 is good\n", "\(fault)")
  }
}
