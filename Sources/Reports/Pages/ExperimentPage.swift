/// An experiment in one HTML file: nothing fetched, no scripts, light or dark, to be printed, read aloud and walked by keyboard.
public struct ExperimentPage: Sendable {
  public var report: ExperimentReport

  public init(_ report: ExperimentReport) { self.report = report }

  /// The page, whole.
  public var html: String {
    var parts: [(id: String, title: String, html: String)] = []
    for (place, set) in report.sets.enumerated() {
      let suffix = report.sets.count > 1 ? ", \(set.name)" : ""
      let table = ExperimentTable(set)
      var lines = [table.summary, scroll(table.html, "Figures" + suffix)]
      lines += table.notes
      if let differences = set.report.comparisonTable() {
        lines.append(folded("Every difference, with its interval and p", scroll(differences.html(), "Differences")))
      }
      if let ratios = set.report.ratioTable() {
        lines.append(folded("In proportion to the baseline: FLOPS and measures", scroll(ratios.html(), "Proportions")))
      }
      if let efforts = set.report.effortTable() {
        lines.append(folded("What a query costs: postings, encoding, search", scroll(efforts.html(), "Costs")))
      }
      let turns = set.isPart ? [] : set.report.effortTurnTables()
      if !turns.isEmpty {
        let tables = turns.map { scroll($0.html(), $0.title ?? "Costs by turn") }
        lines.append(folded("What a query costs at each turn", tables.joined(separator: "\n")))
      }
      parts.append(("figures-\(place + 1)", "Figures" + suffix, lines.joined(separator: "\n")))
    }
    if !report.tables.isEmpty {
      parts.append(
        (
          "more", "What is missing",
          report.tables.map { scroll($0.html(), $0.title ?? "Table") }.joined(separator: "\n")
        ))
    }
    for (place, group) in report.chartGroups.enumerated() {
      let figures = group.charts.enumerated().map { number, chart in
        figure(chart, id: "c\(place + 1)-\(number + 1)")
      }
      parts.append(
        (
          "charts-\(place + 1)", group.title,
          "<p class=\"note\">\(htmlEscaped(group.note))</p>\n<div class=\"charts\">\n\(figures.joined(separator: "\n"))</div>"
        ))
    }
    if let cases = report.cases, !(cases.wins + cases.losses).isEmpty {
      parts.append(("cases", "Wins and losses", CaseList(cases).html))
    }
    parts.append(("again", "Again", again))
    var page = HTMLPage(
      title: report.title, lead: report.question ?? "",
      sections: [hypothesis]
        + parts.enumerated().map { place, part in
          """
          <section\(place == 0 ? " id=\"content\" tabindex=\"-1\"" : "")>
          <h2 id="\(part.id)">\(htmlEscaped(part.title))</h2>
          \(part.html)
          </section>
          """
        })
    page.sections.removeAll(where: \.isEmpty)
    page.contents = parts.map { ($0.id, $0.title) }
    page.style = SeriesStyle.style + "\n" + Self.style
    return page.text
  }

  private var hypothesis: String {
    report.hypothesis.map { "<p class=\"hypothesis\">\(htmlEscaped($0))</p>" } ?? ""
  }

  /// A wide table scrolls by itself, by keyboard too.
  private func scroll(_ html: String, _ name: String) -> String {
    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(htmlEscaped(name))\">\n\(html)</div>"
  }

  private func folded(_ summary: String, _ html: String) -> String {
    "<details>\n<summary>\(htmlEscaped(summary))</summary>\n\(html)\n</details>"
  }

  private func figure(_ chart: Chart, id: String) -> String {
    """
    <figure>
    <figcaption>\(htmlEscaped(chart.title))</figcaption>
    <div class="on-wide">\(chart.element(.init(width: 600, height: 360), id: id))</div>
    <div class="on-narrow">\(chart.element(.narrow, id: id + "n"))</div>
    \(folded("The figures of this drawing", scroll(chart.table().html(), chart.title)))
    </figure>
    """
  }

  private var again: String {
    var lines: [String] = []
    if !report.commands.isEmpty {
      lines.append(
        "<p>The same again:</p>\n<pre tabindex=\"0\">\(htmlEscaped(report.commands.joined(separator: "\n")))</pre>")
    }
    for (name, text) in report.recipes {
      lines.append(folded("The recipe of \(name)", "<pre tabindex=\"0\">\(htmlEscaped(text))</pre>"))
    }
    if let data = report.data { lines.append(folded("The data that it rests on", scroll(data.html(), "Data"))) }
    if let makers = report.makers {
      lines.append(folded("The programs and machines that made it", scroll(makers.html(), "Programs and machines")))
    }
    if !report.program.isEmpty { lines.append("<p class=\"note\">Made by \(htmlEscaped(report.program)).</p>") }
    return lines.joined(separator: "\n")
  }

