import Evaluation
import Identifiers
import Testing

@testable import Reports

@Suite("reports of evaluations")
struct EvaluationReportTests {
  private let measures: [Measure]

  init() throws { measures = [try Measure(parsing: "RR")] }

  private func evaluation(_ name: String, _ values: [ExternalID: Double]) -> Evaluation {
    let queries = values.keys.sorted()
    return Evaluation(name: name, measures: measures, queries: queries, values: [queries.map { values[$0] ?? 0 }])
  }

  /// Over as many queries in one conversation each, which all have the same value.
  private func evaluation(_ name: String, _ value: Double, _ count: Int) -> Evaluation {
    let queries = (0..<count).map { ExternalID("q\($0)") }
    return evaluation(name, Dictionary(uniqueKeysWithValues: queries.map { ($0, value) }))
  }

  @Test("no mark stands beside a mean whose difference has another sign than the one that was tested, and that is told")
  func contradiction() throws {
    // Twenty conversations of a turn that is won, and one of sixty turns that are lost.
    let queries = (10..<90).map { ExternalID("q\($0)") }
    let gains = (0..<80).map { $0 < 20 ? 0.1 + 0.001 * Double($0) : -0.1 }
    let base = Evaluation(name: "base", measures: measures, queries: queries, values: [gains.map { _ in 0.5 }])
    let run = Evaluation(name: "run", measures: measures, queries: queries, values: [gains.map { 0.5 + $0 }])
    let groups = QueryGroups(
      queries: queries,
      conversation: Dictionary(
        uniqueKeysWithValues: queries.enumerated().map { ($0.element, ExternalID("c\(min($0.offset, 20))")) }))
    var configuration = BaselineComparison.Configuration()
    (configuration.test, configuration.unit, configuration.permutations) = (.tTest, .conversation, 99)
    var report = EvaluationReport(evaluations: [base, run])
    report.comparison = try BaselineComparison([run], with: base, groups: groups, configuration: configuration)
    let table = report.measuresTable()
    #expect(table.rows[1].map(\.mark) == [nil, nil])
    #expect(table.legend.map(\.mark) == [.baseline])
    let told = "run, RR: without a mark, as the mean of the conversations' means differs significantly, by +0.100, but "
    #expect(table.notes.contains { $0.hasPrefix(told + "the mean over queries by -0.048") }, "\(table.notes)")
    let differences = try #require(report.comparisonTable())
    let column = try #require(differences.columns.firstIndex { $0.header == "by conversation" })
    #expect(differences.rows[0][column].text == "+0.100" && differences.rows[0][2].text == "-0.048")
    #expect(differences.rows[0].allSatisfy { $0.mark == nil })
    #expect(report.json(perQuery: false).text.contains("\"tested\""))
    let html = ExperimentPage(ExperimentReport(title: "t", sets: [.init(name: "s", report: report)])).html
    #expect(!html.contains("significantly worse") && !html.contains("significantly better"))

    // By the other test both are one number.
    configuration.test = .randomisation
    report.comparison = try BaselineComparison([run], with: base, groups: groups, configuration: configuration)
    #expect(report.comparisonTable()?.columns.contains { $0.header == "by conversation" } == false)
  }

