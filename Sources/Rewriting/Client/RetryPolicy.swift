/// How long to wait before a question is asked again.
public struct RetryPolicy: Sendable, Hashable {
  /// How often a question is asked before it counts as failed.
  public var attempts: Int
  public var first: Duration
  public var most: Duration

  /// Longer times of quiet that an endpoint names are not waited for.
  static let mostQuiet = Duration.seconds(3600)

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
}
