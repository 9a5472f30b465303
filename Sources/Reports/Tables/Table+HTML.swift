extension Table {
  /// The table as an HTML fragment without styles or scripts: `table.figures`, `td.figure`, `strong` for the best,
  /// `p.note` for legend and notes. All text is escaped.
  public func html() -> String {
    var lines = ["<table class=\"figures\">"]
    if let title { lines.append("<caption>\(htmlEscaped(title))</caption>") }
    lines.append("<thead>")
    lines.append(
      "<tr>" + columns.map { "<th scope=\"col\"\(kind($0))>\(htmlEscaped($0.header))</th>" }.joined() + "</tr>")
    lines += ["</thead>", "<tbody>"]
    for row in rows.indices {
      let cells = columns.indices.map { column in
        let cell = cell(row, column)
        let text = htmlEscaped(cell.text)
        let mark = cell.mark.map { "<sup>\($0.sign(ascii: false))</sup>" } ?? ""
        return "<td\(kind(columns[column]))>" + (cell.isBest ? "<strong>\(text)</strong>" : text) + mark + "</td>"
      }
      lines.append("<tr>" + cells.joined() + "</tr>")
    }
    lines += ["</tbody>", "</table>"]
    for note in legend.map({ "\($0.mark.sign(ascii: false)) \($0.meaning)" }) + notes {
      lines.append("<p class=\"note\">\(htmlEscaped(note))</p>")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func kind(_ column: Column) -> String {
    column.alignment == .right ? " class=\"figure\"" : ""
  }
}

/// Text that is safe between tags and in quoted attributes.
package func htmlEscaped(_ text: String) -> String {
  var escaped = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": escaped += "&amp;"
    case "<": escaped += "&lt;"
    case ">": escaped += "&gt;"
    case "\"": escaped += "&quot;"
    case "'": escaped += "&#39;"
    default: escaped.unicodeScalars.append(scalar)
    }
  }
  return escaped
}
