import Diagnostics

extension Table {
  /// The table for a terminal, each line ended by a line feed.
  ///
  /// A table that is wider than the screen first wraps its label columns, then is cut into blocks of figure columns
  /// below each other, each with the label columns in front.
  public func text(_ style: TextStyle = TextStyle()) -> String {
    var lines: [String] = []
    if let title { lines += wrapped(title, width: style.width).map(style.bold) }
    for (position, block) in blocks(style).enumerated() {
      if position > 0 { lines.append("") }
      lines += render(block, style)
    }
    for note in legend.map({ "\($0.mark.sign(ascii: !style.isUTF8)) \($0.meaning)" }) + notes {
      lines += wrapped(note.withoutControls, width: style.width)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static let gap = 2

  /// Columns that are shown side by side, with the width of each.
  private typealias Block = [(column: Int, width: Int)]

  private func blocks(_ style: TextStyle) -> [Block] {
    var widths = columns.indices.map { column in
      max(
        displayWidth(columns[column].header),
        rows.indices.map { displayWidth(cell($0, column).text) }.max() ?? 0) + markWidth(column, style)
    }
    let isTooWide = { widths.reduce(0, +) + Table.gap * (widths.count - 1) > style.width }
    let labels = columns.indices.filter { columns[$0].alignment == .left }
    if isTooWide() {
      for label in labels { widths[label] = min(widths[label], max(8, style.width / (2 * labels.count + 1))) }
    }
    guard isTooWide() else { return [columns.indices.map { ($0, widths[$0]) }] }

    let leading: Block = columns.indices.prefix(keyColumns).map { ($0, widths[$0]) }
    var blocks: [Block] = [leading]
    for column in columns.indices.dropFirst(leading.count) {
      let used = blocks[blocks.count - 1].reduce(0) { $0 + $1.width + Table.gap }
      if used + widths[column] > style.width, blocks[blocks.count - 1].count > leading.count { blocks.append(leading) }
      blocks[blocks.count - 1].append((column, widths[column]))
    }
    return blocks
  }

  /// Room for a sign behind the figures of a column.
  private func markWidth(_ column: Int, _ style: TextStyle) -> Int {
    rows.indices.contains { cell($0, column).mark != nil } ? 1 : 0
  }

  private func render(_ block: Block, _ style: TextStyle) -> [String] {
    let header = line(block, style, cells: block.map { Cell(columns[$0.column].header) })
    let rule = block.map { String(repeating: style.isUTF8 ? "─" : "-", count: $0.width) }
    var lines = header + [rule.joined(separator: String(repeating: " ", count: Table.gap))]
    for row in rows.indices {
      lines += line(block, style, cells: block.map { cell(row, $0.column) })
    }
    return lines
  }

  /// One row; more than one line where a label is wrapped, the figures in the first.
  private func line(_ block: Block, _ style: TextStyle, cells: [Cell]) -> [String] {
    let pieces = zip(block, cells).map { place, cell -> [String] in
      let texts = columns[place.column].alignment == .left ? wrapped(cell.text, width: place.width) : [cell.text]
      return texts.map { text in
        let shown = cell.isBest ? style.bold(text) : text
        let mark = cell.mark?.sign(ascii: !style.isUTF8) ?? ""
        let slot = markWidth(place.column, style)
        let padding = String(repeating: " ", count: max(0, place.width - displayWidth(text) - slot))
        let markPadding = String(repeating: " ", count: slot - mark.count)
        return columns[place.column].alignment == .left
          ? shown + mark + markPadding + padding : padding + shown + mark + markPadding
      }
    }
    let height = pieces.map(\.count).max() ?? 0
    return (0..<height).map { index in
      let parts = zip(block, pieces).map { place, piece in
        index < piece.count ? piece[index] : String(repeating: " ", count: place.width)
      }
      let line = parts.joined(separator: String(repeating: " ", count: Table.gap))
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
