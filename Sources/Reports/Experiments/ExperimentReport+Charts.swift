import Evaluation
import Identifiers

extension ExperimentReport {
  /// A group of drawings under one heading.
  public struct ChartGroup: Sendable {
    public var title: String
    public var note: String
    public var charts: [Chart]
  }

  /// Every drawing of the report.
  public var charts: [Chart] { chartGroups.flatMap(\.charts) }

  var chartGroups: [ChartGroup] {
    let drawn = sets.filter { !$0.isPart }
    return drawn.flatMap { set in
      let suffix = sets.count > 1 ? ", \(set.name)" : ""
      // A drawing in a file of its own has no heading above it that names the set.
      let name = drawn.count > 1 ? set.name : nil
      return [
        ChartGroup(
          title: "Effectiveness against cost" + suffix,
          note:
            "Up is better, left is cheaper. The dashed line joins the runs that no other beats at less or equal cost"
            + (set.report.intervals == nil ? "." : "; whiskers are \(set.report.intervalLevel) intervals of the mean."),
          charts: set.pareto.map { $0.titled(of: name) }),
        ChartGroup(title: "By turn depth" + suffix, note: set.turnNote, charts: set.byTurn.map { $0.titled(of: name) }),
      ]
    }.filter { !$0.charts.isEmpty } + trainingGroups
  }

  private var trainingGroups: [ChartGroup] {
    let charts = training.map { figure in
      Chart(
        title: figure.title, kind: .lines(isWhole: false), x: "step", y: figure.figure,
        series: Array(figure.series.prefix(Self.mostLines)))
    }.filter { !$0.isEmpty }
    guard !charts.isEmpty else { return [] }
    return [
      ChartGroup(
        title: "Training", note: "The first seed and fold of each; means over a few steps where there are many.",
        charts: charts)
    ]
  }
}

extension ExperimentReport.Figures {
  private var summaries: [String: EffortSummary] {
    report.efforts.compactMapValues { EffortSummary($0) }
  }

  /// The first measure and the last one, which as a rule look at the top and at recall.
  private var shownMeasures: [Int] {
    guard let first = report.evaluations.first else { return [] }
    return first.measures.count > 1 ? [0, first.measures.count - 1] : Array(first.measures.indices)
  }

  var pareto: [Chart] {
    let summaries = summaries
    let costs: [(name: String, value: (EffortSummary) -> Double?, known: (QueryEffort) -> Double?)] = [
      ("FLOPS", \.flops, \.flops), ("milliseconds a query, p50", { $0.total?.p50 }, \.total),
    ]
    return costs.flatMap { cost in
      shownMeasures.map { measure in
        let name = report.evaluations[0].measures[measure].description
        let series = report.evaluations.enumerated().map { run, evaluation in
          let across = summaries[evaluation.name].flatMap(cost.value)
          let interval = report.intervals?[run][measure].map { $0.low...$0.high }
          return Chart.Series(
            name: report.costLabel(evaluation, report.queries(of: evaluation.name, with: cost.known)),
            points: across.map { [.init(x: $0, y: evaluation.means[measure], interval: interval)] } ?? [])
        }.filter { !$0.points.isEmpty }
        var chart = Chart(
          title: "\(name) against \(cost.name)", kind: .points, x: cost.name, y: name, series: series)
        if report.intervals != nil { chart.intervalLevel = report.intervalLevel }
        return chart
      }.filter { $0.series.count > 1 }
    }
  }

  /// The baseline and the runs that are best by the first measure.
  var lines: [Int] {
    let order = report.evaluations.indices.sorted { left, right in
      let baseline = { (run: Int) in report.evaluations[run].name == report.comparison?.baseline ? 0 : 1 }
      return (baseline(left), -(report.evaluations[left].means.first ?? 0), left)
        < (baseline(right), -(report.evaluations[right].means.first ?? 0), right)
    }
    return order.prefix(ExperimentReport.mostLines).sorted()
  }

  /// Depths with enough queries to say something.
  private var depths: [Int] {
    guard let places = report.places, let first = report.evaluations.first else { return [] }
    return first.byTurn(places).filter { $0.evaluation.queries.count >= EvaluationReport.fewestQueries }.map(\.turn)
  }

  var turnNote: String {
    let left = report.evaluations.count - lines.count
    return "Means over the turns of each depth that at least \(EvaluationReport.fewestQueries) turns have."
      + (left > 0
        ? " The baseline and the best by \(report.evaluations[0].measures[0]); \(left) more are in the tables." : "")
  }

  var byTurn: [Chart] {
    guard let places = report.places, depths.count > 1 else { return [] }
    let depths = Set(depths)
    var charts = shownMeasures.map { measure in
      let name = report.evaluations[0].measures[measure].description
      let series = lines.map { run in
        Chart.Series(
          name: report.evaluations[run].name,
          points: report.evaluations[run].byTurn(places).filter { depths.contains($0.turn) }.map {
            .init(x: Double($0.turn), y: $0.evaluation.means[measure], queries: $0.evaluation.queries.count)
          })
      }
      return Chart(title: "\(name) by turn", kind: .lines(isWhole: true), x: "turn", y: name, series: series)
    }
    let costs: [(name: String, value: (EffortSummary) -> Double?, known: (QueryEffort) -> Double?)] = [
      ("terms of a query (L0)", { $0.terms }, { $0.terms }), ("FLOPS", \.flops, \.flops),
      ("milliseconds a query, p50", { $0.total?.p50 }, \.total),
    ]
    for cost in costs {
      let series: [Chart.Series] = lines.compactMap { run in
        let evaluation = report.evaluations[run]
        let known = report.queries(of: evaluation.name, with: cost.known)
        let efforts = (report.efforts[evaluation.name] ?? [:]).filter { known.contains($0.key) }
        let points = EffortSummary.byTurn(efforts, places: places).filter { depths.contains($0.turn) }.compactMap {
          turn, summary in
          cost.value(summary).map { Chart.Point(x: Double(turn), y: $0, queries: summary.queries) }
        }
        return points.isEmpty ? nil : Chart.Series(name: report.costLabel(evaluation, known), points: points)
      }
      guard !series.isEmpty else { continue }
      charts.append(
        Chart(
          title: "\(cost.name) by turn", kind: .lines(isWhole: true), x: "turn", y: cost.name, series: series,
          fromZero: true))
    }
    return charts
  }
}
