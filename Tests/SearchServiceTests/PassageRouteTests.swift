import BinaryFiles
import Conversations
import Diagnostics
import Foundation
import InvertedIndex
import Retrieval
import SparseEncoder
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SearchService

@Suite("/v1/passages", .timeLimit(.minutes(30)))
struct PassageRouteTests {
  /// A service whose passages may be changed.
  private final class Writable: Sendable {
    let folder: String
    let server: SearchServer

    init(_ change: (inout ServiceConfiguration) -> Void = { _ in }) async throws {
      let folder = try TestSupport.temporaryFolder("passages")
      self.folder = folder
      let writer = try PassageWriter(path: folder + "/passages.jsonl")
      for passage in ServiceFixture.passages { try writer.write(passage) }
      try writer.finish()
      let encoder = try await TestModel.encoder()
      let job = IndexingJob(passages: [folder + "/passages.jsonl"], path: folder + "/index")
      _ = try await job.run(with: encoder)
      var configuration = ServiceConfiguration(version: "1")
      change(&configuration)
      server = try await SearchServer(configuration) { () throws(ParlanceError) in
        OpenedSearch(live: try LiveIndex(path: folder + "/index", mergesByItself: true), model: encoder)
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func send(_ method: String, _ path: String, _ body: String? = nil) async -> APIResponse {
      var headers = ["host": "localhost"]
      if body != nil { headers["content-type"] = "application/json" }
      return await server.table.answer(
        APIRequest(method: method, path: path, headers: headers, body: Array((body ?? "").utf8)))
    }

    /// The ids that a search with a filter finds.
    func found(_ filter: String) async throws -> [String] {
      let response = await send("POST", "/v1/search", #"{"query": "undo a commit", "filter": \#(filter)}"#)
      try #require(response.status == 200, "\(response.text)")
      return try response.json["passages"]?.array?.compactMap { $0["id"]?.string } ?? []
    }
  }

  @Test("passages are added, replaced, found by what they are, shown and deleted")
  func changes() async throws {
    let service = try await Writable()
    let added = await service.send(
      "POST", "/v1/passages",
      #"""
      {"passages": [
        {"id": "n/1", "text": "first", "metadata": {"lang": "en"}}, {"id": "p2", "title": "t", "text": "other"},
        {"id": "n/1", "title": "undo", "text": "a commit", "metadata": {"lang": "de", "page": [1, 2]}}]}
      """#)
    #expect(added.status == 200, "\(added.text)")
    let told = try added.json
    #expect(told["added"]?.integer == 1 && told["replaced"]?.integer == 1 && told["passages"]?.integer == 4)
    #expect(told["truncated"]?.integer == 0 && told["empty"]?.integer == 0)
    #expect(try await service.found(#"{"lang": "de"}"#) == ["n/1"])
    #expect(try await service.found(#"{"lang": "en"}"#) == [])
    let shown = try await service.send("GET", "/v1/passages/n%2F1").json
    #expect(shown["text"]?.string == "a commit" && shown["title"]?.string == "undo")
    #expect(shown["metadata"]?.text == #"{"lang":"de","page":[1,2]}"#)
    #expect(await service.send("DELETE", "/v1/passages/n%2F1").status == 204)
    #expect(await service.send("DELETE", "/v1/passages/n%2F1").status == 404)
    #expect(await service.send("GET", "/v1/passages/n%2F1").status == 404)
    #expect(try await service.found(#"{"lang": "de"}"#) == [])
    let deleted = try await service.send("POST", "/v1/deletions", #"{"ids": ["p1", "p2", "p1", "none"]}"#).json
    #expect(deleted["deleted"]?.integer == 2 && deleted["passages"]?.integer == 1)
    #expect(try InvertedIndex(path: service.folder + "/index").count == 1)
    // Also of an index without a passage, which then has texts as before.
    #expect(try await service.send("POST", "/v1/deletions", #"{"ids": ["p3"]}"#).json["passages"]?.integer == 0)
    let first = #"{"passages": [{"id": "n2", "text": "a commit", "metadata": {"lang": "en"}}]}"#
    #expect(await service.send("POST", "/v1/passages", first).status == 200)
    #expect(try await service.found(#"{"lang": "en"}"#) == ["n2"])
  }

  @Test(
    "what is no passage is refused with the field that is meant, and nothing of its batch is added",
    arguments: [
      (#"{"id": "", "text": "a"}"#, "passages[1].id"), (#"{"id": "a b", "text": "a"}"#, "passages[1].id"),
      (#"{"id": 7, "text": "a"}"#, "passages[1].id"), (#"{"text": "a"}"#, "passages[1]"),
      (#"{"id": "a"}"#, "passages[1]"), (#"{"id": "a", "text": null}"#, "passages[1].text"),
      (#"{"id": "a", "text": "a", "lang": "en"}"#, "passages[1].lang"),
      (#"{"id": "a", "text": "a", "metadata": []}"#, "passages[1].metadata"),
      (#"{"id": "a", "text": "a", "metadata": {"_id": "b"}}"#, "passages[1].metadata"), (#""a""#, "passages[1]"),
    ])
  func refusals(passage: String, field: String) async throws {
    let service = try await Writable()
    let response = await service.send(
      "POST", "/v1/passages", #"{"passages": [{"id": "good", "text": "commit"}, \#(passage)]}"#)
    #expect(response.status == 400)
    #expect(try response.json["field"]?.string == field)
    #expect(await service.send("GET", "/v1/passages/good").status == 404)
  }

  @Test("batches have a limit, ids that are too long and names that are not UTF-8 are none")
  func limits() async throws {
    let service = try await Writable { $0.limits.batch = 2 }
    #expect(await service.send("POST", "/v1/passages", #"{"passages": []}"#).status == 400)
    #expect(await service.send("POST", "/v1/deletions", #"{"ids": ["a", "b", "c"]}"#).status == 400)
    let long = String(repeating: "x", count: 257)
    #expect(await service.send("POST", "/v1/deletions", #"{"ids": ["\#(long)"]}"#).status == 400)
    #expect(
      await service.send("POST", "/v1/passages", #"{"passages": [{"id": "\#u{FFFD}", "text": "a"}]}"#).status == 200)
    #expect(await service.send("DELETE", "/v1/passages/%FF").status == 404)
    #expect(await service.send("DELETE", "/v1/passages/%EF%BF%BD").status == 204)
  }

  @Test("it is off unless asked for, and the description says what is there")
  func described() async throws {
    let service = try await Writable()
    #expect(try await service.send("GET", "/v1/info").json["features"]?.array?.contains(.string("passages")) == true)
    let paths = try await service.send("GET", "/openapi.json").json["paths"]?.object
    let own = paths?.filter { $0.key.hasPrefix("/v1/passages") || $0.key == "/v1/deletions" }.flatMap { path, item in
      (item.object?.keys ?? []).map { "\($0.uppercased()) \(path)" }
    }
    #expect(
      Set(own ?? [])
        == Set(service.server.table.names.filter { $0.contains("/v1/passages") || $0.contains("/v1/deletions") }))
    let closed = try await ServiceFixture()
    #expect(await closed.send("POST", "/v1/passages", "{}").status == 404)
    #expect(await closed.send("DELETE", "/v1/passages/p1").status == 404)
  }

  @Test("a reload while segments are merged refuses no change, and loses neither it nor the merge")
  func reloadWhileMerging() async throws {
    let service = try await Writable()
    func add(_ id: String) async -> Int {
      await service.send("POST", "/v1/passages", #"{"passages": [{"id": "\#(id)", "text": "a commit"}]}"#).status
    }
    #expect(await add("n1") == 200)
    let live = try #require(service.server.search.holder.current.writable?.live)
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let gate = DispatchSemaphore(value: 0)
    async let merged: Bool = withCheckedContinuation { continuation in
      // On a thread of its own: it waits, and Dispatch has few.
      Thread.detachNewThread {
        var isHeld = false
        // The folder is locked by the time that the merge writes.
        let hold = FaultLayer { _, operation in
          if !isHeld, case .write(let path, _) = operation, !path.hasSuffix("/lock") {
            isHeld = true
            start.yield()
            gate.wait()
          }
          return nil
        }
        continuation.resume(returning: FaultLayer.$current.withValue(hold) { (try? live.merge()) ?? false })
      }
    }
    for await _ in started { break }
    await service.server.reload()
    let status = await add("n2")
    gate.signal()
    #expect(status == 200)
    #expect(await merged)
    let index = service.server.search.holder.current.searcher.index
    #expect(index.count == 5 && index.info.segments == 2)
    #expect(try await Set(service.found("{}")).isSuperset(of: ["n1", "n2"]))
  }

  private final class End: Sendable {
    private let reached = Atomic(false)
    var isReached: Bool { reached.load(ordering: .relaxed) }
    func reach() { reached.store(true, ordering: .relaxed) }
  }

  @Test("searches, changes and reloads at once: nobody fails, and what was acknowledged is found from then on")
  func together() async throws {
    let service = try await Writable()
    let end = End()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2 {
        group.addTask {
          while !end.isReached { _ = try await service.found("{}") }
        }
      }
      group.addTask {
        while !end.isReached { await service.server.reload() }
      }
      try await withThrowingTaskGroup(of: Void.self) { writers in
        for writer in 0..<2 {
          writers.addTask {
            for number in 0..<25 {
              let (id, mark) = ("w\(writer)-\(number % 5)", "\(writer)-\(number)")
              let body = #"{"passages": [{"id": "\#(id)", "text": "undo", "metadata": {"mark": "\#(mark)"}}]}"#
              try #require(await service.send("POST", "/v1/passages", body).status == 200)
              #expect(try await service.found(#"{"mark": "\#(mark)"}"#) == [id])
            }
          }
        }
        try await writers.waitForAll()
      }
      end.reach()
      try await group.waitForAll()
    }
    #expect(try await service.send("GET", "/v1/info").json["index"]?["passages"]?.integer == 13)
    #expect(try InvertedIndex.verify(path: service.folder + "/index").isEmpty)
  }
}
