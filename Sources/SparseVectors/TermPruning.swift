/// Which terms a vector keeps, since each one costs a walk over its postings.
///
/// ```swift
/// var pruning = TermPruning()
/// pruning.keptTerms = 50
/// let shorter = pruning(vector)
/// ```
public struct TermPruning: Sendable, Hashable {
  /// The most terms, the heaviest; all of them when `nil`.
  public var keptTerms: Int?
  /// For each term of the vocabulary the least weight with which it stays; any when `nil`.
  public var leastWeights: [Float]?

  public init(keptTerms: Int? = nil, leastWeights: [Float]? = nil) {
    self.keptTerms = keptTerms
    self.leastWeights = leastWeights
  }

  /// What is left of a vector: first the terms that weigh enough, then the heaviest of them.
  public func callAsFunction(_ vector: SparseVector) -> SparseVector {
    var kept = vector
    if let leastWeights {
      let places = vector.terms.indices.filter { vector.weights[$0] >= leastWeights[Int(vector.terms[$0].rawValue)] }
      if places.count < vector.count {
        kept = SparseVector(unchecked: places.map { vector.terms[$0] }, places.map { vector.weights[$0] })
      }
    }
    return keptTerms.map { kept.keepingHeaviest($0) } ?? kept
  }
}
