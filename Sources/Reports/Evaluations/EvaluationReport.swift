public import Diagnostics
public import Evaluation
public import Identifiers

/// The figures of one or more runs over the same judgments, as tables and as a JSON document.
///
/// ```swift
/// let report = EvaluationReport(evaluations: [bm25, splade])
/// print(report.measuresTable().text(TextStyle(width: 80)))
/// ```
public struct EvaluationReport: Sendable {
  /// Evaluations of the same judgments by the same measures, with distinct names.
  public var evaluations: [Evaluation]
  public var comparison: BaselineComparison?
  /// Confidence intervals of each evaluation's means, in the order of its measures.
  public private(set) var intervals: [[Bootstrap.Interval?]]?
  private var intervalsRest = ""
  /// What the intervals are called: `95 %`.
  private(set) var intervalLevel = ""
  public var places: ConversationPlaces?
  /// For measures with a `rel`: the counted queries that have no passage of that grade.
  public var unreachable: [Measure: Set<ExternalID>] = [:]
  /// What the queries of runs cost, by the run's name; where it is known of any, the table has columns for it.
  public var costs: [String: QueryCost] = [:]
  /// Of which queries `costs` are, by the run's name; of those of `efforts` where nothing is said.
  public var costQueries: [String: Set<ExternalID>] = [:]
  /// What each query cost, by the run's name, where it is known.
  public var efforts: [String: [ExternalID: QueryEffort]] = [:]
  /// The path of each run's file, and that of the judgments.
  public var files: [String]?
  public var judgments: String?
  /// How many digits stand after the point.
  public var digits = 3

  public init(evaluations: [Evaluation], comparison: BaselineComparison? = nil) {
    self.evaluations = evaluations
    self.comparison = comparison
  }

  private var measures: [Measure] { evaluations.first?.measures ?? [] }

  /// A row for each run, a column for each measure; the best of each column, and marks for what differs significantly
  /// from the baseline.
  public func measuresTable(title: String? = nil) -> Table {
    var table = Table(
      title: title, columns: [.label("run")] + measures.map { .figure($0.description) })
    table.rows = evaluations.map { evaluation in
      let isBaseline = evaluation.name == comparison?.baseline
      return [Table.Cell(evaluation.name, mark: isBaseline ? .baseline : nil)]
        + zip(measures, evaluation.means).map { measure, mean in
          .figure(mean, digits: digits, mark: mark(evaluation.name, measure))
        }
    }
    for column in measures.indices {
      table.markBest(inColumn: column + 1, of: evaluations.map { $0.means[column] })
    }
    addCosts(to: &table)
    if let comparison {
      table.legend = legend(comparison)
      if !comparison.entries.contains(where: \.isSignificant) {
        table.notes = ["No difference from \(comparison.baseline) is significant."]
      }
      table.notes += comparison.entries.compactMap { $0.contradiction(digits: digits) }
    }
    table.notes += denominatorNotes
    if !costs.isEmpty {
      table.notes.append(
        "L0: terms of a query, the mean. FLOPS: terms that a query and a passage are expected to share.")
      table.notes += coverageNotes(of: "L0 and FLOPS") { costs[$0] == nil ? nil : costed($0) }
    }
    return table
  }

  private func addCosts(to table: inout Table) {
    guard !costs.isEmpty else { return }
    table.columns += [.figure("L0"), .figure("FLOPS")]
    for (row, evaluation) in evaluations.enumerated() {
      let cost = costs[evaluation.name]
      table.rows[row] +=
        cost.map { [.figure($0.meanLength, digits: 1), .figure($0.flops, digits: 2)] } ?? [
          Table.Cell(""), Table.Cell(""),
        ]
    }
  }

  private func mark(_ run: String, _ measure: Measure) -> Table.Mark? {
    comparison?.entries.first { $0.run == run && $0.measure == measure }?.mark
  }

  private func legend(_ comparison: BaselineComparison) -> [Table.LegendEntry] {
    let marks = Set(comparison.entries.compactMap(\.mark))
    var legend = [Table.LegendEntry(.baseline, "baseline; \(comparison.procedure)")]
    if marks.contains(.better) {
      legend.append(Table.LegendEntry(.better, "significantly better than \(comparison.baseline)"))
    }
    if marks.contains(.worse) {
      legend.append(Table.LegendEntry(.worse, "significantly worse than \(comparison.baseline)"))
    }
    return legend
  }

  private var denominatorNotes: [String] {
    guard let first = evaluations.first else { return [] }
    var notes = [
      "Means over \(FixedDecimal.counted(first.queries.count, "query", plural: "queries")) with a relevant passage; "
        + "one that a run lacks counts 0."
    ]
    for evaluation in evaluations where !evaluation.missing.isEmpty {
      notes.append("\(evaluation.name) lacks \(FixedDecimal.grouped(evaluation.missing.count)) of them.")
    }
    for measure in measures {
      if let count = unreachable[measure]?.count, count > 0 {
        notes.append(
          "\(measure): \(FixedDecimal.grouped(count)) of them have no passage of grade \(measure.minimumGrade) and count 0."
        )
      }
    }
    return notes
  }

