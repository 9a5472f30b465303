public import Diagnostics

/// One exchange with an endpoint. AsyncHTTPClient's stands behind the package trait `Network`; tests bring their own.
public protocol ChatTransport: Sendable {
  /// Posts a body and waits for the whole answer.
  ///
  /// - Throws: `tryAgain` when there is no connection, it breaks, or the time is over; `interrupted`.
  func post(
    _ url: String, headers: [(name: String, value: String)], body: [UInt8], timeout: Duration
  ) async throws(ParlanceError) -> ChatReply

  func shutdown() async
}

/// An answer of HTTP.
public struct ChatReply: Sendable {
  public var status: Int
  /// `Retry-After` as it was sent.
  public var retryAfter: String?
  /// `Location` as it was sent.
  public var location: String?
  /// Empty where it was too long to be an answer.
  public var body: [UInt8]
  /// Whether the body was longer than any answer.
  public var isTooLong: Bool

  public init(
    status: Int, retryAfter: String? = nil, location: String? = nil, body: [UInt8], isTooLong: Bool = false
  ) {
    self.status = status
    self.retryAfter = retryAfter
    self.location = location
    self.body = body
    self.isTooLong = isTooLong
  }
}
