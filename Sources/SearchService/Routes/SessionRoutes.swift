import BinaryFiles
package import Diagnostics
import StrictJSON

/// `/v1/sessions`: conversations that the service keeps, so that a caller sends only what is new.
package struct SessionRoutes: Sendable {
  private let search: ConversationSearch
  private let store: any SessionStore
  /// The store waits for a disk, and for whoever has locked its file; searches wait for neither.
  private let thread: SearchPool
  private let clock: @Sendable () -> Int

  static let timesToLive = 1...2_592_000
  static let standardTimeToLive = 3600

  /// - Parameter clock: seconds since 1970.
  package init(
    _ search: ConversationSearch, store: any SessionStore,
    clock: @escaping @Sendable () -> Int = { Int(ProcessFigures.now) }
  ) throws(ParlanceError) {
    self.search = search
    self.store = store
    self.clock = clock
    thread = try SearchPool(threads: 1, limit: 64, metrics: search.metrics)
  }

  package var routes: [Route] {
    [
      Route("POST", "/v1/sessions") { try await create($0) },
      Route("GET", "/v1/sessions/{id}") { request in
        .json(document(try await self.session(request), withMessages: true))
      },
      Route("DELETE", "/v1/sessions/{id}") { try await delete($0) },
      Route("POST", "/v1/sessions/{id}/messages") { request in
        let fields = try Fields(of: request, names: ["messages"])
        let messages = try messages(fields, least: 1)
        return .json(document(try await append(messages, request), withMessages: false))
      },
      Route("POST", "/v1/sessions/{id}/search") { try await answer($0) },
    ]
  }

  private func create(_ request: APIRequest) async throws -> APIResponse {
    let fields = try Fields(of: request, names: ["messages", "ttl_seconds"])
    let lives = try fields.integer("ttl_seconds", in: Self.timesToLive) ?? Self.standardTimeToLive
    var random = SystemRandomNumberGenerator()
    let id = (0..<2).map { _ in
      let digits = String(UInt64.random(in: 0 ... .max, using: &random), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
    let session = Session(
      id: id, messages: fields.has("messages") ? try messages(fields, least: 0) : [], timeToLive: lives,
      expires: clock() + lives)
    let (store, owner) = (store, owner(request))
    try await thread.run(for: request) { _ throws(ParlanceError) in try store.create(session, owner: owner) }
    return .json(document(session, withMessages: false), status: 201)
  }

  private func delete(_ request: APIRequest) async throws -> APIResponse {
    let (store, id, owner, now) = (store, request.parameters["id"] ?? "", owner(request), clock())
    let was = try await thread.run(for: request) { _ throws(ParlanceError) in
      try store.delete(id, owner: owner, now: now)
    }
    guard was else { throw Self.unknown }
    return APIResponse(status: 204)
  }

  /// A question is added to the conversation once it has been answered, so that a request that failed can be sent again;
  /// without one, the last question is searched again.
  private func answer(_ request: APIRequest) async throws -> APIResponse {
    let start = ContinuousClock.now
    let loaded = search.holder.current
    let fields = try Fields(of: request, names: SearchFields.names.union(["query", "form", "rewrite"]))
    let options = try SearchFields(fields, limits: search.limits)
    let form = try fields.choice("form", of: ConversationFields.Form.self) ?? .init(loaded.form)
    let rewrite = try fields.string("rewrite")
    if let rewrite { try ConversationFields.checkWords(rewrite, at: "rewrite") }
    let question = try fields.string("query")
    if let question { try ConversationFields.checkWords(question, at: "query") }
    let new = question.map { [TextMessage(role: "user", content: $0)] } ?? []
    let messages = try await session(request).messages + new
    do { try most.check(messages) } catch { throw Problem(409, "Conflict", error.message) }
    guard messages.contains(where: { $0.role == "user" }) else {
      throw Problem(409, "Conflict", "the conversation has no question yet; expected query")
    }
    let conversation = try ConversationFields(messages, form: form, rewrite: rewrite)
    let response = try await search.answer(conversation, options, by: loaded, for: request, since: start)
    if !new.isEmpty { _ = try await append(new, request) }
    return response
  }

  private func session(_ request: APIRequest) async throws -> Session {
    let (store, id, owner, now) = (store, request.parameters["id"] ?? "", owner(request), clock())
    let session = try await thread.run(for: request) { _ throws(ParlanceError) in
      try store.session(id, owner: owner, now: now)
    }
    guard let session else { throw Self.unknown }
    return session
  }

  private func append(_ messages: [TextMessage], _ request: APIRequest) async throws -> Session {
    let (store, id, owner, now) = (store, request.parameters["id"] ?? "", owner(request), clock())
    let most = most
    let session: Session?
    do {
      session = try await thread.run(for: request) { _ throws(ParlanceError) in
        try store.append(messages, to: id, owner: owner, most: most, now: now)
      }
    } catch let error as ParlanceError where error.code == .usage {
      throw Problem(409, "Conflict", error.message)
    }
    guard let session else { throw Self.unknown }
    return session
  }

  private func messages(_ fields: Fields, least: Int) throws(Problem) -> [TextMessage] {
    guard let values = try fields.array("messages", count: least...search.limits.messages) else {
      throw .invalid("expected messages", at: "messages")
    }
    var messages: [TextMessage] = []
    for (place, value) in values.enumerated() { messages.append(try TextMessage(value, at: "messages[\(place)]")) }
    return messages
  }

  private var most: SessionLimits { SessionLimits(messages: search.limits.messages, bytes: search.limits.bodyBytes) }

  /// A key's digest, not its name, which another key may have one day.
  private func owner(_ request: APIRequest) -> String {
    request.key.map { SHA256.Digest($0.digest).hexadecimal } ?? ""
  }

  private static let unknown = Problem(404, "Not found", "there is no such session, or its time is over")

  private func document(_ session: Session, withMessages: Bool) -> JSONValue {
    var members: JSONObject = [
      "id": .string(session.id), "count": .integer(Int64(session.messages.count)),
      "ttl_seconds": .integer(Int64(session.timeToLive)), "expires_at": .integer(Int64(session.expires)),
    ]
    if withMessages {
      members["messages"] = .array(
        session.messages.map { .object(["role": .string($0.role), "content": .string($0.content)]) })
    }
    return .object(members)
  }
}
