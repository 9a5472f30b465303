public import Diagnostics
public import Identifiers
public import RankedResults

/// What one run is worth: each measure for each counted query.
///
/// **Which queries count**: those with at least one passage of grade 1 or more in the judgments, whatever the run
/// returned and whatever the measure's own `rel` is, so all runs and all measures have the same denominator. A counted
/// query that the run lacks has the value 0. trec_eval's `-c` does the same, but also counts queries whose judgments
/// are all 0, on which no system can score.
public struct Evaluation: Sendable {
  /// The run's name.
  public var name: String
  public let measures: [Measure]
  /// The counted queries, ascending by bytes.
  public let queries: [ExternalID]
  /// For each measure the value of each counted query, in the order of `queries`.
  public let values: [[Double]]
  /// Counted queries for which the run has no passage; each has the value 0.
  public let missing: [ExternalID]
  /// How many of the run's queries do not count, because they have no relevant passage in the judgments.
  public let ignoredQueries: Int

  /// An evaluation of values that are known, such as means over seeds.
  ///
  /// - Precondition: `queries` ascend, and there is a value of each measure for each of them.
  public init(
    name: String, measures: [Measure], queries: [ExternalID], values: [[Double]], missing: [ExternalID] = [],
    ignoredQueries: Int = 0
  ) {
    precondition(
      values.count == measures.count && values.allSatisfy { $0.count == queries.count },
      "each measure has a value for each query")
    self.name = name
    self.measures = measures
    self.queries = queries
    self.values = values
    self.missing = missing
    self.ignoredQueries = ignoredQueries
  }

  /// The mean over the counted queries, in the order of `measures`; 0 when none count.
  public var means: [Double] { values.map { $0.mean } }

  /// - Returns: `nil` for a measure that was not asked for.
  public func mean(of measure: Measure) -> Double? {
    values(of: measure)?.mean
  }

  /// The values of one measure, in the order of `queries`; `nil` for a measure that was not asked for.
  public func values(of measure: Measure) -> [Double]? {
    measures.firstIndex(of: measure).map { values[$0] }
  }
}

extension Qrels {
  /// The queries with at least one passage of this grade or more, ascending by bytes.
  public func queries(withGradeFrom minimumGrade: Int = 1) -> [ExternalID] {
    grades.filter { $0.value.values.contains { $0 >= minimumGrade } }.keys.sorted()
  }
}

/// Computes measures of a run, each query's as trec_eval computes it.
///
/// ```swift
/// let evaluation = try evaluate(run, qrels: qrels, measures: [Measure(parsing: "nDCG@3")])
/// print(evaluation.means[0])
/// ```
/// - Throws: `ParlanceError` with code `badInput` when no query has a relevant passage, when the run has no query in
///   common with the judgments, or when it ranks a judged passage twice.
/// - Complexity: O(n log n) in the passages of a query whose ranking is not yet in trec_eval's order, else O(n).
public func evaluate(
  _ run: RankedRun, qrels: Qrels, measures: [Measure], interruption: Interruption? = nil
) throws(ParlanceError) -> Evaluation {
  let queries = qrels.queries()
  guard !queries.isEmpty else {
    throw ParlanceError(
      .badInput, "the judgments hold no passage with a grade of 1 or more, so there is nothing to find")
  }
  var values = measures.map { _ in [Double](repeating: 0, count: queries.count) }
  var missing: [ExternalID] = []
  for (position, query) in queries.enumerated() {
    try interruption?.check()
    guard let ranking = run.rankings[query], !ranking.isEmpty else {
      missing.append(query)
      continue
    }
    let judged = try JudgedRanking(ranking, grades: qrels.grades[query] ?? [:], query: query)
    for (index, measure) in measures.enumerated() { values[index][position] = measure.value(of: judged) }
  }
  guard missing.count < queries.count else { throw nothingInCommon(run, queries) }
  let counted = Set(queries)
  return Evaluation(
    name: run.name, measures: measures, queries: queries, values: values, missing: missing,
    ignoredQueries: run.rankings.keys.count { !counted.contains($0) })
}

private func nothingInCommon(_ run: RankedRun, _ queries: [ExternalID]) -> ParlanceError {
  guard let found = run.rankings.keys.min(), let expected = queries.first else {
    return ParlanceError(.badInput, "the run '\(run.name)' is empty")
  }
  return ParlanceError(
    .badInput,
    """
    the run '\(run.name)' has no query with a relevant passage in the judgments; its first id is '\(found)', the \
    judgments' first is '\(expected)'
    """)
}

extension [Double] {
  /// The arithmetic mean; 0 of nothing.
  var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
