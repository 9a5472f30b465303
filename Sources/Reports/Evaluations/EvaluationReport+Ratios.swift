import Evaluation

extension EvaluationReport {
  /// One run beside the baseline.
  struct Ratios {
    /// Of two means, with its interval; `nil` where the baseline's is 0.
    struct Ratio {
      var value: Double
      var interval: Bootstrap.Interval?

      fileprivate func cell(_ text: (Double) -> String) -> Table.Cell {
        Table.Cell(text(value) + (interval.map { " (\(text($0.low)) to \(text($0.high)))" } ?? ""))
      }
    }

    var run: String
    /// The baseline's FLOPS over the run's; `nil` where it is not known what each of the run's queries costs.
    var fewerFLOPS: Ratio?
    /// The run's mean over the baseline's, a value for each measure.
    var measures: [Ratio?]
  }

  /// Every run's but the baseline's; `nil` without a baseline, and where it is not known what each of the baseline's queries
  /// costs.
  func ratios() -> [Ratios]? {
    guard let comparison, let base = evaluations.first(where: { $0.name == comparison.baseline }),
      let baseFLOPS = flops(of: base)
    else { return nil }
    let configuration = comparison.configuration
    let groups = configuration.unit == .conversation ? places?.groups(base.queries) : nil
    let bootstrap = Bootstrap(
      groups ?? QueryGroups(queryCount: base.queries.count), resamples: configuration.resamples,
      seed: configuration.seed)
    func ratio(_ values: [Double], over others: [Double]) -> Ratios.Ratio? {
      let ratio = values.reduce(0, +) / others.reduce(0, +)
      guard ratio.isFinite else { return nil }
      return .init(
        value: ratio, interval: bootstrap.ratioInterval(values, over: others, level: 1 - configuration.alpha))
    }
    return evaluations.filter { $0.name != base.name }.map { run in
      Ratios(
        run: run.name, fewerFLOPS: flops(of: run).flatMap { ratio(baseFLOPS, over: $0) },
        measures: zip(run.values, base.values).map { ratio($0, over: $1) })
    }
  }

  /// A row for each run: its queries' FLOPS as a part of the baseline's, and by which share the mean of each measure differs, with
  /// intervals; `nil` as of `ratios`.
  public func ratioTable() -> Table? {
    guard let comparison, let ratios = ratios() else { return nil }
    let configuration = comparison.configuration
    let level = FixedDecimal.level(alpha: configuration.alpha)
    var table = Table(
      title: "In proportion to \(comparison.baseline)",
      columns: [.label("run"), .figure("times fewer FLOPS")]
        + (evaluations.first?.measures ?? []).map { .figure($0.description) })
    table.rows = ratios.map { run in
      [Table.Cell(run.run), run.fewerFLOPS?.cell { FixedDecimal.text($0, digits: 2) } ?? ""]
        + run.measures.map { $0?.cell { FixedDecimal.signed(100 * ($0 - 1), digits: 1) + " %" } ?? "" }
    }
    table.notes = [
      "Of means over all queries; in brackets \(level) intervals, percentile bootstrap by \(configuration.unit.rawValue), "
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