  /// A row for each run and measure: the difference from the baseline, its interval, its p value; `nil` without a
  /// baseline.
  public func comparisonTable() -> Table? {
    guard let comparison, !comparison.entries.isEmpty else { return nil }
    let configuration = comparison.configuration
    let corrected = configuration.correction != .none
    // Of the one test whose statistic is another than the difference that is shown.
    let isOfMeans = configuration.test == .tTest && configuration.unit == .conversation
    let level = FixedDecimal.level(alpha: configuration.alpha)
    var table = Table(
      title: "Differences from \(comparison.baseline)",
      columns: [.label("run"), .label("measure"), .figure("difference"), .figure("\(level) interval")])
    if isOfMeans { table.columns.append(.figure("by conversation")) }
    table.columns.append(.figure("p"))
    if corrected { table.columns.append(.figure("p (\(configuration.correction.title))")) }
    table.columns.append(.figure("+/-/="))
    var previous: String?
    for entry in comparison.entries {
      let chosen = configuration.unit == .query ? entry.byQuery : entry.byConversation ?? entry.byQuery
      let interval = chosen.interval.map {
        "\(FixedDecimal.signed($0.low, digits: digits)) to \(FixedDecimal.signed($0.high, digits: digits))"
      }
      var row = [
        Table.Cell(entry.run == previous ? "" : entry.run), Table.Cell(entry.measure.description),
        Table.Cell(FixedDecimal.signed(entry.difference, digits: digits), mark: entry.mark),
        Table.Cell(interval ?? ""),
      ]
      if isOfMeans { row.append(Table.Cell(FixedDecimal.signed(entry.tested, digits: digits))) }
      row.append(Table.Cell(FixedDecimal.probability(entry.p)))
      if corrected { row.append(Table.Cell(FixedDecimal.probability(entry.adjusted))) }
      row.append(Table.Cell("\(entry.byQuery.wins)/\(entry.byQuery.losses)/\(entry.byQuery.ties)"))
      table.rows.append(row)
      previous = entry.run
    }
    table.notes = [
      "Interval: percentile bootstrap by \(configuration.unit.rawValue), \(FixedDecimal.grouped(configuration.resamples)) resamples. "
        + "+/-/=: queries where the run is better, worse, the same."
    ]
    if isOfMeans {
      table.notes.append("by conversation: the mean of the conversations' mean differences, which p is of.")
    }
    return table
  }

  /// Computes a confidence interval of each mean.
  ///
  /// - Parameter groups: which queries belong to one conversation, needed where the configured unit is that.
  /// - Throws: as `Bootstrap`.
  public mutating func addIntervals(
    by configuration: BaselineComparison.Configuration, groups: QueryGroups?
  ) throws(ParlanceError) {
    guard let first = evaluations.first else { return }
    let drawn = (configuration.unit == .conversation ? groups : nil) ?? QueryGroups(queryCount: first.queries.count)
    let bootstrap = try Bootstrap(drawn, resamples: configuration.resamples, seed: configuration.seed)
    var found = bootstrap.intervals(evaluations.flatMap(\.values), level: 1 - configuration.alpha)[...]
    intervals = evaluations.map { evaluation in
      let own = found.prefix(evaluation.values.count)
      found = found.dropFirst(own.count)
      return Array(own)
    }
    let level = FixedDecimal.level(alpha: configuration.alpha)
    intervalLevel = level
    intervalsRest =
      "\(level) confidence intervals of the means: percentile bootstrap by \(configuration.unit.rawValue), "
      + "\(FixedDecimal.grouped(configuration.resamples)) resamples"
  }

  /// The intervals of the means; `nil` before `addIntervals`.
  public func intervalTable() -> Table? {
    guard let intervals else { return nil }
    var table = Table(title: intervalsRest, columns: [.label("run")] + measures.map { .figure($0.description) })
    table.rows = zip(evaluations, intervals).map { evaluation, intervals in
      [Table.Cell(evaluation.name)]
        + intervals.map { interval in
          Table.Cell(
            interval.map {
              "\(FixedDecimal.text($0.low, digits: digits)) to \(FixedDecimal.text($0.high, digits: digits))"
            } ?? "")
        }
    }
    return table
  }

  /// For each run a table of all queries' values.
  public func queryTables() -> [Table] {
    evaluations.map { evaluation in
      var table = Table(
        title: "\(evaluation.name) by query", columns: [.label("query")] + measures.map { .figure($0.description) })
      table.rows = evaluation.queries.enumerated().map { position, query in
        [Table.Cell(query.string)] + evaluation.values.map { .figure($0[position], digits: digits) }
      }
      return table
    }
  }

  /// Turn depths with fewer queries say little: they are not drawn, and no run is called the best there.
  static let fewestQueries = 5

  /// The figures at each turn depth: one table of all measures for a single run, else one table for each measure with
  /// a column for each run. Empty when nobody said which turn each query is.
  public func turnTables() -> [Table] {
    guard let places else { return [] }
    let depths = evaluations.map { $0.byTurn(places) }
    guard let first = depths.first else { return [] }
    let heads = first.map { [Table.Cell("\($0.turn)"), .count($0.evaluation.queries.count)] }
    let columns: [Table.Column] = [.figure("turn"), .figure("queries")]

    if evaluations.count == 1 {
      var table = Table(
        title: "\(evaluations[0].name) by turn", columns: columns + measures.map { .figure($0.description) })
      table.keyColumns = 2
      table.rows = zip(heads, first).map { head, depth in
        head + depth.evaluation.means.map { .figure($0, digits: digits) }
      }
      return [table]
    }
    return measures.indices.map { measure in
      var table = Table(
        title: "\(measures[measure]) by turn", columns: columns + evaluations.map { .figure($0.name) })
      table.keyColumns = 2
      table.rows = heads.indices.map { row in
        let means = depths.map { $0[row].evaluation.means[measure] }
        let best = means.map { FixedDecimal.text($0, digits: digits) }.max() ?? ""
        let hasBest = first[row].evaluation.queries.count >= Self.fewestQueries
        return heads[row]
          + means.map { mean in
            var cell = Table.Cell.figure(mean, digits: digits)
            cell.isBest = hasBest && cell.text == best
            return cell
          }
      }
      return table
    }
  }
}
