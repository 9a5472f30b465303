#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Round numbers along a line, and where a value stands between them.
struct Axis: Sendable, Equatable {
  var low: Double
  var high: Double
  /// Where there is a line and a label, ascending.
  var ticks: [Double]
  /// Digits after the point that tell the ticks apart.
  var digits: Int

  /// An axis that holds all values with a little room, or from 0 where that is near.
  ///
  /// - Parameter wanted: about how many steps.
  init(_ values: [Double], fromZero: Bool = false, wanted: Int = 5) {
    let finite = values.filter(\.isFinite)
    var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    if fromZero || low > 0 && low < 0.25 * high { low = min(0, low) }
    if high - low < 1e-9 { (low, high) = (low - max(0.05, abs(low) * 0.1), high + max(0.05, abs(high) * 0.1)) }
    let step = Self.round((high - low) / Double(wanted))
    low = (low / step + 1e-9).rounded(.down) * step
    high = (high / step - 1e-9).rounded(.up) * step
    let count = Int(((high - low) / step).rounded())
    ticks = (0...max(1, count)).map { low + Double($0) * step }
    digits = max(0, Int(-(log10(step) + 1e-9).rounded(.down)))
    (self.low, self.high) = (low, high)
  }

  /// 1, 2 or 5 times a power of ten, near the step.
  private static func round(_ step: Double) -> Double {
    let power = pow(10, log10(step).rounded(.down))
    let lead = step / power
    return (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10) * power
  }

  /// Between 0 at the low end and 1 at the high one.
  func share(of value: Double) -> Double { (value - low) / (high - low) }

  func label(_ tick: Double) -> String {
    guard abs(tick) >= 10_000 else { return FixedDecimal.text(tick, digits: digits) }
    return Int(exactly: tick.rounded()).map(FixedDecimal.grouped) ?? "\(tick)"
  }
}
