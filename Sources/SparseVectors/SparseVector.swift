/// The position of a term in its vocabulary: a column of the sparse vectors.
public struct TermID: Hashable, Comparable, Sendable, BitwiseCopyable {
  public let rawValue: UInt32

  @inlinable
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable
  public static func < (left: TermID, right: TermID) -> Bool { left.rawValue < right.rawValue }
}

/// The position of a passage in its collection: a row of a `.vectors` file or an index.
public struct DocumentID: Hashable, Comparable, Sendable, BitwiseCopyable {
  public let rawValue: UInt32

  @inlinable
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable
  public static func < (left: DocumentID, right: DocumentID) -> Bool { left.rawValue < right.rawValue }
}

/// The terms of a query or a passage and how much each of them weighs.
///
/// Terms ascend strictly; weights are finite and greater than zero, one for each term.
public struct SparseVector: Hashable, Sendable {
  public let terms: [TermID]
  public let weights: [Float]

  /// The vector without terms, which matches nothing.
  public static let empty = SparseVector(unchecked: [], [])

  /// - Returns: `nil` unless terms ascend strictly and there is one finite weight above zero for each.
  public init?(exactly terms: [TermID], weights: [Float]) {
    guard terms.count == weights.count,
      weights.allSatisfy({ $0.isFinite && $0 > 0 }),
      zip(terms, terms.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    self.init(unchecked: terms, weights)
  }

  /// For callers that have just made the terms ascending and the weights positive themselves.
  package init(unchecked terms: [TermID], _ weights: [Float]) {
    self.terms = terms
    self.weights = weights
  }

  /// The vector with its heaviest terms only; of equal weights the one with the smaller term stays. Of 0 terms or
  /// fewer nothing is kept.
  public func keepingHeaviest(_ count: Int) -> SparseVector {
    guard count < terms.count else { return self }
    let kept = terms.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }.prefix(max(0, count)).sorted()
    return SparseVector(unchecked: kept.map { terms[$0] }, kept.map { weights[$0] })
  }

  /// The number of active terms (L0).
  public var count: Int { terms.count }
  public var isEmpty: Bool { terms.isEmpty }

  /// The score `s(q, d) = sum_v q_v d_v`, summed in double precision.
  public func dot(_ other: SparseVector) -> Double {
    var sum = 0.0
    var (i, j) = (0, 0)
    while i < terms.count && j < other.terms.count {
      if terms[i] == other.terms[j] {
        sum += Double(weights[i]) * Double(other.weights[j])
        i += 1
        j += 1
      } else if terms[i] < other.terms[j] {
        i += 1
      } else {
        j += 1
      }
    }
    return sum
  }
}
