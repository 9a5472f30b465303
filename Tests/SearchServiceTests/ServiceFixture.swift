import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import StrictJSON
import TestSupport
import Testing

@testable import SearchService

/// A service over a small BM25 index, asked without a network.
final class ServiceFixture: Sendable {
  let folder: String
  let server: SearchServer
  let log: LogLines

  static let passages = [
    Passage(
      id: "p1", title: "git reset", text: "Undoing the last commit keeps your files", metadata: ["page": .integer(7)]),
    Passage(id: "p2", title: "git branch", text: "A branch is merged into another branch"),
    Passage(id: "p3", title: "git tag", text: "A tag names a commit"),
  ]

  init(
    _ change: (inout ServiceConfiguration) throws -> Void = { _ in },
    passages: [Passage] = ServiceFixture.passages
  ) async throws {
    let folder = try TestSupport.temporaryFolder("service")
    self.folder = folder
    try Self.build(passages, at: folder + "/index")
    var configuration = ServiceConfiguration(version: "1.2.3")
    try change(&configuration)
    let log = LogLines()
    self.log = log
    server = try await SearchServer(configuration, say: { log.add($0) }) { () throws(ParlanceError) in
      OpenedSearch(index: try InvertedIndex(path: folder + "/index"), model: nil)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  static func build(_ passages: [Passage], at path: String) throws {
    let writer = try PassageWriter(path: path + ".jsonl")
    for passage in passages { try writer.write(passage) }
    try writer.finish()
    try BM25IndexBuilder().build(at: path) { () throws(ParlanceError) in try PassageSource(files: [path + ".jsonl"]) }
  }

  func send(
    _ method: String, _ path: String, _ body: String? = nil, headers: [String: String] = [:]
  ) async -> APIResponse {
    var fields = ["host": "127.0.0.1:8080"]
    if body != nil { fields["content-type"] = "application/json" }
    return await server.table.answer(
      APIRequest(
        method: method, path: path, headers: fields.merging(headers) { $1 }, body: Array((body ?? "").utf8)))
  }

  func search(_ body: String) async throws -> JSONValue {
    let response = await send("POST", "/v1/search", body)
    try #require(response.status == 200, "\(response.text)")
    return try response.json
  }
}

/// What the service said.
final class LogLines: @unchecked Sendable {
  private let lock = NSLock()
  private var lines: [String] = []

  func add(_ line: String) { lock.withLock { lines.append(line) } }
  var text: String { lock.withLock { lines.joined(separator: "\n") } }
}

extension APIResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
  var json: JSONValue { get throws { try JSONValue(parsing: body, file: "answer") } }
}

extension JSONValue {
  subscript(place: Int) -> JSONValue? { array.flatMap { $0.indices.contains(place) ? $0[place] : nil } }
}
