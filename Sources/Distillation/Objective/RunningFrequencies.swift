import SparseVectors

/// In what share of the recent queries each term was active: what DF-FLOPS remembers between steps.
///
/// Part of a training's state: saved with it, and given back when it resumes.
public struct RunningFrequencies: Codable, Sendable, Hashable {
  /// For each term of the vocabulary the decayed sum of its shares.
  private var sums_V: [Double]
  /// The same sum for a term that is active in every query; below 1 until many steps have been seen.
  private var whole = 0.0

  init(vocabularySize: Int) {
    sums_V = Array(repeating: 0, count: vocabularySize)
  }

  var vocabularySize: Int { sums_V.count }

  /// Whether updates could have led to it.
  var isPlausible: Bool { (0...1).contains(whole) && sums_V.allSatisfy { $0 >= 0 && $0.isFinite } }

  mutating func update(with rows: [SparseVector], decay: Double) {
    guard !rows.isEmpty else { return }
    whole = decay * whole + (1 - decay)
    for term in sums_V.indices { sums_V[term] *= decay }
    for row in rows {
      for term in row.terms { sums_V[Int(term.rawValue)] += (1 - decay) / Double(rows.count) }
    }
  }

  /// The share of queries in which the term is active; 0 before the first update.
  func frequency(of term: TermID) -> Double {
    whole > 0 ? min(1, sums_V[Int(term.rawValue)] / whole) : 0
  }
}
