import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import Retrieval
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import ModelContext

/// A server over a small BM25 index, in a folder that goes away with it.
final class ToolsFixture: PassageSearch {
  private let folder: String
  private let searcher: Searcher
  /// Searches wait here until somebody opens it; open from the start.
  let gate = Gate()
  private let failure = Mutex<ParlanceError?>(nil)
  private let reported = Mutex<[ParlanceError]>([])

  init() throws {
    folder = try TestSupport.temporaryFolder("tools")
    let passages = [
      Passage(
        id: "p1", title: "git reset", text: "Undoing the last commit keeps your files", metadata: ["page": .integer(7)]),
      Passage(id: "p2", title: "git branch", text: "A branch is merged into another branch"),
      Passage(id: "p3", title: "", text: "A tag names a commit"),
    ]
    try BM25IndexBuilder().build(at: folder + "/index") { () throws(ParlanceError) in
      var rest = passages.makeIterator()
      return PassageSource { () throws(ParlanceError) in rest.next() }
    }
    let index = try InvertedIndex(path: folder + "/index")
    searcher = try Searcher(index: index, encoder: BM25QueryEncoder(of: index))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var tools: PassageTools { PassageTools(self) { error in self.reported.withLock { $0.append(error) } } }
  var server: ContextServer { ContextServer(tools, version: "0.0") }
  var reports: [ParlanceError] { reported.withLock { $0 } }

  /// What each search from now on comes to.
  func fail(with error: ParlanceError) { failure.withLock { $0 = error } }

  func search(
    _ turn: Turn, form: ConversationForm?, k: Int, filter: PassageFilter?
  ) async throws(ParlanceError) -> SearchResult {
    await gate.pass()
    if let error = failure.withLock({ $0 }) { throw error }
    return try await searcher.search(turn, form: form, k: k, filter: filter)
  }

  func passage(_ id: ExternalID) async throws(ParlanceError) -> Passage? {
    if let error = failure.withLock({ $0 }) { throw error }
    return try await searcher.passage(id)
  }
}

extension ContextServer {
  /// The answer to one request, as a client sends it.
  func answer(_ json: String, negotiated: ProtocolVersion? = nil) async throws -> [JSONValue] {
    guard case .request(let request) = try RPCMessage(parsing: Array(json.utf8)) else {
      throw ToolFault("not a request")
    }
    return await answer(request, negotiated: negotiated).messages
  }
}

extension JSONValue {
  /// The member at the end of a way of keys.
  func at(_ path: String) -> JSONValue? {
    path.split(separator: ".").reduce(self as JSONValue?) { value, key in
      Int(key).flatMap { place in value?.array.flatMap { $0.indices.contains(place) ? $0[place] : nil } }
        ?? value?[String(key)]
    }
  }
}

/// The `_meta` of a request without a handshake.
let meta =
  "\"_meta\": {\"io.modelcontextprotocol/protocolVersion\": \"2026-07-28\", \"io.modelcontextprotocol/clientCapabilities\": {}}"
