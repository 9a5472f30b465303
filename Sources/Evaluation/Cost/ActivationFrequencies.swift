public import SparseVectors

/// How often each term is active in a set of vectors: what the expected cost of searching with them follows from.
///
/// ```swift
/// var queries = ActivationFrequencies()
/// for vector in vectors { queries.add(vector) }
/// print(queries.flops(with: passages))
/// ```
public struct ActivationFrequencies: Sendable, Equatable {
  /// How many vectors were added.
  public private(set) var vectors = 0
  /// How many of them have no active term, and so match nothing.
  public private(set) var emptyVectors = 0
  /// For each term the number of vectors in which it is active; terms beyond the end are active nowhere.
  public private(set) var counts: [Int] = []
  /// How many vectors have n active terms, at index n.
  private var lengths: [Int] = []

  public init() {}

  public mutating func add(_ vector: SparseVector) {
    add(terms: vector.terms)
  }

  /// - Parameter terms: the active terms of one vector, ascending strictly.
  public mutating func add(terms: some Collection<TermID>) {
    vectors += 1
    if terms.isEmpty { emptyVectors += 1 }
    let length = terms.count
    if length >= lengths.count { lengths += [Int](repeating: 0, count: length + 1 - lengths.count) }
    lengths[length] += 1
    for term in terms {
      let index = Int(term.rawValue)
      if index >= counts.count { counts += [Int](repeating: 0, count: index + 1 - counts.count) }
      counts[index] += 1
    }
  }

  /// L0: the mean number of active terms of a vector; 0 of no vectors.
  public var meanLength: Double {
    vectors > 0 ? Double(counts.reduce(0, +)) / Double(vectors) : 0
  }

  /// How many terms are active in at least one vector.
  public var activeTerms: Int { counts.count { $0 > 0 } }

  /// The smallest number of active terms that at least this share of the vectors stays within: 0.5 gives the median, 1
  /// the maximum.
  public func length(atShare share: Double) -> Int {
    var within = 0
    for (length, count) in lengths.enumerated() {
      within += count
      if count > 0, Double(within) >= share * Double(vectors) { return length }
    }
    return 0
  }

  /// FLOPS(q, d) = sum_v P(q_v > 0) P(d_v > 0): the expected number of terms that a query and a passage share, and so of
  /// multiplications to score the pair (Paria et al., arXiv 2004.05665). Times the number of passages it is the number
  /// of postings that an exhaustive search touches for a query.
  public func flops(with passages: ActivationFrequencies) -> Double {
    guard vectors > 0, passages.vectors > 0 else { return 0 }
    var sum = 0.0
    for (query, passage) in zip(counts, passages.counts) { sum += Double(query) * Double(passage) }
    return sum / Double(vectors) / Double(passages.vectors)
  }
}
