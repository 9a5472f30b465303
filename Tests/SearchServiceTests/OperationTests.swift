import Diagnostics
import Foundation
import InvertedIndex
import StrictJSON
import TestSupport
import Testing

@testable import SearchService

@Suite("operating the service")
struct OperationTests {
  @Test("it says that it lives and takes requests, until its end is near")
  func readiness() async throws {
    let service = try await ServiceFixture()
    #expect(await service.send("GET", "/healthz").status == 200)
    #expect(await service.send("HEAD", "/readyz").status == 200)
    service.server.operations.end()
    #expect(await service.send("GET", "/readyz").status == 503)
    #expect(await service.send("GET", "/healthz").status == 200)
  }

  @Test("without a line a request, what goes wrong is told all the same")
  func quiet() async throws {
    let service = try await ServiceFixture { $0.logsRequests = false }
    _ = try await service.search(#"{"query": "commit"}"#)
    #expect(service.log.text.isEmpty)
    try FileManager.default.removeItem(atPath: service.folder + "/index")
    await service.server.reload()
    #expect(service.log.text.contains("not reloaded"))
  }

  @Test("who is refused by the head of a request is refused without its body")
  func admitted() async throws {
    let made = try APIKeys.make(name: "team")
    let folder = try TestSupport.temporaryFolder("keys")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try made.line.write(toFile: folder + "/keys.txt", atomically: false, encoding: .utf8)
    let service = try await ServiceFixture { $0.keys = try APIKeys(file: folder + "/keys.txt") }
    func admits(_ method: String, _ path: String, _ key: String) -> Bool {
      service.server.table.admits(APIRequest(method: method, path: path, headers: ["x-api-key": key]))
    }
    #expect(admits("POST", "/v1/search", made.key))
    #expect(!admits("POST", "/v1/search", "wrong") && !admits("POST", "/nowhere", made.key))
    #expect(!admits("DELETE", "/v1/search", made.key))
  }

  @Test("it tells what it serves and within which limits")
  func info() async throws {
    let info = try await ServiceFixture { $0.limits.k = 50 }.send("GET", "/v1/info").json
    #expect(info["version"]?.string == "1.2.3")
    #expect(info["encoder"]?["kind"]?.string == "bm25")
    #expect(info["index"]?["passages"]?.integer == 3)
    #expect(info["limits"]?["k"]?.integer == 50)
    #expect(info["keys"]?.bool == false)
  }

  @Test("the description of the interface gives the service's address relative to its own")
  func servers() async throws {
    let servers = try await ServiceFixture().send("GET", "/openapi.json").json["servers"]?.array
    #expect(servers?.map { $0["url"]?.string } == ["."])
  }

  private func metrics() async throws -> APIResponse {
    let service = try await ServiceFixture()
    _ = try await service.search(#"{"query": "commit"}"#)
    for path in ["/a", "/b\"\n", "/v1/search"] { _ = await service.send("SMUGGLE", path) }
    return await service.send("GET", "/metrics")
  }

  @Test("metrics have few labels whatever is asked")
  func labels() async throws {
    let response = try await metrics()
    #expect(response.text.contains(#"parlance_http_requests_total{route="/v1/search",method="POST",status="200"} 1"#))
    #expect(response.text.contains(#"{route="other",method="other",status="404"} 2"#))
  }

  @Test("metrics are clean to Prometheus's own tool", .enabled(if: TestSupport.promtool != nil))
  func clean() async throws {
    let response = try await metrics()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(TestSupport.promtool))
    process.arguments = ["check", "metrics"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    input.fileHandleForWriting.write(Data(response.body))
    try input.fileHandleForWriting.close()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
  }

  @Test("a reload serves the new index, and the old one where the new one cannot be read")
  func reload() async throws {
    let service = try await ServiceFixture()
    let path = service.folder + "/index"
    #expect(try await service.search(#"{"query": "bisect"}"#)["passages"]?.array?.isEmpty == true)
    try FileManager.default.removeItem(atPath: path)
    await service.server.reload()
    #expect(service.log.text.contains("not reloaded"))
    #expect(try await service.search(#"{"query": "commit"}"#)["passages"]?.array?.count == 2)
    try ServiceFixture.build(ServiceFixture.passages + [Fixture.passage("p4", "git bisect", "bisect")], at: path)
    await service.server.reload()
    #expect(try await service.search(#"{"query": "bisect"}"#)["passages"]?[0]?["id"]?.string == "p4")
    let metrics = await service.send("GET", "/metrics").text
    #expect(metrics.contains(#"parlance_reloads_total{result="done"} 1"#))
    #expect(metrics.contains(#"parlance_reloads_total{result="failed"} 1"#))
    #expect(metrics.contains("parlance_index_passages 4"))
  }

  @Test("the description of the interface names every route and no other", arguments: [false, true])
  func openAPI(hasKeys: Bool) async throws {
    let document = try OpenAPIDocument(
      [
        OperationRoutes.description, SearchRoutes.description(ServiceLimits()),
        EncodeRoutes.description(ServiceLimits()),
      ],
      version: "1", hasKeys: hasKeys
    ).json
    let described =
      document["paths"]?.object?.flatMap { path, item in
        (item.object?.keys ?? []).map { "\($0.uppercased()) \(path)" }
      } ?? []
    let routes = try await ServiceFixture { $0.hasPage = false }.server.table.names
    // `/mcp` is described by its own protocol.
    #expect(Set(described) == Set(routes.filter { !$0.hasSuffix(" /mcp") }))
    #expect((document["components"]?["securitySchemes"] != nil) == hasKeys)
  }
}
