package import Diagnostics
import InvertedIndex
import Retrieval

/// The service that `parlance serve` runs. It is no part of the library: other programs ask it by HTTP, or have a `Searcher`.
///
/// ```swift
/// var configuration = ServiceConfiguration(version: "1.0")
/// configuration.port = 8080
/// let server = try await SearchServer(configuration) {
///   OpenedSearch(index: try InvertedIndex(path: "index"), model: try await SparseEncoder.open("model"))
/// }
/// try await server.run()
/// ```
package final class SearchServer: Sendable {
  let configuration: ServiceConfiguration
  let search: ConversationSearch
  let operations: OperationRoutes
  private let keys: HeldKeys?
  package let table: RouteTable
  let say: @Sendable (String) -> Void
  let onListening: @Sendable (Int) -> Void

  /// - Parameters:
  ///   - onListening: called with the port once requests are taken.
  ///   - say: takes lines for the log: one a request, none with words of a conversation.
  ///   - opening: opens what is served; again for each reload.
  /// - Throws: `usage` for an address that others reach and no keys; what `opening` throws.
  package init(
    _ configuration: ServiceConfiguration,
    onListening: @escaping @Sendable (Int) -> Void = { _ in }, say: @escaping @Sendable (String) -> Void = { _ in },
    opening: @escaping @Sendable () async throws(ParlanceError) -> OpenedSearch
  ) async throws(ParlanceError) {
    guard configuration.isLocal || configuration.keys != nil else {
      throw ParlanceError(
        .usage,
        "the address \(configuration.host) is reached from outside; expected --api-keys FILE, or the address 127.0.0.1")
    }
    self.configuration = configuration
    self.say = say
    self.onListening = onListening
    keys = configuration.keys.map(HeldKeys.init)
    let limits = configuration.limits
    let metrics = ServiceMetrics()
    search = try await ConversationSearch(
      limits: limits, cores: configuration.cores, metrics: metrics, opening: opening)
    var features: [String] = []
    var routes: [Route] = []
    var descriptions = [
      OperationRoutes.description, SearchRoutes.description(limits), EncodeRoutes.description(limits),
    ]
    features.append("mcp")
    if search.holder.current.writable != nil {
      features.append("passages")
      routes += PassageRoutes(search).routes
      descriptions.append(PassageRoutes.description(limits))
    }
    if configuration.hasPage { features.append("page") }
    if let path = configuration.sessions {
      features.append("sessions")
      routes += try SessionRoutes(search, store: Self.openSessions(path, say)).routes
      descriptions.append(SessionRoutes.description(limits))
    }
    operations = OperationRoutes(
      search, version: configuration.version, hasKeys: configuration.keys != nil, features: features)
    routes += operations.routes + SearchRoutes(search).routes + EncodeRoutes(search).routes
    routes += ContextRoutes(search, version: configuration.version, origin: configuration.origin, say: say).routes
    if configuration.hasPage { routes += PageRoutes().routes }
    routes.append(
      try OpenAPIDocument(descriptions, version: configuration.version, hasKeys: configuration.keys != nil).route)
    // Where keys are asked for, a page with another name for this machine has none; where they are not, the name decides.
    let hosts: Set<String>? =
      configuration.keys == nil ? ["localhost", "127.0.0.1", "[::1]", configuration.host.lowercased()] : nil
    table = RouteTable(
      routes, gate: AccessGate(keys: keys, hosts: hosts, origin: configuration.origin), metrics: metrics,
      log: { [logsAll = configuration.logsRequests] record in
        if logsAll || record.cause != nil { say(record.line) }
      })
  }

  private static func openSessions(
    _ path: String, _ say: @Sendable (String) -> Void
  ) throws(ParlanceError) -> any SessionStore {
    #if Storage
      let store = try SQLiteSessionStore(path: path)
      if store.wasOpenToOthers { say("others could read the conversations in \(path); it is its owner's alone now") }
      return store
    #else
      throw ParlanceError(
        .unavailable, "this build of Parlance keeps no sessions; build it with the package trait Storage",
        at: .init(file: path))
    #endif
  }

  /// Opens index and model anew and reads the keys again; what fails is told and changes nothing.
  package func reload() async {
    if let keys {
      do throws(ParlanceError) { say("keys reloaded: \(try keys.reload())") } catch {
        say("keys not reloaded: \(error)")
      }
    }
    do throws(ParlanceError) {
      try await search.holder.reload()
      say("reloaded: \(search.holder.current.searcher.index.count) passages")
    } catch {
      say("not reloaded: \(error)")
    }
  }
}

extension RequestRecord {
  /// One line for the log.
  var line: String {
    var line = "\(method) \(path.isEmpty ? "-" : path) \(status) \(time.roundedMilliseconds) ms"
    if let key { line += " key=\(key)" }
    if let cause { line += " request=\(id) \(cause)" }
    return line
  }
}
