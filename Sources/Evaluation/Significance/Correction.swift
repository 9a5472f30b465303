/// Adjusts p values for the number of comparisons, so that the chance of any false finding among them stays below the
/// level. The raw values are the names on the command line.
public enum Correction: String, Sendable, CaseIterable, Codable {
  case none
  /// Each p times the number of comparisons.
  case bonferroni
  /// The smallest p times n, the next times n - 1, and so on, none below the one before (Holm, 1979): as safe as
  /// Bonferroni's and never weaker.
  case holm

  /// The adjusted p values in the order given; at most 1.
  public func adjusted(_ p: [Double]) -> [Double] {
    let count = Double(p.count)
    switch self {
    case .none: return p
    case .bonferroni: return p.map { min(1, $0 * count) }
    case .holm:
      var adjusted = p
      var floor = 0.0
      for (rank, index) in p.indices.sorted(by: { p[$0] < p[$1] }).enumerated() {
        floor = max(floor, min(1, p[index] * (count - Double(rank))))
        adjusted[index] = floor
      }
      return adjusted
    }
  }
}
