import Evaluation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Values drawn at random, as many arms as asked for; the same seed draws the same.
public struct RandomDraws: Sendable, Hashable {
  /// Where a key's values come from.
  public enum Source: Sendable, Hashable {
    case choice([String])
    /// Between two numbers; evenly over their logarithms where `isLogarithmic`, whole where `isWhole`.
    case range(low: Double, high: Double, isLogarithmic: Bool, isWhole: Bool)
  }

  public var count: Int
  public var seed: UInt64
  public var from: [(key: String, source: Source)]

  public init(count: Int, seed: UInt64, from: [(key: String, source: Source)]) {
    (self.count, self.seed, self.from) = (count, seed, from)
  }

  /// The settings of each draw.
  public func draws() -> [[Sweep.Setting]] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      from.map { key, source in Sweep.Setting(key, Self.draw(source, &random)) }
    }
  }

  private static func draw(_ source: Source, _ random: inout SeededGenerator) -> String {
    switch source {
    case .choice(let values): return values[random.index(below: values.count)]
    case .range(let low, let high, let isLogarithmic, let isWhole):
      // 53 bits, evenly in [0, 1).
      let share = Double(random.next() >> 11) * 0x1p-53
      var value = isLogarithmic ? low * pow(high / low, share) : low + share * (high - low)
      if isWhole {
        value = min(
          high.rounded(.down), isLogarithmic ? value.rounded() : (low + share * (high - low + 1)).rounded(.down))
        return "\(Int(value))"
      }
      // Four digits that matter are enough, and a recipe that people can read.
      value = min(max(significant(value, digits: 4), low), high)
      return "\(value)"
    }
  }

  private static func significant(_ value: Double, digits: Int) -> Double {
    guard value != 0, value.isFinite else { return value }
    var scale = 1.0
    while abs(value) * scale < pow(10, Double(digits - 1)) { scale *= 10 }
    while abs(value) * scale >= pow(10, Double(digits)) { scale /= 10 }
    return (value * scale).rounded() / scale
  }

  public static func == (left: RandomDraws, right: RandomDraws) -> Bool {
    left.count == right.count && left.seed == right.seed && left.from.elementsEqual(right.from) { $0 == $1 }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    hasher.combine(seed)
    for (key, source) in from {
      hasher.combine(key)
      hasher.combine(source)
    }
  }
}
