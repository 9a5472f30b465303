package import Diagnostics

/// A request as the routes see it: nothing of it depends on the HTTP server, so that routes are tested without one.
package struct APIRequest: Sendable {
  package var method: String
  /// Without the query.
  package var path: String
  /// Fields by their names in lower case; a field that came twice is joined by commas.
  package var headers: [String: String]
  package var body: [UInt8]
  /// What stands in the place of a route's `{name}`.
  package var parameters: [String: String] = [:]
  /// The key that opened the route; `nil` where none is needed.
  package var key: APIKeys.Key?
  /// When the answer must be there.
  package var deadline: ContinuousClock.Instant
  /// Raised when the client goes away.
  package var interruption: Interruption

  package init(
    method: String, path: String, headers: [String: String] = [:], body: [UInt8] = [],
    deadline: ContinuousClock.Instant = .now + .seconds(3600), interruption: Interruption = Interruption()
  ) {
    self.method = method
    self.path = path
    self.headers = headers
    self.body = body
    self.deadline = deadline
    self.interruption = interruption
  }
}
