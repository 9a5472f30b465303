import RankedResults

/// How the scores of one run's ranking are brought to the scale of another's before they are added.
public enum ScoreNormalisation: String, Sendable, CaseIterable {
  /// As they are.
  case none
  /// (s - min) / (max - min): the best is 1, the last 0.
  case minMax = "min-max"
  /// s / max. Scores of 0 or less only stay as they are.
  case max
  /// (s - min) / the sum of what is left of all: the whole ranking is 1.
  case sum
  /// (s - mean) / standard deviation, that of the ranking as a whole.
  case zScore = "z-score"

  /// The scores of one ranking, in the same order. Where all are equal, which no formula that divides by their spread can
  /// bring to a scale, each is 1 by `minMax`, an equal share by `sum`, and 0 by `zScore`.
  func normalised(_ scores: [Double]) -> [Double] {
    guard let low = scores.min(), let high = scores.max() else { return [] }
    let count = Double(scores.count)
    switch self {
    case .none: return scores
    case .minMax: return high > low ? scores.map { ($0 - low) / (high - low) } : scores.map { _ in 1 }
    case .max: return high > 0 ? scores.map { $0 / high } : scores
    case .sum:
      let total = scores.reduce(0) { $0 + ($1 - low) }
      return total > 0 ? scores.map { ($0 - low) / total } : scores.map { _ in 1 / count }
    case .zScore:
      let mean = scores.reduce(0, +) / count
      let deviation = (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
      return high > low ? scores.map { ($0 - mean) / deviation } : scores.map { _ in 0 }
    }
  }

  /// What is taken for a passage that the ranking lacks: the lowest of its normalised scores, and no share of a ranking of
  /// equal ones.
  func lowest(of normalised: [Double]) -> Double {
    self == .minMax || self == .sum ? 0 : normalised.min() ?? 0
  }
}
