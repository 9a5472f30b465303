import Evaluation
import Identifiers

extension EvaluationReport {
  /// The queries that a run's L0 and FLOPS are of, judged or not.
  func costed(_ run: String) -> Set<ExternalID> {
    costQueries[run] ?? Set((efforts[run] ?? [:]).keys)
  }

  /// The queries of a run of which something was measured or follows from their vectors.
  func queries(of run: String, with figure: (QueryEffort) -> Double?) -> Set<ExternalID> {
    Set((efforts[run] ?? [:]).filter { figure($0.value) != nil }.keys)
  }

  /// Says of which queries costs are, where those are not just the ones that the means are over.
  ///
  /// - Parameter queriesOf: the queries that they are known of, by the run's name; `nil` where the run has none.
  func coverageNotes(of what: String, _ queriesOf: (String) -> Set<ExternalID>?) -> [String] {
    guard let counted = evaluations.first?.queries else { return [] }
    var runs: [(words: String, names: [String])] = []
    for evaluation in evaluations {
      guard let known = queriesOf(evaluation.name), let words = words(of: known, counted) else { continue }
      if let place = runs.firstIndex(where: { $0.words == words }) {
        runs[place].names.append(evaluation.name)
      } else {
        runs.append((words, [evaluation.name]))
      }
    }
    return runs.map { "\(what) of \($0.names.joined(separator: ", ")): of \($0.words)." }
  }

  /// `nil` where they are the counted ones.
  private func words(of known: Set<ExternalID>, _ counted: [ExternalID]) -> String? {
    let both = counted.count { known.contains($0) }
    let these = FixedDecimal.counted(counted.count, "query", plural: "queries")
    if known.count == both { return both == counted.count ? nil : "\(FixedDecimal.grouped(both)) of the \(these)" }
    let all = FixedDecimal.counted(known.count, "query", plural: "queries")
    return both == counted.count
      ? "\(all), all that the means are over among them"
      : "\(all), \(FixedDecimal.grouped(both)) of the \(these) that the means are over among them"
  }

  /// A run's name in a drawing of costs, which has no room for notes: with how many of the counted queries they are of,
  /// where that is not all.
  func costLabel(_ run: Evaluation, _ known: Set<ExternalID>) -> String {
    let both = run.queries.count { known.contains($0) }
    guard both < run.queries.count else { return run.name }
    let all = FixedDecimal.counted(run.queries.count, "query", plural: "queries")
    return "\(run.name) (costs of \(FixedDecimal.grouped(both)) of \(all))"
  }
}
