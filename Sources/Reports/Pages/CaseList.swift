/// Turns on which one system beats another, to be read: the conversation, what each searched for turn by turn, what each found.
struct CaseList {
  private let cases: ExperimentReport.Cases

  init(_ cases: ExperimentReport.Cases) { self.cases = cases }

  var html: String {
    let counts = cases.counts
    var lines = [
      "<p>\(htmlEscaped(cases.other)) against \(htmlEscaped(cases.baseline)) by \(htmlEscaped(cases.measure)): better on "
        + "\(FixedDecimal.counted(counts.better, "turn")), worse on \(FixedDecimal.grouped(counts.worse)), the same on "
        + "\(FixedDecimal.grouped(counts.same)).</p>",
      "<p class=\"note\">Passages on a coloured ground are among those shown of both. Of a query's terms the heaviest are shown; those with "
        + "a + were not in the query of the turn before.</p>",
    ]
    if (cases.wins + cases.losses).contains(where: { $0.seeds.baseline != nil || $0.seeds.other != nil }) {
      lines.append(
        "<p class=\"note\">Turns are chosen by the means over seeds; rankings and terms are of one seed.</p>")
    }
    for (title, list) in [("Most won", cases.wins), ("Most lost", cases.losses)] where !list.isEmpty {
      lines.append("<h3>\(title)</h3>")
      lines += list.map(entry)
    }
    return lines.joined(separator: "\n")
  }

  private func entry(_ entry: ExperimentReport.Case) -> String {
    let difference = FixedDecimal.signed(entry.difference, digits: 3)
    let kind = entry.difference >= 0 ? "better" : "worse"
    let isOfSeeds = entry.seeds.baseline != nil || entry.seeds.other != nil
    let values =
      value(cases.baseline, entry.values.baseline, entry.seeds.baseline) + (isOfSeeds ? "; " : ", ")
      + value(cases.other, entry.values.other, entry.seeds.other)
    let heading = entry.question.isEmpty ? entry.id : entry.question
    var lines = [
      "<details class=\"case\">",
      "<summary><span class=\"gain \(kind)\">\(difference)</span><span dir=\"auto\">\(htmlEscaped(heading))</span> "
        + "<span class=\"rbo\">\(htmlEscaped(entry.id)), turn \(entry.turn)</span></summary>",
      "<p class=\"note\">\(htmlEscaped(cases.measure)): \(htmlEscaped(values))</p>",
    ]
    if !entry.history.isEmpty { lines.append(PassageColumns.history(entry.history)) }
    if !entry.question.isEmpty {
      lines.append("<p class=\"asked\">user: <span dir=\"auto\">\(htmlEscaped(entry.question))</span></p>")
    }
    lines += entry.terms.filter { !$0.turns.isEmpty }.map(terms)
    lines.append(PassageColumns(columns: entry.columns).html)
    return (lines + ["</details>"]).joined(separator: "\n")
  }

  private func value(_ system: String, _ value: Double, _ seed: ExperimentReport.Case.Seed?) -> String {
    let text = "\(system) \(FixedDecimal.text(value, digits: 3))"
    guard let seed else { return text }
    return text + ", the mean of \(seed.count) seeds; this ranking is of seed \(seed.seed): "
      + FixedDecimal.text(seed.value, digits: 3)
  }

  private func terms(_ system: String, _ turns: [ExperimentReport.Case.Terms]) -> String {
    var lines = ["<div class=\"terms\"><b>What \(htmlEscaped(system)) searched for</b>", "<dl>"]
    for turn in turns {
      let shown = turn.terms.map { term in
        "<span class=\"term\(term.isNew ? " new" : "")\">\(term.isNew ? "+ " : "")<bdi>\(htmlEscaped(term.piece))</bdi> "
          + "<small>\(FixedDecimal.text(term.weight, digits: 1))</small></span>"
      }
      let rest = turn.count - turn.terms.count
      lines.append(
        "<dt>turn \(turn.turn)\(turn.question.isEmpty ? "" : ": <bdi>\(htmlEscaped(turn.question))</bdi>") "
          + "<span class=\"soft\">(\(FixedDecimal.counted(turn.count, "term")))</span></dt>")
      lines.append(
        "<dd>\(shown.joined(separator: "\n"))\(rest > 0 ? " <span class=\"soft\">and \(FixedDecimal.grouped(rest)) more</span>" : "")</dd>"
      )
    }
    return (lines + ["</dl>", "</div>"]).joined(separator: "\n")
  }

  private func terms(_ entry: (system: String, turns: [ExperimentReport.Case.Terms])) -> String {
    terms(entry.system, entry.turns)
  }
}
