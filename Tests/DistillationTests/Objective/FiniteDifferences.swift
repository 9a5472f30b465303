/// The derivative of a function of several numbers by each of them, from its values on both sides.
enum FiniteDifferences {
  static func gradient(
    at point: [Double], step: Double = 1e-5, of function: (_ point: [Double]) -> Double
  ) -> [Double] {
    point.indices.map { index in
      var (left, right) = (point, point)
      left[index] -= step
      right[index] += step
      return (function(right) - function(left)) / (right[index] - left[index])
    }
  }

  /// The largest difference of two gradients, relative to the largest entry of the second.
  static func distance(_ found: [Double], _ expected: [Double]) -> Double {
    precondition(found.count == expected.count, "\(found.count) entries, not \(expected.count)")
    let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
    let size = expected.map { abs($0) }.max() ?? 0
    return difference == 0 ? 0 : difference / size
  }
}
