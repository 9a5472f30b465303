import Evaluation
import Identifiers

extension ExperimentReport.Figures {
  /// The table of measures with the further columns and notes.
  package func measuresTable(title: String? = nil) -> Table {
    var table = report.measuresTable(title: title)
    for column in extra {
      table.columns.append(.figure(column.header))
      for (row, run) in report.evaluations.enumerated() {
        table.rows[row].append(column.values[run.name].map { .figure($0, digits: 3) } ?? "")
      }
      table.notes.append(column.note)
    }
    table.notes += notes
    return table
  }
}

extension ExperimentReport {
  /// The tables of figures: means with marks, intervals, differences, costs.
  func tables(of set: Figures) -> [Table] {
    let name = told(set)
    let table = set.measuresTable(title: name.map { "\(title): \($0)" } ?? title)
    let report = set.report
    let others = [report.intervalTable(), report.comparisonTable(), report.ratioTable(), report.effortTable()]
    return [table] + others.compactMap(\.self).map { $0.titled(of: name) }
  }

  /// What a table's title says of the set that it is of: nothing where there is but one.
  private func told(_ set: Figures) -> String? { sets.count > 1 ? set.name : nil }

  /// The report in Markdown: tables by turn, too, and no drawings.
  public var markdown: String {
    var parts = ["# \(Table.markdownEscaped(title))\n"]
    for text in [question, hypothesis].compactMap(\.self) { parts.append(Table.markdownEscaped(text) + "\n") }
    for set in sets {
      parts += tables(of: set).map { $0.markdown() }
      if set.isPart { continue }
      let byTurn = set.report.turnTables() + set.report.effortTurnTables()
      parts += byTurn.map { $0.titled(of: told(set)).markdown() }
    }
    parts += tables.map { $0.markdown() }
    if !commands.isEmpty { parts.append("## Again\n\n" + commands.map { "    \($0)\n" }.joined()) }
    parts += [data, makers].compactMap { $0?.markdown() }
    return parts.joined(separator: "\n")
  }

  /// The tables of figures for LaTeX; `\usepackage{booktabs,amssymb}`, and an engine that knows all characters where not all are
  /// ASCII.
  public var latex: String {
    var parts: [String] = []
    for (place, set) in sets.enumerated() {
      for (number, table) in tables(of: set).enumerated() {
        parts.append(table.latex(label: "tab:\(place + 1)-\(number + 1)"))
      }
    }
    let isASCII = parts.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
    let head = "% \\usepackage{booktabs,amssymb}" + (isASCII ? "" : "; not all is ASCII: lualatex or xelatex")
    return ([head + "\n"] + parts).joined(separator: "\n")
  }

  /// A line for each value of each turn in each run, costs among the measures: CSV (RFC 4180), one line at a time, since of large
  /// sweeps there are millions.
  ///
  /// - Parameter write: takes a line without its end, which is CR and LF.
  public func csv<Failure: Error>(_ write: (String) throws(Failure) -> Void) throws(Failure) {
    try write("set,run,query,conversation,turn,measure,value")
    for set in sets where !set.isPart {
      for evaluation in set.report.evaluations {
        let efforts = set.report.efforts[evaluation.name] ?? [:]
        for (position, query) in evaluation.queries.enumerated() {
          let place = set.report.places?.places[query]
          let head = [
            set.name, evaluation.name, query.string, place?.conversation.string ?? "",
            place.map { "\($0.turn)" } ?? "",
          ].map(Self.csvQuoted).joined(separator: ",")
          for (measure, values) in zip(evaluation.measures, evaluation.values) {
            try write("\(head),\(Self.csvQuoted(measure.description)),\(values[position])")
          }
          guard let effort = efforts[query] else { continue }
          let costs: [(String, Double?)] = [
            ("L0", effort.terms), ("FLOPS", effort.flops), ("postings", effort.postings),
            ("encode_ms", effort.encoding), ("search_ms", effort.searching),
          ]
          for case (let name, let value?) in costs { try write("\(head),\(name),\(value)") }
        }
      }
    }
  }

  private static func csvQuoted(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy { $0 != "," && $0 != "\"" && $0 != "\n" && $0 != "\r" }
    if isPlain { return text }
    var quoted = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { quoted.append(contentsOf: scalar == "\"" ? [scalar, scalar] : [scalar]) }
    return "\"\(String(quoted))\""
  }
}
