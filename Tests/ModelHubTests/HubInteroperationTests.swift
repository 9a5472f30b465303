import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import ModelHub

@Suite(
  "The hub's cache, shared with the Python library", .serialized,
  .enabled(if: TestSupport.judgePython != nil, "the Python judges are not installed (make test brings them)"))
struct HubInteroperationTests {
  @Test("what we brought, huggingface_hub finds offline")
  func pythonFindsOurs() async throws {
    let python = try #require(TestSupport.judgePython)
    let cache = try TestSupport.temporaryFolder("hub")
    defer { try? FileManager.default.removeItem(atPath: cache) }
    let fake = FakeHub(files: ModelHubTests.files)
    let hub = ModelHub(settings: HubSettings(cache: cache, endpoint: FakeHub.endpoint), transport: { fake })
    let model = try await hub.resolve("hf:owner/name")
    let paths = ModelHubTests.needed.sorted()
    let found = try HubServer.findOffline(python, model: "owner/name", paths: paths, cache: cache)
    #expect(found == paths.map { model.folder + "/" + $0 })
  }

  @Test("what huggingface_hub brought, we find offline")
  func weFindPythons() async throws {
    let python = try #require(TestSupport.judgePython)
    let server = try HubServer(python: python)
    let cache = try TestSupport.temporaryFolder("hub")
    defer { try? FileManager.default.removeItem(atPath: cache) }
    let folder = try HubServer.python(
      python, "from huggingface_hub import snapshot_download; print(snapshot_download('owner/tiny'))",
      environment: ["HF_ENDPOINT": server.endpoint, "HF_HUB_CACHE": cache, "HF_HUB_DISABLE_XET": "1"])
    let hub = ModelHub(settings: HubSettings(cache: cache, isOffline: true), transport: { nil })
    let model = try await hub.resolve("hf:owner/tiny")
    #expect(model.folder == folder)
    #expect(FileManager.default.contents(atPath: folder + "/model.safetensors").map(Array.init) == HubServer.weights)
  }

  #if Network
    func hub(_ server: HubServer, cache: String, token: String? = nil) -> ModelHub {
      ModelHub(settings: HubSettings(cache: cache, endpoint: server.endpoint, token: token))
    }

    @Test("over the wire: redirects, a broken answer, a moved repository; the other host never sees the token")
    func wire() async throws {
      let python = try #require(TestSupport.judgePython)
      let cache = try TestSupport.temporaryFolder("hub")
      defer { try? FileManager.default.removeItem(atPath: cache) }
      let server = try HubServer(python: python, faults: ["truncate=2"])
      let model = try await hub(server, cache: cache, token: "hf_secret").resolve("hf:owner/tiny")
      #expect(
        FileManager.default.contents(atPath: model.folder + "/model.safetensors").map(Array.init) == HubServer.weights)
      let storage = server.log.filter { $0[2].hasPrefix("/storage/") }
      #expect(storage.count == 3)
      #expect(storage.allSatisfy { $0[1] == "localhost" && $0[3] == "-" })
      #expect(storage.map { $0[4] } == ["-", "bytes=25000-", "bytes=37500-"])
      #expect(server.log.filter { $0[1] == "127.0.0.1" }.allSatisfy { $0[3] == "Bearer_hf_secret" })
      #expect(!server.log.contains { $0[2].contains("optimizer") })
      let found = try HubServer.findOffline(python, model: "owner/tiny", paths: HubServer.paths, cache: cache)
      #expect(found == HubServer.paths.map { model.folder + "/" + $0 })
      let moved = try await hub(server, cache: cache).resolve("hf:old/moved@v1")
      #expect(
        FileManager.default.contents(atPath: moved.folder + "/model.safetensors").map(Array.init) == HubServer.weights)
    }

    @Test("over the wire: gated, missing, damaged, down")
    func wireFailures() async throws {
      let python = try #require(TestSupport.judgePython)
      let cache = try TestSupport.temporaryFolder("hub")
      defer { try? FileManager.default.removeItem(atPath: cache) }
      func failure(_ hub: ModelHub, _ model: String) async -> ParlanceError? {
        do throws(ParlanceError) {
          _ = try await hub.resolve(model)
          return nil
        } catch {
          return error
        }
      }
      do {
        let server = try HubServer(python: python, faults: ["damage"])
        #expect(await failure(hub(server, cache: cache), "hf:owner/gated")?.message.contains("terms") == true)
        #expect(
          await failure(hub(server, cache: cache, token: "wrong"), "hf:owner/gated")?.message.contains("terms") == true)
        #expect(await failure(hub(server, cache: cache), "hf:owner/none")?.code == .noInput)
        #expect(await failure(hub(server, cache: cache), "hf:owner/tiny@v9")?.message.contains("revision") == true)
        #expect(await failure(hub(server, cache: cache), "hf:owner/tiny")?.message.contains("damaged") == true)
      }
      let gone = ModelHub(settings: HubSettings(cache: cache, endpoint: "http://127.0.0.1:9"))
      #expect(await failure(gone, "hf:owner/tiny")?.code == .tryAgain)
    }

    @Test("over the wire: proxies of the environment are asked for a tunnel, hosts of no_proxy directly")
    func proxies() async throws {
      let python = try #require(TestSupport.judgePython)
      let cache = try TestSupport.temporaryFolder("hub")
      defer { try? FileManager.default.removeItem(atPath: cache) }
      let server = try HubServer(python: python)
      let proxy = try ProxyServer(python: python)
      // A name that only the proxy knows.
      let port = server.endpoint.split(separator: ":").last ?? ""
      func hub(_ environment: [String: String]) -> ModelHub {
        ModelHub(
          settings: HubSettings(cache: cache, endpoint: "http://hub.invalid:\(port)"),
          transport: { AsyncHTTPTransport(environment: environment) })
      }
      func failure(_ environment: [String: String]) async -> ParlanceError? {
        do throws(ParlanceError) {
          _ = try await hub(environment).resolve("hf:owner/tiny")
          return nil
        } catch {
          return error
        }
      }
      let way = "http://us%3Aer:p%40ss@" + proxy.address
      let stranger = await failure(["http_proxy": "http://nobody:x@" + proxy.address])
      #expect(stranger?.message.contains("through the proxy \(proxy.address)") == true)
      #expect(stranger?.message.contains("nobody") == false)
      let direct = await failure(["http_proxy": way, "no_proxy": "example.org,.invalid"])
      #expect(direct?.code == .tryAgain && direct?.message.contains("proxy") == false)
      #expect(proxy.log == ["CONNECT hub.invalid:\(port)"])
      let model = try await hub(["HTTP_PROXY": way]).resolve("hf:owner/tiny")
      #expect(
        FileManager.default.contents(atPath: model.folder + "/model.safetensors").map(Array.init) == HubServer.weights)
      #expect(Set(proxy.log) == ["CONNECT hub.invalid:\(port)"] && proxy.log.count > 1)
    }
  #endif
}
