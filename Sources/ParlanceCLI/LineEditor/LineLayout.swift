import Reports

/// Where a prompt and a line stand in a window: cut into rows by ourselves, so that we know where the cursor is.
struct LineLayout: Equatable {
  /// The text of each row; the first begins behind the prompt.
  var rows: [String] = [""]
  var cursorRow = 0
  var cursorColumn = 0

  /// - Parameters:
  ///   - indent: the columns of the prompt.
  ///   - width: the columns of the window.
  init(_ characters: [Character], cursor: Int, indent: Int, width: Int) {
    let width = max(2, width)
    var column = min(indent, width - 1)
    for (place, character) in characters.enumerated() {
      let columns = displayWidth(character)
      if column + columns > width {
        rows.append("")
        column = 0
      }
      if place == cursor { (cursorRow, cursorColumn) = (rows.count - 1, column) }
      rows[rows.count - 1].append(character)
      column += columns
    }
    if cursor >= characters.count {
      // Behind a full row is the next row's beginning.
      if column >= width {
        rows.append("")
        column = 0
      }
      (cursorRow, cursorColumn) = (rows.count - 1, column)
    }
  }
}
