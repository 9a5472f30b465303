import Diagnostics

/// How a text, or a pair, that is too long is cut. The special tokens count towards the length and are never cut.
public struct Truncation: Sendable, Hashable {
  public enum Strategy: String, Sendable, CaseIterable {
    /// Cuts the longer text of a pair first, then both alike.
    case longestFirst = "longest_first"
    /// Cuts the first text only.
    case onlyFirst = "only_first"
    /// Cuts the second text only.
    case onlySecond = "only_second"
  }

  public enum Side: String, Sendable, CaseIterable {
    /// Keeps the beginning of a text.
    case right
    /// Keeps its end.
    case left
  }

  /// Tokens that the whole may have, special ones included.
  public var maxLength: Int
  public var strategy: Strategy
  public var side: Side

  public init(maxLength: Int, strategy: Strategy = .longestFirst, side: Side = .right) {
    self.maxLength = maxLength
    self.strategy = strategy
    self.side = side
  }

  /// How many tokens of each text remain.
  ///
  /// - Parameters:
  ///   - first: tokens of the first text; `second`: of the second, nil where there is none.
  ///   - room: `maxLength` less the special tokens.
  /// - Throws: `usage` where the one text that may be cut is not long enough, or is not there.
  func lengths(first: Int, second: Int?, room: Int) throws(ParlanceError) -> (first: Int, second: Int) {
    let total = first + (second ?? 0)
    if room == 0 { return (0, 0) }
    if total <= room { return (first, second ?? 0) }
    let excess = total - room
    switch strategy {
    case .longestFirst:
      guard let second else { return (room, 0) }
      var short = min(first, second)
      var long = short > room ? short : max(short, room - short)
      if short + long > room {
        short = room / 2
        long = short + room % 2
      }
      return first > second ? (long, short) : (short, long)
    case .onlyFirst:
      guard first > excess else { throw tooShort("first", first, excess) }
      return (first - excess, second ?? 0)
    case .onlySecond:
      guard let second else {
        throw ParlanceError(.usage, "truncation only_second needs a second text, and there is none")
      }
      guard second > excess else { throw tooShort("second", second, excess) }
      return (first, second - excess)
    }
  }

  private func tooShort(_ which: String, _ count: Int, _ excess: Int) -> ParlanceError {
    ParlanceError(
      .usage,
      "truncation \(strategy.rawValue) to \(maxLength) tokens would have to cut \(excess) tokens off the \(which) text, "
        + "which has \(count); cut both (longest_first) or allow more tokens")
  }
}
