/// How long to wait before a question is asked again.
public struct RetryPolicy: Sendable, Hashable {
  /// How often a question is asked before it counts as failed.
  public var attempts: Int
  public var first: Duration
  public var most: Duration

  public init(attempts: Int = 12, first: Duration = .milliseconds(500), most: Duration = .seconds(60)) {
    self.attempts = max(1, attempts)
    self.first = first
    self.most = most
  }

  /// Waits grow twofold, and each is drawn between nothing and its whole length, so that those who failed together do not
  /// come back together.
  func wait(before attempt: Int, _ generator: inout some RandomNumberGenerator) -> Duration {
    let whole = min(first * (1 << min(attempt - 1, 20)), most)
    return whole * Double.random(in: 0...1, using: &generator)
  }

  /// The seconds that `Retry-After` names; dates, which few endpoints send, are not read.
  static func seconds(_ header: String?) -> Duration? {
    guard let header, let seconds = Double(header.filter { !$0.isWhitespace }), seconds >= 0, seconds.isFinite else {
      return nil
    }
    return .seconds(min(seconds, 3600))
  }
}
