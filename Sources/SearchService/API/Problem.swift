package import Diagnostics
import StrictJSON

/// Why a request was not answered, as RFC 9457 writes it: `application/problem+json`.
///
/// What it says is about the request alone. No path, environment variable or stack of this machine is ever in it; what went
/// wrong inside is in the service's log, under the number that `instance` names.
package struct Problem: Error, Sendable, Hashable {
  /// HTTP's status.
  package var status: Int
  /// The kind of problem in a few words, the same for every instance.
  package var title: String
  /// What was expected and what was found.
  package var detail: String
  /// The field of the request's body that is meant, such as `messages[2].content`.
  package var field: String?
  /// When to come again, in seconds.
  package var retryAfter: Int?
  /// Methods that the path does have, for 405.
  package var allowed: [String] = []
  /// For the log alone.
  package var cause: ParlanceError?

  package init(_ status: Int, _ title: String, _ detail: String, field: String? = nil, retryAfter: Int? = nil) {
    self.status = status
    self.title = title
    self.detail = detail
    self.field = field
    self.retryAfter = retryAfter
  }

  /// A value of the body that is not what it should be.
  package static func invalid(_ detail: String, at field: String) -> Problem {
    Problem(400, "Invalid request", detail, field: field.isEmpty ? nil : field)
  }

  package static func busy(retryAfter: Int) -> Problem {
    Problem(429, "Too many requests", "the queue is full; come again later", retryAfter: retryAfter)
  }

  package static let late = Problem(
    503, "Out of time", "the answer was not ready in the time that a request may take", retryAfter: 1)

  static let notWritable = Problem(409, "Conflict", "the passages of this index are not changed through the service")

  /// The client went away; nobody reads this.
  package static let cancelled = Problem(499, "Cancelled", "the client closed the connection")

  /// A failure inside. Its message may name files, so it goes to the log only.
  package init(_ error: ParlanceError) {
    switch error.code {
    case .interrupted: self = .cancelled
    case .tryAgain:
      self.init(503, "Not now", "a part of the service is busy; come again", retryAfter: 1)
    case .unavailable: self.init(503, "Not available", "a part of the service is not there")
    default: self.init(500, "Internal error", "the service failed; its log says why")
    }
    cause = error
  }

  /// - Parameter instance: the request's number in the log.
  package func response(instance: String? = nil) -> APIResponse {
    var members: JSONObject = [
      "type": .string("about:blank"), "title": .string(title), "status": .integer(Int64(status)),
      "detail": .string(detail),
    ]
    if let field { members["field"] = .string(field) }
    if let instance { members["instance"] = .string(instance) }
    var response = APIResponse.json(.object(members), status: status)
    response.headers = [("content-type", "application/problem+json")]
    if let retryAfter { response.headers.append(("retry-after", String(retryAfter))) }
    if !allowed.isEmpty { response.headers.append(("allow", allowed.joined(separator: ", "))) }
    if status == 401 { response.headers.append(("www-authenticate", "Bearer")) }
    return response
  }
}
