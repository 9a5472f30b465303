public import SparseEncoder
public import SparseVectors

/// Scores queries against passages, `s(q_i, d_j) = sum_v q_iv d_jv`, and carries derivatives back to the vectors' weights.
///
/// It keeps one dense row as wide as the vocabulary: a query is spread over it, so that each passage is one pass over its
/// own terms. Keep one scorer for a whole training.
public struct PassageScorer: Sendable {
  /// All zeros between calls.
  private var dense_V: [Double]

  public init(vocabularySize: Int) {
    dense_V = Array(repeating: 0, count: vocabularySize)
  }

  /// The scores of a batch.
  ///
  /// - Precondition: there is a row for each query of the batch and a vector for each of its distinct passages, all of terms
  ///   below the scorer's vocabulary size.
  /// - Parameters:
  ///   - queries: the B rows that the student gave.
  ///   - passages: the vectors of `batch.passages`, in that order.
  ///   - cross: whether each query is scored with every passage of the batch, or only with its own sample's.
  /// - Complexity: one multiplication for each term of each scored passage.
  public mutating func scores(
    of queries: SparseRows, with passages: [SparseVector], in batch: SampledBatch, cross: Bool
  ) -> PassageScores {
    check(queries, passages, batch)
    var scores = PassageScores(own_S: Array(repeating: 0, count: batch.slots.count))
    if cross { scores.cross_BD = Array(repeating: 0, count: batch.count * passages.count) }
    for query in 0..<batch.count {
      spread(queries, query)
      if cross {
        let row = query * passages.count
        for passage in passages.indices { scores.cross_BD[row + passage] = dot(passages[passage]) }
        for slot in batch.range(of: query) { scores.own_S[slot] = scores.cross_BD[row + batch.slots[slot]] }
      } else {
        for slot in batch.range(of: query) { scores.own_S[slot] = dot(passages[batch.slots[slot]]) }
      }
      clear(queries.terms, queries.range(of: query))
    }
    return scores
  }

  /// The derivative of a loss by the vectors' weights.
  ///
  /// - Precondition: as of ``scores(of:with:in:cross:)``; `gradient` is of this batch.
  /// - Parameters:
  ///   - gradient: the loss's derivative by each score, in the shape that ``scores(of:with:in:cross:)`` gave.
  ///   - byPassages: whether the passages' weights are to be learned too.
  public mutating func gradients(
    from gradient: PassageScores, of queries: SparseRows, with passages: [SparseVector], in batch: SampledBatch,
    byPassages: Bool = false
  ) -> WeightGradients {
    check(queries, passages, batch)
    var gradients = WeightGradients(queries: Array(repeating: 0, count: queries.weights.count))
    var starts = [0]
    if byPassages {
      for passage in passages { starts.append(starts[starts.count - 1] + passage.count) }
      gradients.passages = Array(repeating: 0, count: starts[passages.count])
    }
    for query in 0..<batch.count {
      let slopes = slopes(gradient, query, batch)
      gather(slopes, passages, queries, query, into: &gradients.queries)
      guard byPassages else { continue }
      spread(queries, query)
      for (passage, slope) in slopes.enumerated() where slope != 0 {
        let terms = passages[passage].terms
        for entry in terms.indices {
          gradients.passages[starts[passage] + entry] += slope * dense_V[Int(terms[entry].rawValue)]
        }
      }
      clear(queries.terms, queries.range(of: query))
    }
    return gradients
  }

  /// The loss's derivative by the score of one query with each passage, whichever way it was scored.
  private func slopes(_ gradient: PassageScores, _ query: Int, _ batch: SampledBatch) -> [Double] {
    let width = batch.passages.count
    var slopes =
      gradient.cross_BD.isEmpty
      ? Array(repeating: 0, count: width) : Array(gradient.cross_BD[query * width..<(query + 1) * width])
    for slot in batch.range(of: query) { slopes[batch.slots[slot]] += gradient.own_S[slot] }
    return slopes
  }

  /// `ds/dq_v = sum_j slope_j d_jv` for the terms of one query.
  private mutating func gather(
    _ slopes: [Double], _ passages: [SparseVector], _ queries: SparseRows, _ query: Int, into gradient: inout [Double]
  ) {
    for (passage, slope) in slopes.enumerated() where slope != 0 {
      let terms = passages[passage].terms
      let weights = passages[passage].weights
      for entry in terms.indices { dense_V[Int(terms[entry].rawValue)] += slope * Double(weights[entry]) }
    }
    for entry in queries.range(of: query) { gradient[entry] = dense_V[Int(queries.terms[entry].rawValue)] }
    for column in dense_V.indices { dense_V[column] = 0 }
  }

  private func dot(_ passage: SparseVector) -> Double {
    let terms = passage.terms.span
    let weights = passage.weights.span
    let dense = dense_V.span
    // Two sums, so that one addition need not wait for the one before it.
    var (even, odd) = (0.0, 0.0)
    var entry = 0
    while entry + 1 < terms.count {
      even += Double(weights[entry]) * dense[Int(terms[entry].rawValue)]
      odd += Double(weights[entry + 1]) * dense[Int(terms[entry + 1].rawValue)]
      entry += 2
    }
    if entry < terms.count { even += Double(weights[entry]) * dense[Int(terms[entry].rawValue)] }
    return even + odd
  }

  private mutating func spread(_ queries: SparseRows, _ query: Int) {
    for entry in queries.range(of: query) {
      dense_V[Int(queries.terms[entry].rawValue)] = Double(queries.weights[entry])
    }
  }

  private mutating func clear(_ terms: [TermID], _ range: Range<Int>) {
    for entry in range { dense_V[Int(terms[entry].rawValue)] = 0 }
  }

  private func check(_ queries: SparseRows, _ passages: [SparseVector], _ batch: SampledBatch) {
    precondition(queries.count == batch.count, "one row for each query")
    precondition(passages.count == batch.passages.count, "one vector for each passage of the batch")
  }
}
