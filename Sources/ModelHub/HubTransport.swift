import Diagnostics

/// A request to the hub. The transport does not follow redirects, so that the token stays where it belongs.
struct HubRequest: Sendable {
  enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
  }

  var method: Method
  var url: String
  var headers: [(name: String, value: String)] = []
}

/// The beginning of an answer.
struct HubAnswer: Sendable {
  var status: Int
  /// Names in lower case.
  var headers: [String: String]
}

/// The bytes of an answer, to be read while the connection is open.
struct HubBody {
  /// Gives the next bytes, nil at the end; throws `tryAgain` when the connection broke.
  let next: () async throws(ParlanceError) -> [UInt8]?
}

/// One HTTP exchange. AsyncHTTPClient's stands behind the package trait `Network`.
protocol HubTransport: Sendable {
  /// - Parameter receive: reads as much of the body as it wants while the connection is open.
  /// - Throws: `tryAgain` when there is no connection, and what `receive` throws.
  func send<Result: Sendable>(
    _ request: HubRequest, receive: (HubAnswer, HubBody) async throws(ParlanceError) -> Result
  ) async throws(ParlanceError) -> Result

  func shutdown() async
}
