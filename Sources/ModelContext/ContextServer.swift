public import StrictJSON

/// Answers the protocol's requests, whatever brought them: one value serves any number of connections.
///
/// Both kinds of the protocol are spoken: with a handshake that the connection remembers, and with `_meta` in each request.
public struct ContextServer: Sendable {
  /// What a request comes to.
  public struct Answer: Sendable {
    /// Notifications that belong to the request, and its answer at the end.
    public var messages: [JSONValue]
    /// What the handshake settled on, where the request was one.
    public var negotiated: ProtocolVersion?
    /// Set when the answer is an error.
    public var error: RPCError?
  }

  private let tools: PassageTools
  private let version: String

  /// - Parameter version: the program's, which clients show.
  public init(_ tools: PassageTools, version: String) {
    self.tools = tools
    self.version = version
  }

  /// - Parameter negotiated: what an earlier handshake of the connection settled on; `nil` where there was none.
  public func answer(_ request: RPCRequest, negotiated: ProtocolVersion?) async -> Answer {
    do {
      if request.method == "initialize" { return try initialize(request) }
      if request.declaredVersion != nil || negotiated == nil && request.method != "ping" {
        return Answer(messages: try await stateless(request))
      }
      return Answer(messages: [request.answer(try await afterHandshake(request))])
    } catch {
      return Answer(messages: [error.answer(to: request.id)], error: error)
    }
  }

  private func initialize(_ request: RPCRequest) throws(RPCError) -> Answer {
    guard let requested = request.params["protocolVersion"]?.string else {
      throw RPCError(.invalidParams, "expected a string as \"protocolVersion\"")
    }
    let version = ProtocolVersion.negotiated(requested)
    let result: JSONObject = [
      "protocolVersion": .string(version.rawValue), "capabilities": Self.capabilities, "serverInfo": serverInfo,
      "instructions": .string(Self.instructions),
    ]
    return Answer(messages: [request.answer(result)], negotiated: version)
  }

  private func afterHandshake(_ request: RPCRequest) async throws(RPCError) -> JSONObject {
    switch request.method {
    case "ping": return [:]
    case "tools/list": return try list(request)
    case "tools/call": return try await call(request)
    default: throw unknown(request.method)
    }
  }

  private func stateless(_ request: RPCRequest) async throws(RPCError) -> [JSONValue] {
    try check(request)
    var result: JSONObject
    switch request.method {
    case "server/discover":
      result = [
        "supportedVersions": .array(ProtocolVersion.names.map { .string($0) }), "capabilities": Self.capabilities,
        "instructions": .string(Self.instructions), "ttlMs": Self.timeToLive, "cacheScope": "public",
      ]
    case "tools/list":
      result = try list(request)
      result["ttlMs"] = Self.timeToLive
      result["cacheScope"] = "public"
    case "tools/call": result = try await call(request)
    case "subscriptions/listen": return listen(request)
    default: throw unknown(request.method)
    }
    return [request.answer(complete(result))]
  }

  /// What each request without a handshake has to say about itself.
  private func check(_ request: RPCRequest) throws(RPCError) {
    guard let declared = request.declaredVersion else {
      throw RPCError(
        .invalidParams,
        "expected \"initialize\" first, or \"\(MetaKey.protocolVersion)\" in the request's \"_meta\"; versions are "
          + ProtocolVersion.names.joined(separator: ", "), isMalformed: true)
    }
    guard let name = declared.string else {
      throw RPCError(.invalidParams, "expected a string as \"\(MetaKey.protocolVersion)\"", isMalformed: true)
    }
    guard ProtocolVersion(rawValue: name)?.isStateless == true else { throw .unsupported(name) }
    guard request.meta?[MetaKey.clientCapabilities]?.object != nil else {
      throw RPCError(.invalidParams, "expected an object as \"\(MetaKey.clientCapabilities)\"", isMalformed: true)
    }
  }

  private func list(_ request: RPCRequest) throws(RPCError) -> JSONObject {
    if let cursor = request.params["cursor"], !cursor.isNull {
      throw RPCError(.invalidParams, "there is one page of tools; expected no \"cursor\"")
    }
    return ["tools": .array(tools.all.map(\.json))]
  }

  private func call(_ request: RPCRequest) async throws(RPCError) -> JSONObject {
    guard let name = request.params["name"]?.string else {
      throw RPCError(.invalidParams, "expected a string as \"name\"")
    }
    let given = request.params["arguments"].flatMap { $0.isNull ? nil : $0 } ?? .object([:])
    guard let arguments = given.object else {
      throw RPCError(.invalidParams, "expected an object as \"arguments\", found \(given.kind)")
    }
    let found: JSONValue
    do {
      guard let result = try await tools.call(name, arguments) else {
        let known = tools.all.map(\.name).joined(separator: ", ")
        throw RPCError(.invalidParams, "unknown tool \"\(name)\"; there are \(known)")
      }
      found = result
    } catch let error as RPCError {
      throw error
    } catch {
      let message = (error as? ToolFault)?.message ?? "the call failed"
      return ["content": Self.text(message), "isError": .bool(true)]
    }
    // The text is for clients that know no structured content.
    return ["content": Self.text(found.text), "structuredContent": found, "isError": .bool(false)]
  }

  /// Nothing here ever changes while it runs, so that nothing is subscribed to and the stream ends at once.
  private func listen(_ request: RPCRequest) -> [JSONValue] {
    let meta: JSONObject = [MetaKey.subscriptionID: request.id.json]
    let acknowledged: JSONObject = [
      "jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged",
      "params": .object(["_meta": .object(meta), "notifications": .object([:])]),
    ]
    return [.object(acknowledged), request.answer(complete(["_meta": .object(meta)]))]
  }

  /// A result as the versions without a handshake want it.
  private func complete(_ result: JSONObject) -> JSONObject {
    var result = result
    result["resultType"] = "complete"
    var meta = result["_meta"]?.object ?? [:]
    meta[MetaKey.serverInfo] = serverInfo
    result["_meta"] = .object(meta)
    return result
  }

  private func unknown(_ method: String) -> RPCError {
    RPCError(.methodNotFound, "there is no method \"\(method)\" here")
  }

  private var serverInfo: JSONValue {
    .object(["name": "parlance", "title": "Parlance", "version": .string(version)])
  }

  private static func text(_ text: String) -> JSONValue {
    .array([.object(["type": "text", "text": .string(text)])])
  }

  private static let capabilities: JSONValue = .object(["tools": .object([:])])
  private static let instructions =
    "Searches a collection of passages. In a conversation call search_conversation with the messages as they were said, "
    + "the user's question last; it finds what the question means by \"it\" from the messages before. Answer from the "
    + "passages and name their ids."
  /// The tools are those of the program: an hour.
  private static let timeToLive: JSONValue = .integer(3_600_000)
}
