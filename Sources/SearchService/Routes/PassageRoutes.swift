import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import Retrieval
import SparseEncoder
import SparseVectors
import StrictJSON

/// `/v1/passages`: passages are added, replaced and deleted while the index is searched.
package struct PassageRoutes: Sendable {
  private let search: ConversationSearch

  package init(_ search: ConversationSearch) {
    self.search = search
  }

  package var routes: [Route] {
    [
      Route("POST", "/v1/passages", access: .writing) { try await add($0) },
      Route("POST", "/v1/deletions", access: .writing) { try await delete($0) },
      Route("GET", "/v1/passages/{id}") { try await passage($0) },
      Route("DELETE", "/v1/passages/{id}", access: .writing) { request in
        let id = ExternalID(request.parameters["id"] ?? "")
        let change = try await self.change(request) { writable throws(ParlanceError) in try writable.live.delete([id]) }
        guard change.deleted > 0 else { throw Self.unknown }
        return APIResponse(status: 204)
      },
    ]
  }

  private func add(_ request: APIRequest) async throws -> APIResponse {
    let start = ContinuousClock.now
    let fields = try Fields(of: request, names: ["passages"])
    guard let values = try fields.array("passages", count: 1...search.limits.batch) else {
      throw Problem.invalid("expected passages", at: "passages")
    }
    var passages: [Passage] = []
    var places: [ExternalID: Int] = [:]
    for (place, value) in values.enumerated() {
      let passage = try PassageFields.passage(value, at: "passages[\(place)]")
      // The same as one request after the other: the last with an id is what stays.
      if let earlier = places[passage.id] {
        passages[earlier] = passage
      } else {
        places[passage.id] = passages.count
        passages.append(passage)
      }
    }
    guard let encoder = search.holder.current.writable?.encoder else { throw Problem.notWritable }
    let words = encoder.settings.passageText
    let texts = passages.map { words.words(of: $0) }
    let encoded = try await search.passages.encode(texts, by: encoder, for: request)
    let new = zip(passages, encoded).map { EncodedPassage(passage: $0, vector: $1.vector) }
    let interruption = request.interruption
    let change = try await change(request) { writable throws(ParlanceError) in
      try writable.live.add(new, by: encoder.passageIdentity, interruption: interruption)
    }
    return answer(
      [
        "added": .integer(Int64(change.added)), "replaced": .integer(Int64(change.replaced)),
        "truncated": .integer(Int64(encoded.count(where: \.isTruncated))),
        "empty": .integer(Int64(encoded.count { $0.vector.isEmpty })),
      ], since: start)
  }

  private func delete(_ request: APIRequest) async throws -> APIResponse {
    let start = ContinuousClock.now
    let fields = try Fields(of: request, names: ["ids"])
    guard let values = try fields.array("ids", count: 1...search.limits.batch) else {
      throw Problem.invalid("expected ids", at: "ids")
    }
    var ids: [ExternalID] = []
    for (place, value) in values.enumerated() { ids.append(try PassageFields.id(value, at: "ids[\(place)]")) }
    let all = ids
    let change = try await change(request) { writable throws(ParlanceError) in try writable.live.delete(all) }
    return answer(["deleted": .integer(Int64(change.deleted))], since: start)
  }

  private func passage(_ request: APIRequest) async throws -> APIResponse {
    let index = search.holder.current.searcher.index
    guard index.hasTexts else { throw Problem(409, "Conflict", "the index was built without texts") }
    let id = ExternalID(request.parameters["id"] ?? "")
    let found = try await search.onThreads(for: request) { _ throws(ParlanceError) in
      try index.document(for: id).map { document throws(ParlanceError) in try index.passage(of: document) }
    }
    guard let found else { throw Self.unknown }
    return .json(
      .object([
        "id": .string(found.id.string), "title": .string(found.title), "text": .string(found.text),
        "metadata": .object(found.metadata),
      ]))
  }

  /// - Throws: what is the caller's to know as such: that another process writes, or has exchanged the index.
  private func change(
    _ request: APIRequest, _ work: @escaping @Sendable (WritableIndex) throws(ParlanceError) -> IndexChange
  ) async throws -> IndexChange {
    do {
      return try await search.holder.change(for: request, work)
    } catch let error as ParlanceError where error.code == .tryAgain {
      var problem = Problem(503, "Not now", "somebody else is changing the index; come again", retryAfter: 1)
      problem.cause = error
      throw problem
    } catch let error as ParlanceError where error.code == .usage {
      var problem = Problem(409, "Conflict", "the index is another one by now, which these passages do not fit")
      problem.cause = error
      throw problem
    }
  }

  private func answer(_ members: JSONObject, since start: ContinuousClock.Instant) -> APIResponse {
    var members = members
    members["passages"] = .integer(Int64(search.holder.current.searcher.index.count))
    members["timing"] = .object(["total_ms": .number((ContinuousClock.now - start).roundedMilliseconds)])
    return .json(.object(members))
  }

  private static let unknown = Problem(404, "Not found", "there is no passage with this id")
}
