import Evaluation
import Identifiers

/// The table that a report begins with: means with marks, their intervals below them, and what a query costs.
struct ExperimentTable {
  private let figures: ExperimentReport.Figures
  private var report: EvaluationReport { figures.report }

  init(_ figures: ExperimentReport.Figures) { self.figures = figures }

  private var hasCosts: Bool { !report.costs.isEmpty }
  private var hasLatency: Bool {
    report.efforts.values.contains { $0.values.contains { $0.total != nil } }
  }

  /// What comes out, in a sentence.
  var summary: String {
    guard let first = report.evaluations.first, let measure = first.measures.first,
      let best = report.evaluations.max(by: { $0.means[0] < $1.means[0] })
    else { return "" }
    var text = "Best by \(measure): \(best.name), \(figure(best.means[0]))"
    if let comparison = report.comparison, best.name != comparison.baseline,
      let entry = comparison.entries.first(where: { $0.run == best.name && $0.measure == measure })
    {
      text += "; \(FixedDecimal.signed(entry.difference, digits: report.digits)) from \(comparison.baseline), "
      if entry.isSignificant, entry.mark == nil {
        text += "while the mean of the conversations' means differs significantly by "
        text += FixedDecimal.signed(entry.tested, digits: report.digits)
      } else {
        text += entry.isSignificant ? "a significant difference" : "no significant difference"
      }
      text += " (p \(FixedDecimal.relation(entry.adjusted)))"
    } else if report.comparison?.baseline == best.name, report.evaluations.count > 1 {
      text += "; no run is better than the baseline"
    }
    return "<p class=\"summary\">\(htmlEscaped(text)).</p>"
  }

  var html: String {
    guard let first = report.evaluations.first else { return "" }
    var heads = ["run"] + first.measures.map(\.description)
    if hasCosts { heads += ["L0", "FLOPS"] }
    if hasLatency { heads += ["ms p50", "ms p95"] }
    heads += figures.extra.map(\.header)
    let head = heads.enumerated().map { place, text in
      "<th scope=\"col\"\(place == 0 ? "" : " class=\"figure\"")>\(htmlEscaped(text))</th>"
    }
    var lines = ["<table class=\"figures main\">", "<thead><tr>\(head.joined())</tr></thead>", "<tbody>"]
    for run in report.evaluations.indices { lines.append(row(run)) }
    return (lines + ["</tbody>", "</table>", ""]).joined(separator: "\n")
  }

  /// What the marks mean and what the means are over.
  var notes: [String] {
    let table = figures.measuresTable()
    var texts = table.legend.map { "\($0.mark.sign(ascii: false)) \($0.meaning)" } + table.notes
    if report.intervals != nil { texts.append("Below a mean: its \(report.intervalLevel) interval.") }
    if hasLatency {
      texts.append("ms: of one query after the other, from words to ids.")
      texts += latencyNotes
    }
    return texts.map { "<p class=\"note\">\(htmlEscaped($0))</p>" }
  }

  private var latencyNotes: [String] {
    report.coverageNotes(of: "ms") { run in
      let timed = report.queries(of: run) { $0.total }
      return timed.isEmpty ? nil : timed
    }
  }

  private func row(_ run: Int) -> String {
    let evaluation = report.evaluations[run]
    let isBaseline = evaluation.name == report.comparison?.baseline
    var cells = ["<th scope=\"row\">\(htmlEscaped(evaluation.name))\(isBaseline ? hidden(", the baseline") : "")</th>"]
    for (place, mean) in evaluation.means.enumerated() { cells.append(cell(run, place, mean)) }
    func number(_ value: Double?, digits: Int) -> String {
      "<td class=\"figure\">\(value.map { FixedDecimal.text($0, digits: digits) } ?? "")</td>"
    }
    let summary = report.efforts[evaluation.name].flatMap { EffortSummary($0) }
    if hasCosts {
      let cost = report.costs[evaluation.name]
      cells += [number(cost?.meanLength, digits: 1), number(cost?.flops, digits: 2)]
    }
    if hasLatency { cells += [number(summary?.total?.p50, digits: 2), number(summary?.total?.p95, digits: 2)] }
    for extra in figures.extra { cells.append(number(extra.values[evaluation.name], digits: 3)) }
    return "<tr\(isBaseline ? " class=\"base\"" : "")>\(cells.joined())</tr>"
  }

  private func cell(_ run: Int, _ place: Int, _ mean: Double) -> String {
    let evaluation = report.evaluations[run]
    let text = figure(mean)
    let best = report.evaluations.map { $0.means[place] }.max().map(figure)
    var html = report.evaluations.count > 1 && text == best ? "<strong>\(text)</strong>" : text
    let entry = report.comparison?.entries.first {
      $0.run == evaluation.name && $0.measure == evaluation.measures[place]
    }
    if let mark = entry?.mark {
      let isBetter = mark == .better
      html +=
        "<sup class=\"\(isBetter ? "better" : "worse")\" aria-hidden=\"true\">\(isBetter ? "▲" : "▼")</sup>"
        + hidden(isBetter ? " significantly better" : " significantly worse")
    }
    if let interval = report.intervals?[run][place] {
      html += "<small>\(figure(interval.low)) to \(figure(interval.high))</small>"
    }
    return "<td class=\"figure\">\(html)</td>"
  }

  private func figure(_ value: Double) -> String { FixedDecimal.text(value, digits: report.digits) }

  private func hidden(_ text: String) -> String { "<span class=\"hidden\">\(text)</span>" }
}
