/// Where and how a service listens.
package struct ServiceConfiguration: Sendable {
  package var host = "127.0.0.1"
  /// 0 takes any free one, which `onListening` tells.
  package var port = 8080
  package var limits = ServiceLimits()
  /// Cores for searches and for batches of queries.
  package var cores = 1
  /// Who may ask; on an address that others reach, keys are demanded.
  package var keys: APIKeys?
  /// The one other origin whose pages may ask.
  package var origin: String?
  /// What `/v1/info` and `/openapi.json` call themselves.
  package var version: String
  /// A SQLite file for conversations that the service keeps; without, it keeps none.
  package var sessions: String?
  /// Whether the log has a line for each request; those that failed inside, and whatever else goes wrong, are in it anyway.
  package var logsRequests = true
  /// Whether the page is served at `/`.
  package var hasPage = true

  package init(version: String) {
    self.version = version
  }

  /// Whether only this machine reaches the address.
  package var isLocal: Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return host == "localhost" || host == "::1" || (parts.count == 4 && parts[0] == 127 && !parts.contains(nil))
  }
}
