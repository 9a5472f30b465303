import Diagnostics
import Evaluation
import Foundation
import Identifiers
import Testing

@testable import Reports

@Suite("reports of experiments")
struct ExperimentPageTests {
  private static let hostile = "<img src=x onerror=alert(1)> & \"q\" 100% $x_1$"

  /// Two runs over twenty turns of ten conversations; names and texts try to be markup.
  private func report() throws -> ExperimentReport {
    let measures = [try Measure(parsing: "nDCG@3"), try Measure(parsing: "R@100")]
    let queries = (0..<20).map { ExternalID("c\($0 / 2)_\($0 % 2 + 1)") }.sorted()
    let first = Evaluation(
      name: "base", measures: measures, queries: queries,
      values: [queries.indices.map { 0.1 + 0.01 * Double($0) }, queries.map { _ in 0.5 }])
    let second = Evaluation(
      name: Self.hostile, measures: measures, queries: queries,
      values: [queries.indices.map { 0.5 + 0.01 * Double($0) }, queries.map { _ in 0.5 }])
    var places = ConversationPlaces()
    for (number, query) in queries.enumerated() {
      places.places[query] = .init(conversation: ExternalID("c\(number / 2)"), turn: number % 2 + 1)
    }
    var configuration = BaselineComparison.Configuration()
    configuration.unit = .conversation
    let groups = places.groups(queries)
    var figures = EvaluationReport(evaluations: [first, second])
    figures.places = places
    try figures.addIntervals(by: configuration, groups: groups)
    figures.comparison = try BaselineComparison([second], with: first, groups: groups, configuration: configuration)
    for (run, terms) in [("base", 10.0), (Self.hostile, 20)] {
      figures.efforts[run] = Dictionary(
        uniqueKeysWithValues: queries.map {
          ($0, QueryEffort(terms: terms, flops: terms / 10, postings: 5, encoding: terms, searching: 1))
        })
      figures.costs[run] = figures.efforts[run].flatMap { EffortSummary($0) }.flatMap { QueryCost($0) }
    }
    var report = ExperimentReport(
      title: Self.hostile, question: Self.hostile, hypothesis: Self.hostile,
      sets: [.init(name: "set", report: figures, extra: [.divergence(["base": 1.5])])])
    report.training = [
      .init(
        title: "loss", figure: "loss", series: [.init(name: "base", points: [.init(x: 1, y: 2), .init(x: 2, y: 1)])])
    ]
    let column = ComparisonPage.Column(
      system: Self.hostile,
      passages: [.init(id: Self.hostile, title: Self.hostile, excerpt: Self.hostile, isShared: true, isRelevant: true)])
    let entry = ExperimentReport.Case(
      id: Self.hostile, turn: 2, question: Self.hostile, history: [("user", Self.hostile)], values: (0.1, 0.5),
      columns: [column, column],
      terms: [
        (
          "base",
          [.init(turn: 1, question: Self.hostile, terms: [(Self.hostile, 1.5, true)], count: 30)]
        )
      ])
    report.cases = .init(
      baseline: "base", other: Self.hostile, measure: "nDCG@3", counts: (12, 0, 0), wins: [entry], losses: [])
    report.commands = ["parlance report '\(Self.hostile)'"]
    report.recipes = [(Self.hostile, Self.hostile)]
    report.data = Table(columns: [.label("file")], rows: [[Table.Cell(Self.hostile)]])
    return report
  }

  @Test("the page fetches nothing, runs nothing, and what came from outside is text")
  func safety() throws {
    let html = ExperimentPage(try report()).html
    #expect(html.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""))
    #expect(!html.contains("<img") && !html.contains("<script"))
    for outside in ["http:", "https:", "url(", "@import", " src=", "<link", "javascript:", " style=", " onclick"] {
      #expect(!html.replacing("&lt;img src=x", with: "").contains(outside), "\(outside)")
    }
  }

