extension Table {
  /// The table as GitHub-flavoured Markdown: best figures bold, marks behind them, legend and notes as a list.
  public func markdown() -> String {
    var lines: [String] = []
    if let title { lines += ["**\(Table.markdownEscaped(title))**", ""] }
    lines.append(row(columns.map { Table.markdownEscaped($0.header) }))
    lines.append(row(columns.map { $0.alignment == .left ? ":---" : "---:" }))
    for index in rows.indices {
      lines.append(
        row(
          columns.indices.map { column in
            let cell = cell(index, column)
            let text = Table.markdownEscaped(cell.text)
            return (cell.isBest ? "**\(text)**" : text) + (cell.mark?.sign(ascii: false) ?? "")
          }))
    }
    let remarks = legend.map { "\($0.mark.sign(ascii: false)) \($0.meaning)" } + notes
    if !remarks.isEmpty { lines += [""] + remarks.map { "- " + Table.markdownEscaped($0) } }
    return lines.map { $0 + "\n" }.joined()
  }

  private func row(_ cells: [String]) -> String {
    "| " + cells.joined(separator: " | ") + " |"
  }

  /// Takes their meaning from the characters that Markdown would read as markup.
  static func markdownEscaped(_ text: String) -> String {
    // By scalars: an accent behind a bar makes another character of it in Swift, and not in Markdown.
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if Character(scalar).isNewline {
        // One space for the two of a line's end.
        if scalar != "\n" || escaped.last != " " { escaped.append(" ") }
        continue
      }
      if "\\|*_`<>[]&#~".unicodeScalars.contains(scalar) { escaped.append("\\") }
      escaped.append(scalar)
    }
    return String(escaped)
  }
}
