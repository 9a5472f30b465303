import Conversations
import Diagnostics
import Foundation
import InvertedIndex
import Retrieval
import SparseEncoder
import StrictJSON
import TestSupport
import Testing

@testable import SearchService

@Suite("POST /v1/encode, and searching with a model")
struct EncodeRouteTests {
  /// A service over a small index of a model's vectors.
  private func withService(
    waiting: Int? = nil, _ body: (RouteTable, SparseEncoder) async throws -> Void
  ) async throws {
    let folder = try TestSupport.temporaryFolder("encode-service")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let writer = try PassageWriter(path: folder + "/passages.jsonl")
    for passage in ServiceFixture.passages { try writer.write(passage) }
    try writer.finish()
    let encoder = try await TestModel.encoder()
    let job = IndexingJob(passages: [folder + "/passages.jsonl"], path: folder + "/index")
    _ = try await job.run(with: encoder)
    var configuration = ServiceConfiguration(version: "1")
    if let waiting { configuration.limits.waiting = waiting }
    let server = try await SearchServer(configuration) { () throws(ParlanceError) in
      OpenedSearch(index: try InvertedIndex(path: folder + "/index"), model: encoder)
    }
    try await body(server.table, encoder)
  }

  private func post(_ table: RouteTable, _ path: String, _ body: String) async throws -> (status: Int, json: JSONValue)
  {
    let response = await table.answer(
      APIRequest(
        method: "POST", path: path, headers: ["host": "localhost", "content-type": "application/json"],
        body: Array(body.utf8)))
    return (response.status, try response.json)
  }

  @Test("queries and passages get the encoder's vectors, by piece or by index")
  func vectors() async throws {
    try await withService { table, encoder in
      let texts = ["undo a commit", "a branch"]
      let expected = try await encoder.encode(texts, as: .query)
      let answer = try await post(
        table, "/v1/encode",
        #"{"queries": [{"query": "undo a commit"}, {"messages": [{"role": "user", "content": "a branch"}]}]}"#)
      #expect(answer.status == 200)
      let passages = try await post(
        table, "/v1/encode",
        #"{"passages": [{"text": "undo a commit"}, {"title": "a", "text": "branch"}], "format": "indices"}"#)
      for (place, vector) in expected.map(\.vector).enumerated() {
        let pieces = try #require(answer.json["vectors"]?[place]?["vector"]?.object)
        #expect(pieces.keys == vector.terms.map { encoder.vocabulary.piece(of: $0).string })
        let own = try #require(passages.json["vectors"]?[place])
        #expect(own["indices"]?.array?.compactMap(\.integer) == vector.terms.map { Int($0.rawValue) })
        for (left, right) in zip(own["values"]?.array?.compactMap(\.double) ?? [], vector.weights) {
          #expect(abs(left - Double(right)) < 1e-4)
        }
      }
    }
  }

  @Test("a batch longer than the queue goes through it")
  func longBatch() async throws {
    try await withService(waiting: 2) { table, _ in
      let queries = (0..<12).map { "{\"query\": \"undo commit \($0)\"}" }.joined(separator: ", ")
      let answer = try await post(table, "/v1/encode", "{\"queries\": [\(queries)]}")
      #expect(answer.status == 200)
      #expect(answer.json["vectors"]?.array?.count == 12)
    }
  }

  @Test("the same words again cost no inference, and say so")
  func cached() async throws {
    try await withService { table, _ in
      let body = #"{"messages": [{"role": "user", "content": "undo"}, {"role": "user", "content": "a commit"}]}"#
      let first = try await post(table, "/v1/search", body).json
      let second = try await post(table, "/v1/search", body).json
      #expect(first["query"]?["cached"]?.bool == false)
      #expect(second["query"]?["cached"]?.bool == true)
      #expect(first["passages"] == second["passages"])
      #expect(first["terms_by_turn"] == second["terms_by_turn"])
    }
  }

  @Test("batches have a limit, and every entry is looked at")
  func refusals() async throws {
    try await withService { table, _ in
      let many = Array(repeating: #"{"query": "a"}"#, count: 129).joined(separator: ",")
      for body in [
        #"{"queries": [\#(many)]}"#, #"{"queries": []}"#, "{}", #"{"queries": [{"query": "a"}], "passages": []}"#,
      ] {
        #expect(try await post(table, "/v1/encode", body).status == 400)
      }
      let problem = try await post(table, "/v1/encode", #"{"passages": [{"text": "a"}, {"title": "b"}]}"#)
      #expect(problem.status == 400 && problem.json["field"]?.string == "passages[1]")
    }
  }

  @Test("BM25 has no vectors of passages, and says that it has none")
  func bm25() async throws {
    let service = try await ServiceFixture()
    #expect(await service.send("POST", "/v1/encode", #"{"passages": [{"text": "a"}]}"#).status == 409)
    #expect(await service.send("POST", "/v1/encode", #"{"queries": [{"query": "a"}]}"#).status == 200)
  }
}
