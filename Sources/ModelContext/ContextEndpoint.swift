import StrictJSON

/// The protocol over HTTP ("streamable HTTP"): what a request to its one address comes to. Whoever has a server mounts it.
///
/// Each message is a POST of its own, and an answer is JSON, or an event stream where several messages belong to it or the client
/// takes nothing else. Clients that begin with a handshake get a session, which DELETE ends; the others send everything with
/// each request, and the headers that mirror it are compared with it. Nothing is sent unasked, so that GET is refused.
public final class ContextEndpoint: Sendable {
  public struct Request: Sendable {
    public var method: String
    /// By their names in lower case.
    public var headers: [String: String]
    public var body: [UInt8]

    public init(method: String, headers: [String: String], body: [UInt8]) {
      self.method = method
      self.headers = headers
      self.body = body
    }
  }

  public struct Answer: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)] = []
    public var body: [UInt8] = []
  }

  private let server: ContextServer
  private let origins: Set<String>
  private let sessions: ContextSessions

  /// - Parameter origins: pages of these origins may ask, and those of this machine.
  public convenience init(_ server: ContextServer, origins: Set<String> = []) {
    self.init(server, origins: origins, sessions: ContextSessions())
  }

  init(_ server: ContextServer, origins: Set<String>, sessions: ContextSessions) {
    self.server = server
    self.origins = origins
    self.sessions = sessions
  }

  public func answer(_ request: Request) async -> Answer {
    if let origin = request.headers["origin"], !isAllowed(origin) {
      return refusal(403, RPCError(.invalidRequest, "pages of this origin may not ask"))
    }
    switch request.method {
    case "POST": return await post(request)
    case "DELETE":
      guard let id = request.headers["mcp-session-id"] else { return notAllowed }
      return sessions.end(id) ? Answer(status: 204) : unknownSession
    default: return notAllowed
    }
  }

  private func post(_ request: Request) async -> Answer {
    // One type, since a browser sends a list that begins with a harmless one without asking leave.
    guard Self.type(request.headers["content-type"]) == "application/json" else {
      return refusal(415, RPCError(.invalidRequest, "expected the content type application/json"))
    }
    guard request.headers["content-encoding"]?.lowercased() ?? "identity" == "identity" else {
      return refusal(415, RPCError(.invalidRequest, "expected a body without a content encoding, such as gzip"))
    }
    let accepted = Self.media(request.headers["accept"] ?? "*/*")
    let takesJSON = !accepted.isDisjoint(with: ["application/json", "application/*", "*/*"])
    let takesEvents = !accepted.isDisjoint(with: ["text/event-stream", "text/*", "*/*"])
    guard takesJSON || takesEvents else {
      return refusal(406, RPCError(.invalidRequest, "answers are application/json or text/event-stream"))
    }
    do {
      switch try RPCMessage(parsing: request.body) {
      case .request(let message):
        let isStateless =
          message.declaredVersion != nil || Self.version(request)?.isStateless == true
        let (answer, status, session) =
          isStateless ? await stateless(message, request) : await afterHandshake(message, request)
        return Self.answer(status, answer.messages, session: session, asEvents: !takesJSON)
      case .notification, .response:
        // Nothing runs long enough here to be taken back.
        if Self.version(request)?.isStateless != true, let refusal = sessionRefusal(request) { return refusal }
        return Answer(status: 202)
      }
    } catch {
      return refusal(400, error.error, id: error.id)
    }
  }

  private typealias Outcome = (answer: ContextServer.Answer, status: Int, session: String?)

  private func stateless(_ message: RPCRequest, _ request: Request) async -> Outcome {
    if let mismatch = MirroredHeaders.fault(message, request.headers) {
      return (ContextServer.Answer(messages: [mismatch.answer(to: message.id)], error: mismatch), 400, nil)
    }
    let answer = await server.answer(message, negotiated: nil)
    return (answer, Self.status(of: answer.error), nil)
  }

  private func afterHandshake(_ message: RPCRequest, _ request: Request) async -> Outcome {
    if message.method == "initialize" {
      let answer = await server.answer(message, negotiated: nil)
      return (answer, 200, answer.negotiated.map { sessions.begin($0) })
    }
    func refused(_ status: Int, _ error: RPCError) -> Outcome {
      (ContextServer.Answer(messages: [error.answer(to: message.id)], error: error), status, nil)
    }
    if let name = request.headers["mcp-protocol-version"], Self.version(request) == nil {
      return refused(400, .unsupported(name))
    }
    guard let id = request.headers["mcp-session-id"] else { return refused(400, Self.noSession) }
    guard let negotiated = sessions.version(of: id) else { return refused(404, Self.lostSession) }
    return (await server.answer(message, negotiated: negotiated), 200, nil)
  }

  /// Why a message that waits for no answer is not taken; `nil` when it is.
  private func sessionRefusal(_ request: Request) -> Answer? {
    guard let id = request.headers["mcp-session-id"] else { return refusal(400, Self.noSession) }
    return sessions.version(of: id) == nil ? unknownSession : nil
  }

  /// Also a page of this machine, whatever its port, but no page that calls itself `null`.
  private func isAllowed(_ origin: String) -> Bool {
    if origins.contains(origin) { return true }
    guard let scheme = ["http://", "https://"].first(where: { origin.hasPrefix($0) }) else { return false }
    let rest = origin.dropFirst(scheme.count)
    let host = rest.hasPrefix("[") ? rest.prefix { $0 != "]" } + "]" : rest.prefix { $0 != ":" }
    return ["localhost", "127.0.0.1", "[::1]"].contains(host)
  }

  /// The status by which intermediaries know an error of a request without a handshake.
  private static func status(of error: RPCError?) -> Int {
    switch error?.code {
    case nil: 200
    case .methodNotFound: 404
    case .unsupportedProtocolVersion, .headerMismatch: 400
    default: error?.isMalformed == true ? 400 : 200
    }
  }

  private static func version(_ request: Request) -> ProtocolVersion? {
    request.headers["mcp-protocol-version"].flatMap { ProtocolVersion(rawValue: $0) }
  }

  /// The one media type of a header, without its parameters.
  private static func type(_ header: String?) -> String {
    guard let header, !header.contains(",") else { return "" }
    return String(header.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }).lowercased()
  }

  /// The media types of a header, without their parameters.
  private static func media(_ header: String?) -> Set<String> {
    let parts = (header ?? "").split(separator: ",").compactMap { $0.split(separator: ";").first }
    return Set(parts.map { $0.lowercased().filter { $0 != " " && $0 != "\t" } })
  }

  private static func answer(
    _ status: Int, _ messages: [JSONValue], session: String?, asEvents: Bool
  ) -> Answer {
    var answer = Answer(status: status)
    if messages.count == 1, !asEvents, let message = messages.first {
      answer.headers = [("content-type", "application/json")]
      answer.body = Array(message.text.utf8)
    } else {
      answer.headers = [("content-type", "text/event-stream"), ("x-accel-buffering", "no")]
      answer.body = Array(messages.map { "event: message\ndata: \($0.text)\n\n" }.joined().utf8)
    }
    if let session { answer.headers.append(("mcp-session-id", session)) }
    return answer
  }

  private func refusal(_ status: Int, _ error: RPCError, id: RPCID? = nil) -> Answer {
    Self.answer(status, [error.answer(to: id)], session: nil, asEvents: false)
  }

  private var notAllowed: Answer { Answer(status: 405, headers: [("allow", "POST, DELETE")]) }
  private var unknownSession: Answer { refusal(404, Self.lostSession) }
  private static let noSession = RPCError(
    .invalidRequest, "expected the header Mcp-Session-Id of an initialized session, or a request with _meta of its own")
  private static let lostSession = RPCError(.invalidRequest, "there is no such session, or no longer; initialize anew")
}
