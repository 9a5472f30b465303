public import SparseEncoder
public import SparseVectors

extension Objective {
  /// The mean over queries, with their weights, of `sum_v (q_v - t_v)^2`, t the vector that the teacher's scores come from, over all terms v of
  /// either: what scores over a few passages leave open, how much each word of the history is worth.
  ///
  /// A term that the student does not have counts and has no derivative.
  ///
  /// - Precondition: there are as many `teachers` as rows, and as many `weights` unless there are none.
  /// - Parameters:
  ///   - teachers: one vector for each row.
  ///   - weights: how much each row counts; empty where all count alike.
  public func termError(
    of queries: SparseRows, from teachers: [SparseVector], weights: [Double] = [],
    adding parts: inout LossParts
  ) -> WeightGradients {
    precondition(teachers.count == queries.count, "one teacher's vector for each query")
    precondition(weights.isEmpty || weights.count == queries.count, "one weight for each query")
    var gradient = WeightGradients(queries: Array(repeating: 0, count: queries.weights.count))
    guard configuration.termMSE.weight > 0, queries.count > 0 else { return gradient }
    let factor = (1 - configuration.contrastive.weight) * configuration.termMSE.weight
    var value = 0.0
    for (row, teacher) in teachers.enumerated() {
      let share = (weights.isEmpty ? 1 : weights[row]) / Double(queries.count)
      var place = 0
      func missing(before term: TermID?) {
        while place < teacher.count, term.map({ teacher.terms[place] < $0 }) ?? true {
          let weight = Double(teacher.weights[place])
          value += share * weight * weight
          place += 1
        }
      }
      for entry in queries.range(of: row) {
        missing(before: queries.terms[entry])
        var difference = Double(queries.weights[entry])
        if place < teacher.count, teacher.terms[place] == queries.terms[entry] {
          difference -= Double(teacher.weights[place])
          place += 1
        }
        value += share * difference * difference
        gradient.queries[entry] = 2 * factor * share * difference
      }
      missing(before: nil)
    }
    parts.termMSE = value
    parts.total += factor * value
    return gradient
  }
}
