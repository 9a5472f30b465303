/// The paired t test: is the mean of the differences zero, if the means of such samples are normally distributed?
public struct TTest: Sendable, Equatable {
  /// The mean over the standard error; infinite where all differences are the same and not 0.
  public let t: Double
  public let degreesOfFreedom: Int
  /// The mean of the units: with conversations as units, not the mean over queries.
  public let mean: Double
  /// Two-sided.
  public let p: Double

  /// - Parameter differences: one for each independent unit.
  /// - Returns: `nil` for fewer than two units.
  public init?(differences: [Double]) {
    guard differences.count >= 2 else { return nil }
    let count = Double(differences.count)
    mean = differences.mean
    var squares = 0.0
    for difference in differences { squares += (difference - mean) * (difference - mean) }
    let error = (squares / (count - 1) / count).squareRoot()
    degreesOfFreedom = differences.count - 1
    // Equal differences leave a variance of rounding errors: it is none.
    let isConstant = differences.allSatisfy { $0 == differences[0] }
    if isConstant {
      t = differences[0] == 0 ? 0 : differences[0] * .infinity
    } else {
      t = mean / error
    }
    p = StudentT.twoSidedTail(t, degreesOfFreedom: count - 1)
  }
}
