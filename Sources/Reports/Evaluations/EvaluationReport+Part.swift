public import Diagnostics
public import Evaluation
public import Identifiers

extension EvaluationReport {
  /// The same figures without some turns or whole conversations, with intervals and tests of their own.
  ///
  /// - Parameters:
  ///   - ids: of turns, or of conversations where it is known which those are.
  ///   - configuration: of the tests.
  /// - Returns: `nil` when none of its queries is left out.
  /// - Throws: `usage` when none is left; as `BaselineComparison`.
  public func leavingOut(
    _ ids: Set<ExternalID>, configuration: BaselineComparison.Configuration
  ) throws(ParlanceError) -> EvaluationReport? {
    guard let first = evaluations.first else { return nil }
    func isKept(_ query: ExternalID) -> Bool { !isNamed(query, by: ids) }
    let kept = first.queries.indices.filter { isKept(first.queries[$0]) }
    guard kept.count < first.queries.count else { return nil }
    guard !kept.isEmpty else { throw ParlanceError(.usage, "without these turns and conversations there is none left") }
    var part = self
    part.evaluations = evaluations.map { $0.restricted(to: kept) }
    let queries = part.evaluations[0].queries
    part.efforts = efforts.mapValues { efforts in efforts.filter { isKept($0.key) } }
    // What is not known query by query is that of all queries.
    part.costs = [:]
    for run in costs.keys {
      let known = costed(run).filter(isKept)
      if costQueries[run] != nil { part.costQueries[run] = known }
      let efforts = (part.efforts[run] ?? [:]).filter { known.contains($0.key) }
      part.costs[run] = EffortSummary(efforts).flatMap { QueryCost($0) }
    }
    part.unreachable = unreachable.mapValues { $0.filter(isKept) }
    let groups = places?.groups(queries)
    if intervals != nil { try part.addIntervals(by: configuration, groups: groups) }
    part.comparison = nil
    let units = configuration.unit == .conversation ? groups?.groups.count ?? 0 : queries.count
    if let name = comparison?.baseline, units > 1,
      let baseline = part.evaluations.first(where: { $0.name == name })
    {
      part.comparison = try BaselineComparison(
        part.evaluations.filter { $0.name != name }, with: baseline, groups: groups, configuration: configuration)
    }
    return part
  }

  /// Whether none of its queries is left without these turns and conversations.
  public func isEmpty(without ids: Set<ExternalID>) -> Bool {
    evaluations.first?.queries.allSatisfy { isNamed($0, by: ids) } ?? true
  }

  /// Those of some ids that are a query's or a conversation's.
  public func known(of ids: Set<ExternalID>) -> Set<ExternalID> {
    var known: Set<ExternalID> = []
    for query in evaluations.first?.queries ?? [] {
      for id in [query, places?.places[query]?.conversation] {
        if let id, ids.contains(id) { known.insert(id) }
      }
    }
    return known
  }

  /// By itself, or by its conversation.
  private func isNamed(_ query: ExternalID, by ids: Set<ExternalID>) -> Bool {
    ids.contains(query) || places?.places[query].map { ids.contains($0.conversation) } ?? false
  }
}
