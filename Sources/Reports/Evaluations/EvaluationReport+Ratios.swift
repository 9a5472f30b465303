import Evaluation

extension EvaluationReport {
  /// A row for each run: its queries' FLOPS as a part of the baseline's, and by which share the mean of each measure differs, with
  /// intervals; `nil` without a baseline, and where it is not known what each of the baseline's queries costs.
  public func ratioTable() -> Table? {
    guard let comparison, let base = evaluations.first(where: { $0.name == comparison.baseline }),
      let baseFLOPS = flops(of: base)
    else { return nil }
    let configuration = comparison.configuration
    let groups = configuration.unit == .conversation ? places?.groups(base.queries) : nil
    let bootstrap = Bootstrap(
      groups ?? QueryGroups(queryCount: base.queries.count), resamples: configuration.resamples,
      seed: configuration.seed)
    func cell(_ values: [Double], over others: [Double], _ text: (Double) -> String) -> Table.Cell {
      let ratio = values.reduce(0, +) / others.reduce(0, +)
      guard ratio.isFinite else { return Table.Cell("") }
      let interval = bootstrap.ratioInterval(values, over: others, level: 1 - configuration.alpha)
      return Table.Cell(text(ratio) + (interval.map { " (\(text($0.low)) to \(text($0.high)))" } ?? ""))
    }
    let level = FixedDecimal.text((1 - configuration.alpha) * 100, digits: 0)
    var table = Table(
      title: "In proportion to \(base.name)",
      columns: [.label("run"), .figure("times fewer FLOPS")] + base.measures.map { .figure($0.description) })
    table.rows = evaluations.filter { $0.name != base.name }.map { run in
      [
        Table.Cell(run.name),
        flops(of: run).map { cell(baseFLOPS, over: $0) { FixedDecimal.text($0, digits: 2) } } ?? Table.Cell(""),
      ]
        + zip(run.values, base.values).map { values, others in
          cell(values, over: others) { FixedDecimal.signed(100 * ($0 - 1), digits: 1) + " %" }
        }
    }
    table.notes = [
      "Of means over all queries; in brackets \(level) % intervals, percentile bootstrap by \(configuration.unit.rawValue), "
        + "\(FixedDecimal.grouped(configuration.resamples)) resamples."
    ]
    return table
  }

  /// What each counted query costs; `nil` where that is not known of all of them.
  private func flops(of evaluation: Evaluation) -> [Double]? {
    let own = efforts[evaluation.name] ?? [:]
    let flops = evaluation.queries.compactMap { own[$0]?.flops }
    return flops.count == evaluation.queries.count && !flops.isEmpty ? flops : nil
  }
}
