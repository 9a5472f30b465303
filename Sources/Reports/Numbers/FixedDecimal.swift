/// Numbers for people: the same digits on every machine, whatever its locale.
///
/// Foundation's `String(format:)` would bring ICU into the static binary, and it follows the locale; this is the one
/// place where a report's numbers become text.
public enum FixedDecimal {
  /// `0.302`: exactly `digits` digits after the point, correctly rounded from the exact binary value, ties to even, as
  /// C's `printf("%.3f")` does. Not a number is `nan`, infinities are `inf` and `-inf`; a negative zero loses its sign.
  ///
  /// - Parameter digits: 0 to 15.
  public static func text(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let digits = min(max(digits, 0), 15)
    guard let scaled = rounded(value.magnitude, timesTenTo: digits) else { return "\(value)" }
    var text = String(scaled)
    if digits > 0 {
      text = String(repeating: "0", count: max(0, digits + 1 - text.utf8.count)) + text
      text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
    }
    return value < 0 && scaled > 0 ? "-" + text : text
  }

  /// `+0.031`: the sign always shown, for differences; a rounded zero has none.
  public static func signed(_ value: Double, digits: Int) -> String {
    let text = text(value, digits: digits)
    return text.utf8.contains { (0x31...0x39).contains($0) } && value > 0 ? "+" + text : text
  }

  /// `45.1 %`, or `45.1` with the unit in the column's head.
  public static func percent(_ share: Double, digits: Int = 1, unit: Bool = true) -> String {
    text(share * 100, digits: digits) + (unit ? " %" : "")
  }

  /// `0.0123`, and `< 0.0001` where four digits would show only zeros.
  public static func probability(_ p: Double) -> String {
    p >= 0 && p < 0.0001 ? "< 0.0001" : text(p, digits: 4)
  }

  /// The same behind its sign: `= 0.0314`, `< 0.0001`.
  static func relation(_ p: Double) -> String {
    let text = probability(p)
    return text.hasPrefix("<") ? text : "= " + text
  }

  /// What an interval is called that leaves out `alpha`, with the digits that this takes: `95 %`, `99.9 %`.
  static func level(alpha: Double) -> String {
    let percent = (1 - alpha) * 100
    let digits = (0..<6).first { abs(percent - (Double(text(percent, digits: $0)) ?? 0)) < 1e-9 } ?? 6
    return text(percent, digits: digits) + " %"
  }

  /// `41,280`
  public static func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// `1 term`, `1,006 terms`; the plural where it is not an `s` more.
  public static func counted(_ number: Int, _ unit: String, plural: String? = nil) -> String {
    "\(grouped(number)) \(number == 1 ? unit : plural ?? unit + "s")"
  }

  /// `round(value * 10^digits)` without an error: the significand times the power of ten fits 128 bits.
  private static func rounded(_ value: Double, timesTenTo digits: Int) -> UInt128? {
    guard value > 0 else { return 0 }
    let significand = UInt128(value.significandBitPattern) | (value.isNormal ? 1 << 52 : 0)
    let exponent = (value.isNormal ? Int(value.exponent) : -1022) - 52
    let scaled = (0..<digits).reduce(significand) { product, _ in product * 10 }
    guard exponent < 0 else {
      return exponent < scaled.leadingZeroBitCount ? scaled << UInt128(exponent) : nil
    }
    // The product has at most 103 bits, so beyond that less than a half is left.
    guard -exponent <= 104 else { return 0 }
    let quotient = scaled >> UInt128(-exponent)
    let remainder = scaled - quotient << UInt128(-exponent)
    let half = UInt128(1) << UInt128(-exponent - 1)
    let isUp = remainder > half || (remainder == half && quotient % 2 == 1)
    return isUp ? quotient + 1 : quotient
  }
}
