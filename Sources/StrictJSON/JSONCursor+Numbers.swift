import BinaryFiles
public import Diagnostics

extension JSONCursor {
  /// A number as it is written: whole if there is neither a fraction nor an exponent and it fits.
  public enum Number: Sendable, Equatable {
    case integer(Int64)
    case double(Double)
  }

  /// The next value, which must be a number.
  ///
  /// - Throws: `badInput`, also for one that is too large for a double.
  public mutating func number() throws(ParlanceError) -> Number {
    let decimal = try decimal()
    if decimal.isWhole, let magnitude = decimal.exactDigits {
      if decimal.isNegative {
        if magnitude > 0, magnitude <= UInt64(Int64.max) + 1 {
          return .integer(Int64(truncatingIfNeeded: 0 &- magnitude))
        }
      } else if let value = Int64(exactly: magnitude) {
        return .integer(value)
      }
    }
    return .double(try double(decimal))
  }

  /// The next value, which must be a whole number that fits.
  public mutating func integer() throws(ParlanceError) -> Int {
    let start = try startOfNumber()
    guard case .integer(let value) = try number() else {
      at = start
      throw error("expected a whole number")
    }
    return Int(value)
  }

  /// The next value, which must be a number, rounded to the nearest double.
  public mutating func double() throws(ParlanceError) -> Double {
    try double(decimal())
  }

  /// The next value, which must be a number, rounded to the nearest float32 in one step.
  ///
  /// - Throws: `badInput`, also for one that is too large for a float32.
  public mutating func float() throws(ParlanceError) -> Float {
    let decimal = try decimal()
    let wide = try double(decimal)
    var value = Float(wide)
    // Only a double halfway between two floats can have hidden on which side of it the decimal lies.
    if wide.bitPattern & 0x1FFF_FFFF == 0x1000_0000 || value.magnitude < .leastNormalMagnitude {
      value = Float(text(decimal)) ?? value
    }
    guard value.isFinite else {
      at = decimal.range.lowerBound
      throw error("expected a number that a float32 can hold")
    }
    return value
  }

  /// A number's text and what its digits say.
  private struct Decimal {
    var range: Range<Int>
    var isNegative: Bool
    var isWhole: Bool
    /// All digits as one number; `nil` when there are too many for 64 bits.
    var exactDigits: UInt64?
    /// The power of ten of the last digit.
    var exponent: Int
  }

  private mutating func startOfNumber() throws(ParlanceError) -> Int {
    try expect(.number)
    return at
  }

  private mutating func decimal() throws(ParlanceError) -> Decimal {
    let start = try startOfNumber()
    var decimal = Decimal(range: start..<start, isNegative: false, isWhole: true, exactDigits: 0, exponent: 0)
    if byte == UInt8(ascii: "-") {
      decimal.isNegative = true
      at += 1
    }
    if byte == UInt8(ascii: "0") {
      at += 1
      guard !isDigit(byte) else { throw error("expected a number without leading zeros") }
    } else {
      try digits(into: &decimal)
    }
    if byte == UInt8(ascii: ".") {
      decimal.isWhole = false
      at += 1
      decimal.exponent -= try digits(into: &decimal)
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      decimal.isWhole = false
      at += 1
      let isNegative = byte == UInt8(ascii: "-")
      if isNegative || byte == UInt8(ascii: "+") { at += 1 }
      var exponent = Decimal(range: start..<start, isNegative: false, isWhole: true, exactDigits: 0, exponent: 0)
      try digits(into: &exponent)
      // Beyond this every number is zero or too large, whatever its digits.
      let magnitude = Int(min(exponent.exactDigits ?? 1_000_000, 1_000_000))
      decimal.exponent += isNegative ? -magnitude : magnitude
    }
    decimal.range = start..<at
    return decimal
  }

  @discardableResult
  private mutating func digits(into decimal: inout Decimal) throws(ParlanceError) -> Int {
    let start = at
    while isDigit(byte) {
      if let digits = decimal.exactDigits {
        let (tens, overflow) = digits.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
        decimal.exactDigits = overflow || carry ? nil : sum
      }
      at += 1
    }
    guard at > start else { throw expected("a digit") }
    return at - start
  }

  /// Exact for up to 53 bits of digits and powers of ten up to 22 (Clinger 1990); others take the library's way.
  private mutating func double(_ decimal: Decimal) throws(ParlanceError) -> Double {
    if let digits = decimal.exactDigits, digits < 1 << 53, abs(decimal.exponent) <= 22 {
      let power = powersOfTen[abs(decimal.exponent)]
      let magnitude = decimal.exponent < 0 ? Double(digits) / power : Double(digits) * power
      return decimal.isNegative ? -magnitude : magnitude
    }
    guard let value = Double(text(decimal)), value.isFinite else {
      at = decimal.range.lowerBound
      throw error("expected a number that a double can hold")
    }
    return value
  }

  private func text(_ decimal: Decimal) -> String {
    bytes.extracting(decimal.range).string()
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10
  }
}

private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]
