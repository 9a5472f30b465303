#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Student's t distribution.
enum StudentT {
  /// P(|T| >= |t|): the p value of a two-sided t test; `nan` unless there is at least a fraction of a degree of
  /// freedom.
  ///
  /// It is the regularised incomplete beta function I_x(v/2, 1/2) at x = v / (v + t^2) (Abramowitz and Stegun 26.7.1),
  /// whichever of its two forms converges; error below 1e-12.
  static func twoSidedTail(_ t: Double, degreesOfFreedom v: Double) -> Double {
    guard v > 0, !t.isNaN else { return .nan }
    let square = t * t
    guard square.isFinite else { return 0 }
    // Each from its own quotient: 1 - x would lose the digits of a small t.
    let (x, y) = (v / (v + square), square / (v + square))
    let (a, b) = (v / 2, 0.5)
    guard y > 0 else { return 1 }
    guard x > 0 else { return 0 }
    // x^a y^b / B(a, b), with 1/B(a, 1/2) = gamma(a + 1/2) / (gamma(a) sqrt(pi)).
    let front = exp(a * -log1p(square / v)) * y.squareRoot() * gammaRatio(a) / Double.pi.squareRoot()
    if x < (a + 1) / (a + b + 2) {
      return front * continuedFraction(x, a, b) / a
    }
    return 1 - front * continuedFraction(y, b, a) / b
  }

  /// P(T <= t).
  static func distribution(_ t: Double, degreesOfFreedom v: Double) -> Double {
    let tail = twoSidedTail(t, degreesOfFreedom: v) / 2
    return t > 0 ? 1 - tail : tail
  }

  /// gamma(a + 1/2) / gamma(a), without the cancellation of two large logarithms: the asymptotic series of its
  /// logarithm, moved up to a >= 20 by gamma(a + 1) = a gamma(a).
  private static func gammaRatio(_ a: Double) -> Double {
    var (shifted, factor) = (a, 1.0)
    while shifted < 20 {
      factor *= shifted / (shifted + 0.5)
      shifted += 1
    }
    let r = 1 / (shifted * shifted)
    let series = (-1 / 8.0 + r * (1 / 192.0 + r * (-1 / 640.0 + r * (17 / 14336.0 - r * 31 / 18432.0)))) / shifted
    return factor * shifted.squareRoot() * exp(series)
  }

  /// The continued fraction of I_x(a, b) by Lentz's method (Abramowitz and Stegun 26.5.8).
  private static func continuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < tiny ? tiny : d)
    var fraction = d
    for step in 1...100_000 {
      let m = Double(step)
      for term in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 + term * d
        d = 1 / (abs(d) < tiny ? tiny : d)
        c = 1 + term / c
        c = abs(c) < tiny ? tiny : c
        fraction *= d * c
      }
      if abs(d * c - 1) < 1e-16 { break }
    }
    return fraction
  }
}
