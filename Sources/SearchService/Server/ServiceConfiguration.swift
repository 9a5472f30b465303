/// Where and how a service listens.
public struct ServiceConfiguration: Sendable {
  public var host = "127.0.0.1"
  /// 0 takes any free one, which `onListening` tells.
  public var port = 8080
  public var limits = ServiceLimits()
  /// Cores for searches and for batches of queries.
  public var cores = 1
  /// Who may ask; on an address that others reach, keys are demanded.
  public var keys: APIKeys?
  /// The one other origin whose pages may ask.
  public var origin: String?
  /// What `/v1/info` and `/openapi.json` call themselves.
  public var version: String
  /// A SQLite file for conversations that the service keeps; without, it keeps none.
  public var sessions: String?
  /// Whether the log has a line for each request; those that failed inside, and whatever else goes wrong, are in it anyway.
  public var logsRequests = true
  /// Whether the page is served at `/`.
  public var hasPage = true

  public init(version: String) {
    self.version = version
  }

  /// Whether only this machine reaches the address.
  public var isLocal: Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return host == "localhost" || host == "::1" || (parts.count == 4 && parts[0] == 127 && !parts.contains(nil))
  }
}