  @Test(
    "every id is there once, every link of the contents leads somewhere, every table has heads for columns and rows")
  func structure() throws {
    let html = ExperimentPage(try report()).html
    let ids = html.matches(of: #/ id="([^"]+)"/#).map { String($0.output.1) }
    #expect(Set(ids).count == ids.count)
    for link in html.matches(of: #/href="#([^"]+)"/#) { #expect(ids.contains(String(link.output.1))) }
    for label in html.matches(of: #/aria-labelledby="([^"]+)"/#) {
      for id in label.output.1.split(separator: " ") { #expect(ids.contains(String(id))) }
    }
    #expect(html.contains("<th scope=\"row\">base<span class=\"hidden\">, the baseline</span>"))
    // What scrolls can be reached by keyboard and has a name.
    #expect(
      html.matches(of: #/class="scroll"/#).count
        == html.matches(of: #/class="scroll" tabindex="0" role="region" aria-label="/#).count)
    for part in ["Figures", "Effectiveness against cost", "By turn depth", "Training", "Wins and losses", "Again"] {
      #expect(html.contains(">\(part)</h2>"), "\(part)")
    }
    #expect(html.contains("significantly better") && html.contains("class=\"relevant\">relevant<"))
    #expect(html.contains("and 29 more"))
  }

  @Test("what each turn depth costs is on the page as it is in Markdown, folded")
  func costsByTurn() throws {
    let report = try report()
    let html = ExperimentPage(report).html
    let tables = report.sets[0].report.effortTurnTables()
    #expect(tables.count == 2 && tables[0].columns.contains { $0.header == "encode p95" })
    for table in tables {
      #expect(html.contains(table.html()) && report.markdown.contains(table.markdown()), "\(table.title ?? "")")
    }
    #expect(html.contains("<summary>What a query costs at each turn</summary>"))
    #expect(html.contains("Means over the turns of each depth that at least 5 turns have."))
  }

  @Test("notes on a set's figures stand below their table on the page and in Markdown")
  func notes() throws {
    var report = try report()
    report.sets[0].notes = ["3 of 20 turns <are> odd."]
    #expect(ExperimentPage(report).html.contains("<p class=\"note\">3 of 20 turns &lt;are&gt; odd.</p>"))
    #expect(report.markdown.contains("3 of 20 turns"))
  }

  /// Those of CSV.
  private func lines(_ report: ExperimentReport) -> [String] {
    var lines: [String] = []
    report.csv { lines.append($0) }
    return lines
  }

  @Test("texts of whichever direction leave what stands around them in its place")
  func directions() throws {
    let html = ExperimentPage(try report()).html
    let text = htmlEscaped(Self.hostile)
    for part in [
      "</span><span dir=\"auto\">\(text)</span> <span class=\"rbo\">", "user: <span dir=\"auto\">\(text)</span>",
      "<dt>turn 1: <bdi>\(text)</bdi> ", "+ <bdi>\(text)</bdi> <small>",
    ] {
      #expect(html.contains(part), "\(part)")
    }
  }

  @Test("a bar is one in LaTeX too, and text beyond ASCII asks for an engine that knows it")
  func latexCharacters() throws {
    #expect(Table.latexEscaped("a|b") == "a\\textbar{}b")
    var report = try report()
    #expect(report.latex.hasPrefix("% \\usepackage{booktabs,amssymb}\n"))
    report.title = "日本語"
    #expect(report.latex.hasPrefix("% \\usepackage{booktabs,amssymb}; not all is ASCII: lualatex or xelatex\n"))
  }

  @Test("LaTeX, Markdown and CSV keep what they would take for markup as text")
  func others() throws {
    let report = try report()
    #expect(report.latex.contains("\\& \"q\" 100\\% \\$x\\_1\\$"), "\(report.latex)")
    #expect(report.latex.contains("\\toprule") && report.latex.contains("$\\blacktriangle$"))
    #expect(report.markdown.contains("\\<img src=x") && report.markdown.contains("Cost of a query"))
    let lines = lines(report)
    #expect(lines.count == 1 + 2 * 20 * 7)
    #expect(lines[0] == "set,run,query,conversation,turn,measure,value")
    #expect(
      lines.contains {
        $0.hasPrefix("set,\"<img src=x onerror=alert(1)> & \"\"q\"\" 100% $x_1$\",c0_1,c0,1,nDCG@3,0.5")
      })
    #expect(report.charts.count >= 7)
  }

  @Test("a plain report of one run has its figures and nothing else")
  func plain() throws {
    let measures = [try Measure(parsing: "RR")]
    let evaluation = Evaluation(name: "one", measures: measures, queries: [ExternalID("q")], values: [[0.5]])
    let report = ExperimentReport(
      title: "one", sets: [.init(name: "runs", report: EvaluationReport(evaluations: [evaluation]))])
    let html = ExperimentPage(report).html
    #expect(html.contains("0.500") && !html.contains("<svg") && report.charts.isEmpty)
  }

  @Test("in LaTeX no row that begins with a bracket or a star is read as a part of the one before")
  func latexRows() {
    var table = Table(columns: [.label("[run]"), .figure("RR")])
    table.rows = [["[b]", .figure(0.5)], ["*", .figure(0.25)], ["c [d]", .figure(0)]]
    table.rows[1][0].isBest = true
    let lines = table.latex().split(separator: "\n")
    let rows = lines.filter { $0.hasSuffix(#" \\"#) }
    #expect(
      rows == [
        #"{}[run] & RR \\"#, #"{}[b] & 0.500 \\"#, #"\textbf{*} & 0.250 \\"#, #"c [d] & 0.000 \\"#,
      ], "\(lines)")
  }

  @Test("a table with many columns is set smaller in LaTeX, one with few is not")
  func latexWide() {
    for (count, isSmall) in [(8, false), (9, true)] {
      let table = Table(columns: (0..<count).map { .figure("\($0)") })
      #expect(table.latex().contains("\\scriptsize\\setlength{\\tabcolsep}{3pt}\n\\begin{tabular}") == isSmall)
    }
  }

  @Test("what made the runs is on the page and in Markdown")
  func makers() throws {
    var report = try report()
    report.makers = Table(columns: [.label("made by"), .label("3 runs")])
    report.makers?.rows = [["processor", "<b>"]]
    #expect(ExperimentPage(report).html.contains("<td>&lt;b&gt;</td>"))
    #expect(report.markdown.contains("| made by | 3 runs |"))
  }

  @Test("the table in proportion to the baseline and its JSON are the same figures")
  func ratios() throws {
    let report = try report().sets[0].report
    let ratios = try #require(report.ratios())
    let table = try #require(report.ratioTable())
    #expect(ratios.count == 1 && ratios[0].measures.count == report.evaluations[0].measures.count)
    let json = report.json(perQuery: false).text
    let value = try #require(ratios[0].measures[0]?.value)
    #expect(abs(value - report.evaluations[1].means[0] / report.evaluations[0].means[0]) < 1e-12)
    let percent = FixedDecimal.signed(100 * (value - 1), digits: 1) + " % ("
    #expect(table.rows[0][2].text.hasPrefix(percent), "\(table.rows[0])")
    #expect(json.contains("\"ratios\"") && json.contains("\"fewerFLOPS\""), "\(json)")
    // The units are the comparison's, whether a breakdown by turn was asked for or not.
    var unplaced = report
    unplaced.places = nil
    #expect(unplaced.ratios()?[0].measures[0]?.interval == ratios[0].measures[0]?.interval)
    #expect(
      table.notes[0].hasPrefix("Of means over the 20 queries with a relevant passage, FLOPS too;"), "\(table.notes)")
    var alone = report
    alone.comparison = nil
    #expect(alone.ratios() == nil && alone.ratioTable() == nil && !alone.json(perQuery: false).text.contains("ratios"))
  }

  @Test("without some turns and conversations the figures are those of the others, with tests and costs of their own")
  func part() throws {
    var whole = try report().sets[0].report
    let graded = try Measure(parsing: "R(rel=2)@5")
    whole.unreachable[graded] = [ExternalID("c0_1"), ExternalID("c9_2"), ExternalID("c5_1")]
    whole.efforts["base"]?[ExternalID("c0_1")]?.terms = 1000
    whole.efforts["base"]?[ExternalID("elsewhere")] = QueryEffort(terms: 28, flops: 1, postings: 5)
    var configuration = BaselineComparison.Configuration()
    configuration.unit = .conversation
    let ids: Set = [ExternalID("c0_1"), ExternalID("c9"), ExternalID("none")]
    let part = try #require(try whole.leavingOut(ids, configuration: configuration))
    let queries = part.evaluations[0].queries
    #expect(queries.count == 17 && !queries.contains(ExternalID("c0_1")) && queries.contains(ExternalID("c0_2")))
    #expect(!queries.contains(ExternalID("c9_1")) && !queries.contains(ExternalID("c9_2")))
    #expect(part.evaluations[1].queries == queries)
    // c0_2 has the second value, c9 the last two.
    #expect(abs(part.evaluations[0].means[0] - (0.1 + 0.01 * Double((1...17).reduce(0, +)) / 17)) < 1e-12)
    #expect(part.comparison?.queries == 17 && part.comparison?.conversations == 9)
    #expect(part.intervals?[0][0] != whole.intervals?[0][0])
    #expect(part.costs["base"]?.meanLength == (17 * 10 + 28) / 18.0)
    #expect(part.unreachable[graded] == [ExternalID("c5_1")])

    #expect(try whole.leavingOut([ExternalID("none")], configuration: configuration) == nil)
    let one = try whole.leavingOut(Set((1...9).map { ExternalID("c\($0)") }), configuration: configuration)
    #expect(one?.evaluations[0].queries.count == 2 && one?.comparison == nil)
    let all = Set((0...9).map { ExternalID("c\($0)") })
    #expect(throws: ParlanceError.self) { try whole.leavingOut(all, configuration: configuration) }
    #expect(whole.isEmpty(without: all) && !whole.isEmpty(without: ids) && !whole.isEmpty(without: []))

    var report = try report()
    report.sets.append(.init(name: "a part", report: part, isPart: true))
    let html = ExperimentPage(report).html
    #expect(html.contains("Figures, a part") && !html.contains("By turn depth, a part"))
    #expect(report.markdown.contains("a part") && report.latex.contains("a part"))
    #expect(!lines(report).joined().contains("a part"))
  }
}