  @Test("costs of some of the queries, or of others as well, say so in every form")
  func coverage() throws {
    let names = ["a", "b", "c", "d"]
    var report = EvaluationReport(evaluations: names.map { evaluation($0, 0.5, 4) })
    for (name, known) in zip(names, [[0, 1, 2, 3], [0], [0], [0, 1, 2, 3, 9]]) {
      report.efforts[name] = Dictionary(
        uniqueKeysWithValues: known.map {
          (ExternalID("q\($0)"), QueryEffort(terms: 2, flops: 1, postings: 3, encoding: 1, searching: 1))
        })
      report.costs[name] = report.efforts[name].flatMap { EffortSummary($0) }.flatMap { QueryCost($0) }
    }
    let some = "L0 and FLOPS of b, c: of 1 of the 4 queries."
    let more = "L0 and FLOPS of d: of 5 queries, all that the means are over among them."
    #expect(Array(report.measuresTable().notes.suffix(2)) == [some, more])
    let whole = ExperimentReport(title: "t", sets: [.init(name: "s", report: report)])
    let html = ExperimentPage(whole).html
    for text in [html, whole.markdown, whole.latex] { #expect(text.contains(some) && text.contains(more)) }
    #expect(html.contains("ms of b, c: of 1 of the 4 queries.") && html.contains("ms of d: of 5 queries, all"))
    let less = " (costs of 1 of 4 queries)"
    #expect(whole.charts[0].series.map(\.name) == ["a", "b" + less, "c" + less, "d"])
    let json = report.json(perQuery: false).text.replacing(#/\s+/#, with: " ")
    for part in ["\"queries\": 1, \"counted\": 1", "\"queries\": 5, \"counted\": 4"] {
      #expect(json.contains(part), "\(json)")
    }

    // Those of L0 and FLOPS are told apart from those that were timed.
    report.costQueries["b"] = [ExternalID("q0"), ExternalID("q1")]
    #expect(report.measuresTable().notes.contains("L0 and FLOPS of b: of 2 of the 4 queries."))
    report.costs = [:]
    #expect(!report.measuresTable().notes.contains { $0.contains("L0") })
  }

  @Test("a depth of few turns has no best run, and the drawing's table has how many turns a point is of")
  func fewTurns() throws {
    var first: [ExternalID: Double] = [:]
    var second: [ExternalID: Double] = [:]
    var report = EvaluationReport(evaluations: [])
    var places = ConversationPlaces()
    for (turn, count) in [(1, 7), (2, 5), (3, 4)] {
      for number in 0..<count {
        let query = ExternalID("c\(number)_\(turn)")
        first[query] = 0.5
        second[query] = 0.75
        places.places[query] = .init(conversation: ExternalID("c\(number)"), turn: turn)
      }
    }
    report.evaluations = [evaluation("one", first), evaluation("two", second)]
    report.places = places
    // One turn of the second run has no cost.
    for (name, left) in [("one", 7), ("two", 6)] {
      let known = first.keys.filter { $0 != ExternalID("c6_1") || left == 7 }
      report.efforts[name] = Dictionary(uniqueKeysWithValues: known.map { ($0, QueryEffort(terms: 3)) })
    }
    let table = report.turnTables()[0]
    #expect(table.rows.map { $0[1].text } == ["7", "5", "4"])
    #expect(table.rows.map { $0[3].isBest } == [true, true, false])
    let charts = ExperimentReport(title: "t", sets: [.init(name: "s", report: report)]).charts
    #expect(charts.map(\.title) == ["RR by turn", "terms of a query (L0) by turn"])
    for (chart, queries) in zip(charts, [["7", "5"], ["6 to 7", "5"]]) {
      #expect(chart.table().columns.prefix(2).map(\.header) == ["turn", "queries"])
      #expect(chart.table().rows.map { $0[1].text } == queries, "\(chart.title)")
    }
  }

  @Test("tables and drawings of several sets name theirs, in Markdown, LaTeX and SVG")
  func sets() throws {
    var figures = EvaluationReport(evaluations: [evaluation("one", 0.5, 6), evaluation("two", 0.75, 6)])
    for name in ["one", "two"] {
      figures.efforts[name] = Dictionary(
        uniqueKeysWithValues: figures.evaluations[0].queries.map {
          ($0, QueryEffort(terms: 2, flops: name == "one" ? 1 : 2, postings: 3))
        })
    }
    let configuration = BaselineComparison.Configuration()
    try figures.addIntervals(by: configuration, groups: nil)
    figures.comparison = try BaselineComparison(
      [figures.evaluations[1]], with: figures.evaluations[0], groups: nil, configuration: configuration)
    let note = "D_KL: the divergence of the student from its teacher"
    let named = ["mtrag", "cast"].map { name in
      ExperimentReport.Figures(name: name, report: figures, extra: [.divergence(["one": 0.5])])
    }
    let one = ExperimentReport(title: "t", sets: [named[0]])
    let both = ExperimentReport(title: "t", sets: named)
    for text in [ExperimentPage(one).html, one.markdown, one.latex] {
      #expect(text.replacing("\\_", with: "_").contains(note))
      #expect(!text.contains("mtrag"))
    }
    for set in ["mtrag", "cast"] {
      for table in ["Differences from one, ", "In proportion to one, ", "Cost of a query, ", "10,000 resamples, "] {
        #expect(both.markdown.contains(table + set) && both.latex.contains(table + set), "\(table)\(set)")
      }
    }
    let captions = both.latex.matches(of: #/caption\{([^}]*)\}/#).map { String($0.output.1) }
    #expect(captions.count == 10 && Set(captions).count == captions.count, "\(captions)")
    #expect(both.charts.map(\.title) == ["RR against FLOPS, mtrag", "RR against FLOPS, cast"])
    #expect(one.charts.map(\.title) == ["RR against FLOPS"])
  }
}
