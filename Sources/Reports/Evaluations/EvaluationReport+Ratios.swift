import Diagnostics
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
    // The comparison drew as many resamples of the same units, so their number is in order.
    let bootstrap = try? Bootstrap(comparison.units, resamples: configuration.resamples, seed: configuration.seed)
    return evaluations.filter { $0.name != base.name }.map { run in
      var pairs = zip(run.values, base.values).map { (values: $0, others: $1) }
      let measureCount = pairs.count
      let known = flops(of: run)
      if let known { pairs.append((values: baseFLOPS, others: known)) }
      let intervals = bootstrap?.ratioIntervals(pairs, level: 1 - configuration.alpha)
      let ratios = pairs.indices.map { place -> Ratios.Ratio? in
        let ratio = pairs[place].values.reduce(0, +) / pairs[place].others.reduce(0, +)
        return ratio.isFinite ? Ratios.Ratio(value: ratio, interval: intervals?[place]) : nil
      }
      return Ratios(
        run: run.name, fewerFLOPS: known == nil ? nil : ratios[measureCount],
        measures: Array(ratios.prefix(measureCount)))
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
      "Of means over the \(FixedDecimal.counted(comparison.queries, "query", plural: "queries")) with a relevant passage, "
        + "FLOPS too; in brackets \(level) intervals, percentile bootstrap by \(configuration.unit.rawValue), "
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
