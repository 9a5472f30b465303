public import SparseEncoder
public import SparseVectors

/// The cost of vectors that are not sparse, added to the objective.
///
/// A pure function of the weights, but for ``frequencies``. Vectors without terms contribute nothing and are counted; no
/// batch, however empty, gives a value that is not finite.
public struct Regulariser: Sendable {
  public let configuration: Configuration
  /// What DF-FLOPS has seen of earlier steps; `nil` for the other penalties. A training saves and restores it.
  public var frequencies: RunningFrequencies?
  /// All zeros between calls.
  private var sums_V: [Double]

  public init(_ configuration: Configuration, vocabularySize: Int) {
    self.configuration = configuration
    sums_V = Array(repeating: 0, count: vocabularySize)
    if configuration.query.kind == .dfFLOPS { frequencies = RunningFrequencies(vocabularySize: vocabularySize) }
  }

  /// The penalty of one batch and its derivative by each weight.
  ///
  /// - Precondition: there are as many `turns` as queries unless there are none, and all terms are below the vocabulary size.
  /// - Parameters:
  ///   - turns: for each query the number of its turn, counted from 1; empty where there are none.
  ///   - passages: the batch's distinct passages.
  ///   - step: the step of the training, counted from 1.
  ///   - byPassages: whether the passages' weights are to be learned too.
  public mutating func penalty(
    of queries: SparseRows, turns: [Int] = [], passages: [SparseVector], step: Int, byPassages: Bool = false
  ) -> (parts: RegulariserParts, gradient: WeightGradients) {
    precondition(turns.isEmpty || turns.count == queries.count, "one turn for each query")
    let rows = (0..<queries.count).map { queries.vector(at: $0) }
    let (queryWeight, passageWeight) = (configuration.queryWeight(at: step), configuration.passageWeight(at: step))
    var onQueries = penalty(of: rows, turns)
    onQueries.multiply(by: queryWeight)
    var onPassages = flops(passages, factors: Array(repeating: 1, count: passages.count))
    onPassages.multiply(by: passageWeight)

    var parts = RegulariserParts(
      queryPenalty: configuration.query.kind, query: onQueries.value, queryWeight: queryWeight,
      passageFLOPS: onPassages.value, passageWeight: passageWeight, total: queryWeight * onQueries.value,
      emptyQueries: rows.count(where: \.isEmpty), emptyPassages: passages.count(where: \.isEmpty))
    if byPassages { parts.total += passageWeight * onPassages.value }
    if configuration.antiZero {
      parts.antiZeroQueries = Self.addAntiZero(of: rows, to: &onQueries.gradient)
      parts.antiZeroPassages = Self.addAntiZero(of: passages, to: &onPassages.gradient)
      parts.total += (parts.antiZeroQueries ?? 0) + (byPassages ? parts.antiZeroPassages ?? 0 : 0)
    }
    return (
      parts, WeightGradients(queries: onQueries.gradient, passages: byPassages ? onPassages.gradient : [])
    )
  }

  /// A penalty before its weight, and a derivative by the weights of all rows, laid end to end.
  private struct Differentiated {
    var value = 0.0
    var gradient: [Double]

    /// Gives the gradient its weight; the value is reported without.
    mutating func multiply(by weight: Double) {
      for entry in gradient.indices { gradient[entry] *= weight }
    }
  }

  private mutating func penalty(of rows: [SparseVector], _ turns: [Int]) -> Differentiated {
    let growth = rows.indices.map { 1 + configuration.depthGrowth * Double(turns.isEmpty ? 0 : turns[$0] - 1) }
    // FLOPS squares the mean, so a row enters it with the root: a batch of one depth weighs exactly its lambda.
    let roots = growth.map { $0.squareRoot() }
    switch configuration.query {
    case .l1: return Self.l1(rows, factors: growth)
    case .flops: return flops(rows, factors: roots)
    case .l0FLOPS(let threshold):
      return flops(rows, factors: zip(rows, roots).map { $0.count > threshold ? $1 : 0 })
    case .dfFLOPS(let weighting):
      // The frequencies are taken as given: the gradient does not go through them.
      frequencies?.update(with: rows, decay: weighting.decay)
      return flops(rows, factors: roots, weighting)
    }
  }

  /// `mean_i f_i sum_v q_iv`.
  private static func l1(_ rows: [SparseVector], factors: [Double]) -> Differentiated {
    var result = Differentiated(gradient: [])
    for (row, factor) in zip(rows, factors) {
      let share = factor / Double(rows.count)
      result.value += share * row.weights.reduce(0) { $0 + Double($1) }
      result.gradient.append(contentsOf: repeatElement(share, count: row.count))
    }
    return result
  }

  /// `sum_v (w_v mean_i f_i q_iv)^2`; w is 1 without a weighting.
  private mutating func flops(
    _ rows: [SparseVector], factors: [Double], _ weighting: FrequencyWeighting? = nil
  ) -> Differentiated {
    var result = Differentiated(gradient: [])
    result.gradient.reserveCapacity(rows.reduce(0) { $0 + $1.count })
    for (row, factor) in zip(rows, factors) {
      let share = factor / Double(rows.count)
      for entry in row.terms.indices { sums_V[Int(row.terms[entry].rawValue)] += share * Double(row.weights[entry]) }
    }
    for (row, factor) in zip(rows, factors) {
      let share = factor / Double(rows.count)
      for (term, weight) in zip(row.terms, row.weights) {
        var sum = sums_V[Int(term.rawValue)]
        if let weighting, let frequencies {
          let weight = weighting.weight(at: frequencies.frequency(of: term))
          sum *= weight * weight
        }
        result.value += share * Double(weight) * sum
        result.gradient.append(2 * share * sum)
      }
    }
    for row in rows { for term in row.terms { sums_V[Int(term.rawValue)] = 0 } }
    return result
  }

  /// The sum of weights below which ``antiZero`` goes on along its tangent: a batch that has all but vanished is pushed
  /// up hard, and one that has vanished costs `3 / smallest^2`.
  private static let smallestSum = 0.1

  /// Adds the derivative of `1 / (sum of all weights)^2` to one by the rows' weights.
  ///
  /// - Returns: the value; 0 for no rows.
  private static func addAntiZero(of rows: [SparseVector], to gradient: inout [Double]) -> Double {
    guard !rows.isEmpty else { return 0 }
    let sum = rows.reduce(0) { $1.weights.reduce($0) { $0 + Double($1) } }
    let bounded = max(sum, smallestSum)
    let slope = -2 / (bounded * bounded * bounded)
    for entry in gradient.indices { gradient[entry] += slope }
    return 1 / (bounded * bounded) + slope * (sum - bounded)
  }
}