  private static let style = """
    .skip { position: absolute; left: -100vw; top: 0; padding: .5rem 1rem; background: var(--card); z-index: 1; }
    .skip:focus { left: 0; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: .75rem 0 0; }
    nav a { display: inline-block; padding: .25rem 0; }
    .lead { font-size: 1.1rem; margin: .25rem 0; max-width: 60rem; }
    .hypothesis { border-left: 3px solid var(--accent); padding-left: .8rem; max-width: 60rem; margin: .75rem 0; }
    .summary { max-width: 60rem; }
    table.figures tbody th { text-align: left; font-weight: 500; min-width: 7rem; max-width: 16rem; }
    table.figures thead th { vertical-align: bottom; white-space: nowrap; } table.figures tbody th, table.figures td { vertical-align: baseline; }
    table.main { width: 100%; } table.main small { display: block; color: var(--soft); white-space: nowrap; font-size: .75rem; }
    table.main td.figure { white-space: nowrap; }
    table.main thead th:first-child, table.main tbody th { position: sticky; left: 0; background: var(--page); }
    table.main tr.base th::after { content: " ◦"; } .better { color: var(--s2); } .worse { color: var(--s1); }
    .charts { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; margin-top: .75rem; }
    figure { margin: 0; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); padding: .75rem; }
    figcaption { font-weight: 600; margin-bottom: .5rem; } figure details { margin-top: .5rem; font-size: .9rem; }
    figure svg { display: block; width: 100%; height: auto; } .on-wide { display: none; max-width: 50rem; margin: 0 auto; }
    .on-narrow { max-width: 28rem; margin: 0 auto; } .scroll { position: relative; }
    @media (min-width: 40rem) { .on-wide { display: block; } .on-narrow { display: none; } }
    @media (min-width: 70rem) { .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
    details.case { border: 1px solid var(--line); border-radius: .5rem; background: var(--card); padding: .5rem .9rem;
      margin: .6rem 0; }
    .gain { font-variant-numeric: tabular-nums; font-weight: 600; margin-right: .4rem; white-space: nowrap; }
    .asked { font-weight: 600; margin: .5rem 0; overflow-wrap: anywhere; }
    .terms { margin: .75rem 0; } .terms dl { margin: .25rem 0; } .terms dt { font-size: .9rem; margin-top: .4rem;
      overflow-wrap: anywhere; } .terms dd { margin: .15rem 0 0; }
    .term { display: inline-block; border: 1px solid var(--line); border-radius: .3rem; padding: 0 .35rem; margin: .1rem .1rem 0 0;
      font-size: .85rem; } .term.new { border-color: var(--accent); background: var(--mark); } .term small { color: var(--soft); }
    .relevant { font-size: .75rem; font-weight: 600; color: var(--accent); border: 1px solid var(--accent);
      border-radius: .3rem; padding: 0 .3rem; white-space: nowrap; }
    pre { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; background: var(--card); padding: .75rem;
      font: .85rem/1.45 ui-monospace, monospace; }
    @media (max-width: 30rem) { main { padding: 1rem; } }
    @media print {
      :root { color-scheme: light; --text: #000; --soft: #444; --page: #fff; --card: #fff; --line: #bbb; --mark: #e6f4ea;
        --accent: #0b6e4f; --s0: #0072b2; --s1: #d55e00; --s2: #007f5f; --s3: #a8487f; --s4: #9a6b00; --s5: #6b4fc4;
        --s6: #4d4d4d; }
      html { font-size: 66%; } body { font-size: 1rem; } main { max-width: none; padding: 0; } nav, .skip { display: none; }
      .scroll, .history, pre { overflow: visible; max-height: none; } pre { white-space: pre-wrap; }
      details::details-content { content-visibility: visible; block-size: auto; }
      figure details { display: none; } .on-wide { display: block; } .on-narrow { display: none; }
      .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); } table.main thead th:first-child, table.main tbody th {
        position: static; }
      figure, details.case, tr { break-inside: avoid; } h2 { break-after: avoid; }
      table.figures th, table.figures td { padding: .2rem .5rem .2rem 0; }
    }
    """
}
