public import Evaluation
import Identifiers

/// What queries cost, as a table: a row for each run or each turn depth, and only the columns that something is known for.
public struct EffortTable: Sendable {
  public var summaries: [(label: String, summary: EffortSummary)]

  public init(_ summaries: [(label: String, summary: EffortSummary)]) { self.summaries = summaries }

  /// - Parameter head: of the first column.
  public func table(title: String, head: Table.Column) -> Table {
    var table = Table(title: title, columns: [head, .figure("queries"), .figure("L0")])
    let all = summaries.map(\.summary)
    if all.contains(where: { $0.flops != nil }) { table.columns.append(.figure("FLOPS")) }
    if all.contains(where: { $0.postings != nil }) { table.columns.append(.figure("postings")) }
    let parts: [(name: String, KeyPath<EffortSummary, EffortSummary.Percentiles?>)] = [
      ("encode", \.encoding), ("search", \.searching), ("total", \.total),
    ]
    let timed = parts.filter { part in all.contains { $0[keyPath: part.1] != nil } }
    for part in timed {
      table.columns += ["p50", "p95", "p99"].map { .figure("\(part.name) \($0)") }
    }
    table.keyColumns = 1
    for (label, summary) in summaries {
      var row: [Table.Cell] = [
        Table.Cell(label), .count(summary.queries), .figure(summary.terms, digits: 1),
      ]
      if table.columns.contains(where: { $0.header == "FLOPS" }) {
        row.append(summary.flops.map { .figure($0, digits: 2) } ?? "")
      }
      if table.columns.contains(where: { $0.header == "postings" }) {
        row.append(summary.postings.map { .count(Int($0.rounded())) } ?? "")
      }
      for part in timed {
        let shares = summary[keyPath: part.1].map { [$0.p50, $0.p95, $0.p99] } ?? []
        row += shares.isEmpty ? ["", "", ""] : shares.map { .figure($0, digits: 2) }
      }
      table.rows.append(row)
    }
    var notes = ["L0: terms of a query, the mean. FLOPS: terms that a query and a passage are expected to share."]
    if !timed.isEmpty { notes.append("Milliseconds that half, 95 % and 99 % of the queries do not exceed.") }
    table.notes = notes
    return table
  }
}

extension EvaluationReport {
  /// A row for each run: postings and latencies, which the table of measures has no room for; `nil` where none is known.
  public func effortTable() -> Table? {
    let known = evaluations.compactMap { run in
      efforts[run.name].flatMap { EffortSummary($0) }.map { (run.name, $0) }
    }
    guard known.contains(where: { $0.1.postings != nil || $0.1.encoding != nil || $0.1.searching != nil }) else {
      return nil
    }
    return EffortTable(known).table(title: "Cost of a query", head: .label("run"))
  }

  /// For each run that it is known of the cost at each turn depth.
  public func effortTurnTables() -> [Table] {
    guard let places else { return [] }
    return evaluations.compactMap { run in
      let turns = EffortSummary.byTurn(efforts[run.name] ?? [:], places: places)
      guard !turns.isEmpty else { return nil }
      return EffortTable(turns.map { ("\($0.turn)", $0.summary) })
        .table(title: "Cost of \(run.name) by turn", head: .figure("turn"))
    }
  }
}

extension EffortSummary {
  /// `{"queries":…,"l0":…,"flops":…,"postings":…,"encodeMs":{"p50":…},…}`
  public var json: OrderedJSON {
    func percentiles(_ value: Percentiles?) -> OrderedJSON? {
      value.map { ["p50": .number($0.p50), "p95": .number($0.p95), "p99": .number($0.p99)] }
    }
    return .object([
      ("queries", .integer(queries)), ("l0", .number(terms)), ("flops", flops.map { .number($0) }),
      ("postings", postings.map { .number($0) }), ("encodeMs", percentiles(encoding)),
      ("searchMs", percentiles(searching)), ("totalMs", percentiles(total)),
    ])
  }
}
