import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import ModelContext
import Retrieval

/// `/mcp`: the same searches as tools of language models, by the Model Context Protocol over HTTP.
package struct ContextRoutes: Sendable {
  private let endpoint: ContextEndpoint

  /// - Parameters:
  ///   - origin: the one other origin whose pages may ask.
  ///   - say: takes lines for the log.
  package init(
    _ search: ConversationSearch, version: String, origin: String?, say: @escaping @Sendable (String) -> Void
  ) {
    let tools = PassageTools(ToolSearch(search: search), mostPassages: search.limits.k) { error in
      say("a tool failed: \(error)")
    }
    endpoint = ContextEndpoint(ContextServer(tools, version: version), origins: origin.map { [$0] } ?? [])
  }

  package var routes: [Route] {
    ["POST", "DELETE"].map { method in
      Route(method, "/mcp") { request in
        await ToolSearch.$request.withValue(request) { await answer(request) }
      }
    }
  }

  private func answer(_ request: APIRequest) async -> APIResponse {
    let answer = await endpoint.answer(
      .init(method: request.method, headers: request.headers, body: request.body))
    return APIResponse(status: answer.status, headers: answer.headers, body: answer.body)
  }
}

/// The tools search as the other routes do: by what is loaded just now, through the same pools and caches, within the limits and
/// the time of the request that called them.
private struct ToolSearch: PassageSearch {
  let search: ConversationSearch
  /// The request whose task this is.
  @TaskLocal static var request = APIRequest(method: "POST", path: "/mcp")

  func search(
    _ turn: Turn, form: ConversationForm?, k: Int, filter: PassageFilter?
  ) async throws(ParlanceError) -> SearchResult {
    guard turn.messages.count <= search.limits.messages else {
      throw ParlanceError(
        .usage, "expected at most \(search.limits.messages) messages, found \(turn.messages.count)")
    }
    let loaded = search.holder.current
    let query = try (form ?? loaded.form).query(for: turn)
    return try await orError { () async throws in
      try await search.search(query, SearchFields(k: k, filter: filter), by: loaded, for: Self.request).result
    }
  }

  func passage(_ id: ExternalID) async throws(ParlanceError) -> Passage? {
    let searcher = search.holder.current.searcher
    return try await orError { () async throws in
      try await search.onThreads(for: Self.request) { _ throws(ParlanceError) in
        guard let document = try searcher.index.document(for: id) else { return nil }
        return try searcher.index.passage(of: document)
      }
    }
  }

  /// What a problem of HTTP is to who knows nothing of HTTP.
  private func orError<Success>(_ work: () async throws -> Success) async throws(ParlanceError) -> Success {
    do {
      return try await work()
    } catch let error as ParlanceError {
      throw error
    } catch let problem as Problem {
      switch problem.status {
      case 400: throw ParlanceError(.usage, problem.detail)
      case 429, 503: throw problem.cause ?? ParlanceError(.tryAgain, problem.detail)
      case 499: throw ParlanceError(.interrupted, problem.detail)
      default: throw problem.cause ?? ParlanceError(.internalFault, problem.detail)
      }
    } catch {
      throw ParlanceError(.interrupted, "the request was given up")
    }
  }
}
