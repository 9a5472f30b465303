import Reports

/// Keeps a prompt and a line on the screen: each drawing goes over the last.
struct LineDrawing {
  private let terminal: any LineTerminal
  /// What was drawn last, and in how wide a window.
  private var layout: LineLayout?
  private var columns = 80
  private var indent = 0
  private var last: (prompt: LineEditor.Prompt, line: EditedLine)?

  init(_ terminal: any LineTerminal) {
    self.terminal = terminal
  }

  /// What comes next stands on a line of its own.
  mutating func begin() {
    layout = nil
    last = nil
  }

  mutating func draw(_ prompt: LineEditor.Prompt, _ line: EditedLine) {
    let size = terminal.size
    var text = backToStart(columns: size.columns)
    columns = size.columns
    indent = displayWidth(prompt.text)
    var new = LineLayout(line.characters, cursor: line.cursor, indent: indent, width: columns)
    // A line higher than the window shows its part around the cursor.
    let first = max(0, min(new.cursorRow, new.rows.count - size.rows))
    let shown = new.rows[first..<min(new.rows.count, first + size.rows)]
    for (place, row) in shown.enumerated() {
      text += place == 0 ? "\r\u{1B}[K" : "\r\n\u{1B}[K"
      if first + place == 0 { text += prompt.styled }
      text += row
    }
    text += "\u{1B}[J"
    new.cursorRow -= first
    new.rows = Array(shown)
    let below = shown.count - 1 - new.cursorRow
    if below > 0 { text += "\u{1B}[\(below)A" }
    text += "\r"
    if new.cursorColumn > 0 { text += "\u{1B}[\(new.cursorColumn)C" }
    terminal.write(text)
    layout = new
    last = (prompt, line)
  }

  /// Draws the same again, in a window that may have another size.
  mutating func redraw() {
    if let last { draw(last.prompt, last.line) }
  }

  /// Leaves the line where it is and goes below it.
  mutating func finish(_ prompt: LineEditor.Prompt, _ line: EditedLine, mark: String = "") {
    var ended = line
    _ = ended.apply(.end)
    draw(prompt, ended)
    terminal.write(mark + "\r\n")
    begin()
  }

  mutating func clearScreen() {
    terminal.write("\u{1B}[H\u{1B}[2J")
    layout = nil
  }

  /// To the first row of what was drawn. A window that became narrower has broken the rows anew.
  private func backToStart(columns new: Int) -> String {
    guard let layout else { return "" }
    var above = layout.cursorRow
    if new < columns, new > 0 {
      let widths = layout.rows.enumerated().map { displayWidth($1) + ($0 == 0 ? indent : 0) }
      above = widths[..<layout.cursorRow].reduce(layout.cursorColumn / new) { $0 + max(1, ($1 + new - 1) / new) }
    }
    return above > 0 ? "\u{1B}[\(above)A" : ""
  }
}
