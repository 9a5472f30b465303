import SparseVectors

extension SparseVector {
  /// The weighted mean of query vectors. The score is linear in the query, so that its score for any passage is the
  /// weighted mean of theirs.
  ///
  /// - Parameter vectors: at least one; the weights are above zero and need not add up to 1.
  static func weightedMean(of vectors: [(vector: SparseVector, weight: Double)]) -> SparseVector {
    let weights = vectors.map(\.weight).relativeToGreatest
    let total = weights.reduce(0, +)
    var sums: [TermID: Double] = [:]
    for ((vector, _), weight) in zip(vectors, weights) {
      for (term, value) in zip(vector.terms, vector.weights) {
        sums[term, default: 0] += Double(value) * (weight / total)
      }
    }
    // What float32 cannot tell from zero is no term.
    let terms = sums.keys.filter { Float(sums[$0] ?? 0) > 0 }.sorted()
    return SparseVector(unchecked: terms, terms.map { Float(sums[$0] ?? 0) })
  }
}

extension [Double] {
  /// Weights above zero in the same proportions, the greatest of them 1: so that no sum of them overflows.
  var relativeToGreatest: [Double] {
    guard let greatest = self.max(), greatest > 0 else { return self }
    return map { $0 / greatest }
  }
}
