extension Table {
  /// More columns than these are set smaller and closer, to stay on the page.
  private static let mostColumns = 8

  /// The table for LaTeX with the package booktabs: best figures bold, marks raised, legend and notes below.
  public func latex(label: String? = nil) -> String {
    let alignments = columns.map { $0.alignment == .left ? "l" : "r" }.joined()
    var lines = ["\\begin{table}", "\\centering"]
    if let title { lines.append("\\caption{\(Self.latexEscaped(title))}") }
    if let label { lines.append("\\label{\(label)}") }
    if columns.count > Self.mostColumns { lines.append("\\scriptsize\\setlength{\\tabcolsep}{3pt}") }
    lines += ["\\begin{tabular}{\(alignments)}", "\\toprule"]
    lines.append(Self.latexRow(columns.map { Self.latexEscaped($0.header) }))
    lines.append("\\midrule")
    for row in rows.indices {
      let cells = columns.indices.map { column in
        let cell = cell(row, column)
        let text = Self.latexEscaped(cell.text)
        let mark = cell.mark.map { "\\textsuperscript{\(Self.latexSign($0))}" } ?? ""
        return (cell.isBest ? "\\textbf{\(text)}" : text) + mark
      }
      lines.append(Self.latexRow(cells))
    }
    lines += ["\\bottomrule", "\\end{tabular}"]
    let remarks =
      legend.map { "\(Self.latexSign($0.mark)) \(Self.latexEscaped($0.meaning))." }
      + notes.map(Self.latexEscaped)
    if !remarks.isEmpty { lines += ["\\par\\smallskip\\footnotesize", remarks.joined(separator: " ")] }
    return (lines + ["\\end{table}"]).map { $0 + "\n" }.joined()
  }

  /// What ends the row before, or a rule, takes a `*` or `[` that comes next for a part of itself.
  private static func latexRow(_ cells: [String]) -> String {
    let row = cells.joined(separator: " & ") + " \\\\"
    return row.hasPrefix("[") || row.hasPrefix("*") ? "{}" + row : row
  }

  private static func latexSign(_ mark: Mark) -> String {
    switch mark {
    case .better: "$\\blacktriangle$"
    case .worse: "$\\blacktriangledown$"
    case .baseline: "$\\circ$"
    }
  }

  /// Takes their meaning from the characters that LaTeX would read as commands.
  static func latexEscaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\textbackslash{}"
      case "{", "}", "$", "&", "#", "_", "%": escaped += "\\\(scalar)"
      case "~": escaped += "\\textasciitilde{}"
      case "^": escaped += "\\textasciicircum{}"
      case "<": escaped += "\\textless{}"
      case ">": escaped += "\\textgreater{}"
      case "|": escaped += "\\textbar{}"
      case "\n", "\r": escaped += " "
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
