import BinaryFiles
import Diagnostics
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SearchService

@Suite("who may ask")
struct AccessTests {
  private func keys(_ contents: String) throws -> APIKeys {
    let folder = try TestSupport.temporaryFolder("keys")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try contents.write(toFile: folder + "/keys.txt", atomically: false, encoding: .utf8)
    return try APIKeys(file: folder + "/keys.txt")
  }

  @Test("a key that was made is let in by its line, and by nothing else; the file holds its hash alone")
  func keyFile() throws {
    let made = try APIKeys.make(name: "team")
    let other = try APIKeys.make(name: "other")
    #expect(made.key != other.key)
    #expect(!made.line.contains(made.key) && !made.line.contains(made.key.dropFirst("parlance_".count)))
    let keys = try keys("# who\n\n\(other.line)  # comment\r\n\(made.line)\n")
    #expect(keys.key(made.key)?.name == "team")
    #expect(keys.key(other.key)?.name == "other")
    #expect(keys.key(made.key + "x") == nil)
    #expect(keys.key(String(made.key.dropLast())) == nil)
    #expect(keys.key("") == nil)
  }

  @Test(
    "a file without keys and a line that is none are refused",
    arguments: [
      "", "# none\n", "team abc\n", "team\n", "a \(String(repeating: "0", count: 64)) read\n",
      "a \(String(repeating: "0", count: 64))\na \(String(repeating: "1", count: 64)) write\n",
      "a \(String(repeating: "0", count: 64))\nb \(String(repeating: "0", count: 64)) write\n",
    ])
  func badKeyFiles(contents: String) {
    #expect { try keys(contents) } throws: { ($0 as? ParlanceError)?.code == .badInput }
  }

  @Test("with keys, searching needs one; what tells that the service lives does not")
  func demanded() async throws {
    let made = try APIKeys.make(name: "team")
    let keys = try keys(made.line)
    let service = try await ServiceFixture {
      $0.host = "0.0.0.0"
      $0.keys = keys
    }
    let body = #"{"query": "commit"}"#
    for headers in [[:], ["authorization": "Bearer nonsense"], ["authorization": made.key], ["x-api-key": "x"]] {
      let response = await service.send("POST", "/v1/search", body, headers: headers)
      #expect(response.status == 401)
      #expect(response[header: "www-authenticate"] == "Bearer")
    }
    for path in ["/metrics", "/v1/info"] { #expect(await service.send("GET", path).status == 401) }
    for path in ["/healthz", "/readyz", "/openapi.json"] { #expect(await service.send("GET", path).status == 200) }
    for headers in [["authorization": "bearer \(made.key)"], ["x-api-key": made.key]] {
      #expect(await service.send("POST", "/v1/search", body, headers: headers).status == 200)
    }
    #expect(service.log.text.contains("key=team"))
    #expect(!service.log.text.contains(made.key))
  }

  @Test("reloading reads the keys again: one that was taken out is refused; a bad file leaves all as it was")
  func revoked() async throws {
    let folder = try TestSupport.temporaryFolder("keys")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (old, new) = (try APIKeys.make(name: "old"), try APIKeys.make(name: "new"))
    func write(_ text: String) throws {
      try text.write(toFile: folder + "/keys.txt", atomically: true, encoding: .utf8)
    }
    try write(old.line)
    let service = try await ServiceFixture { $0.keys = try APIKeys(file: folder + "/keys.txt") }
    func statuses() async -> [Int] {
      var statuses: [Int] = []
      for key in [old.key, new.key] {
        statuses.append(await service.send("GET", "/v1/info", headers: ["x-api-key": key]).status)
      }
      return statuses
    }
    try write(new.line)
    #expect(await statuses() == [200, 401])
    await service.server.reload()
    #expect(await statuses() == [401, 200])
    try write("no key\n")
    await service.server.reload()
    #expect(await statuses() == [401, 200])
    #expect(service.log.text.contains("keys not reloaded"))
  }

  @Test(
    "an address that others reach is refused without keys",
    arguments: [
      "0.0.0.0", "::", "192.168.1.2", "example.org", "127.a.b.c", "127.0.0.1.example.org", "127.1",
    ])
  func publicAddress(host: String) async {
    await #expect { try await ServiceFixture { $0.host = host } } throws: { ($0 as? ParlanceError)?.code == .usage }
  }

  @Test("without keys, only this machine's own names are answered: no page can lead another name here")
  func hosts() async throws {
    let service = try await ServiceFixture()
    for host in ["127.0.0.1", "localhost:8080", "LOCALHOST", "[::1]:80"] {
      #expect(await service.send("GET", "/v1/info", headers: ["host": host]).status == 200, "\(host)")
    }
    for host in [
      "evil.example:8080", "", "127.0.0.1.evil.example", "localhost.evil.example", "[::1].evil", "[::1",
      "localhost:80x",
    ] {
      #expect(await service.send("GET", "/v1/info", headers: ["host": host]).status == 421, "\(host)")
    }
  }

  @Test("pages of other origins get no leave, but the one that was named")
  func crossOrigin() async throws {
    let asked = ["origin": "https://shop.example", "access-control-request-method": "POST"]
    let closed = try await ServiceFixture()
    #expect(await closed.send("OPTIONS", "/v1/search", headers: asked).status == 405)
    #expect(
      await closed.send("GET", "/v1/info", headers: asked)[header: "access-control-allow-origin"] == nil)
    let open = try await ServiceFixture { $0.origin = "https://shop.example" }
    let preflight = await open.send("OPTIONS", "/v1/search", headers: asked)
    #expect(preflight.status == 204)
    #expect(preflight[header: "access-control-allow-origin"] == "https://shop.example")
    let forTools = await open.send("OPTIONS", "/mcp", headers: asked)
    let allowed = forTools[header: "access-control-allow-headers"]?.split(separator: ", ") ?? []
    #expect(
      Set(allowed).isSuperset(of: ["content-type", "mcp-protocol-version", "mcp-session-id", "mcp-method", "mcp-name"]))
    #expect(forTools[header: "access-control-expose-headers"]?.contains("mcp-session-id") == true)
    let other = await open.send(
      "OPTIONS", "/v1/search", headers: asked.merging(["origin": "https://evil.example"]) { $1 })
    #expect(other[header: "access-control-allow-origin"] == nil)
  }

  @Test("the log has neither words of a conversation nor of a passage")
  func discretion() async throws {
    let service = try await ServiceFixture()
    _ = try await service.search(#"{"query": "hush-hush commit"}"#)
    _ = await service.send("POST", "/v1/search", #"{"query": "hush-hush", "k": 0}"#)
    _ = await service.send("GET", "/hush-hush")
    #expect(!service.log.text.contains("hush"))
    #expect(!service.log.text.contains("Undoing"))
    #expect(service.log.text.contains("POST /v1/search 200"))
  }

  @Test("a failure inside is told without its place; the log has it under the number that the answer names")
  func failures() async throws {
    let log = LogLines()
    let table = RouteTable(
      [
        Route("GET", "/fails") { _ in
          throw ParlanceError(.badInput, "damaged", at: .init(file: "/secret/place", component: "block 3"))
        }
      ], log: { log.add($0.line) })
    let response = await table.answer(APIRequest(method: "GET", path: "/fails"))
    #expect(response.status == 500)
    #expect(!response.text.contains("secret") && !response.text.contains("damaged"))
    let number = try #require(try response.json["instance"]?.string?.split(separator: ":").last)
    #expect(log.text.contains("request=\(number) /secret/place (block 3): damaged"))
  }
}
