/// Who may ask what from where: keys, the names that the service answers to, and pages of other origins.
package struct AccessGate: Sendable {
  /// Keys that open the routes that need one; none means that no route does.
  private let keys: HeldKeys?
  /// The `Host` names that are answered; all of them when `nil`.
  private let hosts: Set<String>?
  /// The one origin whose pages may ask.
  private let origin: String?

  package init(keys: HeldKeys? = nil, hosts: Set<String>? = nil, origin: String? = nil) {
    self.keys = keys
    self.hosts = hosts
    self.origin = origin
  }

  /// A page of another site whose name was made to lead to this machine asks with its own name as `Host`, which no browser
  /// leaves out.
  func checkHost(_ request: APIRequest) throws(Problem) {
    guard let hosts, let host = request.headers["host"] else { return }
    var name = host.hasPrefix("[") ? host.prefix { $0 != "]" } : host.prefix { $0 != ":" }
    if host.hasPrefix("["), host.count > name.count { name = host.prefix(name.count + 1) }
    let port = host.dropFirst(name.count)
    let isPort = port.isEmpty || port.hasPrefix(":") && port.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    guard isPort, hosts.contains(name.lowercased()) else {
      throw Problem(421, "Misdirected request", "the service answers to this machine's own names only")
    }
  }

  /// - Returns: the caller's key; `nil` where none is needed.
  func checkKey(_ request: APIRequest, for access: Route.Access) throws(Problem) -> APIKeys.Key? {
    guard let keys else { return nil }
    var presented = request.headers["x-api-key"]
    if let value = request.headers["authorization"], value.lowercased().hasPrefix("bearer ") {
      presented = String(value.dropFirst("bearer ".count))
    }
    guard let presented, let key = keys.current.key(presented) else {
      throw Problem(
        401, "Unauthorized", "expected a key of this service, as `Authorization: Bearer KEY` or `X-API-Key: KEY`")
    }
    guard access != .writing || key.mayWrite else {
      throw Problem(403, "Forbidden", "this key may search; changing passages needs one that may write")
    }
    return key
  }

  /// What a page may send: a key, JSON, and what the Model Context Protocol has in its head.
  private static let allowedFields =
    "accept, authorization, content-type, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id, x-api-key"

  /// What every answer says besides.
  func addHeaders(to response: inout APIResponse, for request: APIRequest) {
    response.headers.append(("x-content-type-options", "nosniff"))
    if response[header: "cache-control"] == nil { response.headers.append(("cache-control", "no-store")) }
    guard let origin, request.headers["origin"] == origin else { return }
    response.headers.append(("access-control-allow-origin", origin))
    response.headers.append(("access-control-expose-headers", "mcp-session-id, retry-after"))
    response.headers.append(("vary", "origin"))
  }

  /// The answer to a browser that asks whether a page of the allowed origin may ask.
  func preflight(_ request: APIRequest, allowing methods: [String]) -> APIResponse? {
    guard let origin, request.headers["origin"] == origin,
      request.headers["access-control-request-method"] != nil
    else { return nil }
    return APIResponse(
      status: 204,
      headers: [
        ("access-control-allow-methods", methods.joined(separator: ", ")),
        ("access-control-allow-headers", Self.allowedFields),
        ("access-control-max-age", "600"),
      ])
  }
}
