/// How a batch's queries score its passages, or a loss's derivative by each of these scores.
public struct PassageScores: Sendable, Hashable {
  /// For each of the S slots of the batch the score of its passage with the query whose sample it is in.
  public var own_S: [Double]
  /// The score of each query with each of the D distinct passages, query after query; empty where nobody asked for it.
  public var cross_BD: [Double]

  public init(own_S: [Double], cross_BD: [Double] = []) {
    self.own_S = own_S
    self.cross_BD = cross_BD
  }

  /// Zeros in the shape of other scores.
  init(shapedLike scores: PassageScores) {
    own_S = Array(repeating: 0, count: scores.own_S.count)
    cross_BD = Array(repeating: 0, count: scores.cross_BD.count)
  }
}

/// A loss's derivative by the weights of sparse vectors.
public struct WeightGradients: Sendable, Hashable {
  /// One for each entry of the query rows, in their order.
  public var queries: [Double]
  /// One for each entry of the passages' vectors, laid end to end; empty while the passage encoder is frozen.
  public var passages: [Double]

  public init(queries: [Double], passages: [Double] = []) {
    self.queries = queries
    self.passages = passages
  }

  /// The derivative of a sum of two losses. One side may leave out the passages.
  ///
  /// - Precondition: both are by the weights of the same vectors.
  public static func += (left: inout WeightGradients, right: WeightGradients) {
    add(right.queries, to: &left.queries)
    if left.passages.isEmpty {
      left.passages = right.passages
    } else if !right.passages.isEmpty {
      add(right.passages, to: &left.passages)
    }
  }

  private static func add(_ terms: [Double], to sums: inout [Double]) {
    precondition(terms.count == sums.count, "derivatives by the same weights")
    for index in sums.indices { sums[index] += terms[index] }
  }
}
