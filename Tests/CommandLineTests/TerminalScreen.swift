/// As much of a terminal as the line editor speaks to: what stands on the screen after some output.
struct TerminalScreen {
  private var rows: [[String]] = [[]]
  private var row = 0
  private var column = 0
  private let width: Int
  private var pending: [UInt8] = []
  /// Sequences that it does not know: there should be none.
  private(set) var unknown: [String] = []
  /// Whether pastes are asked to be marked.
  private(set) var marksPastes = false

  init(width: Int) { self.width = width }

  /// The rows, without blanks at their ends.
  var text: [String] {
    rows.map { cells in
      var cells = cells
      while cells.last == " " { cells.removeLast() }
      return cells.joined()
    }
  }

  var cursor: (row: Int, column: Int) { (row, column) }

  mutating func write(_ bytes: [UInt8]) {
    pending += bytes
    while let used = step() { pending.removeFirst(used) }
  }

  mutating func write(_ text: String) { write(Array(text.utf8)) }

  /// - Returns: how many bytes were understood; `nil` when more have to come.
  private mutating func step() -> Int? {
    guard let first = pending.first else { return nil }
    switch first {
    case 0x1B: return sequence()
    case 0x0D: column = 0
    case 0x0A: down()
    case 0x08: column = max(0, column - 1)
    case 0x00..<0x20: break
    default:
      let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
      guard pending.count >= length else { return nil }
      String(decoding: pending[..<length], as: UTF8.self).unicodeScalars.forEach { put($0) }
      return length
    }
    return 1
  }

  private mutating func sequence() -> Int? {
    guard pending.count >= 2 else { return nil }
    guard pending[1] == UInt8(ascii: "[") else {
      unknown.append("ESC \(pending[1])")
      return 2
    }
    guard let end = pending.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
    let parameters = String(decoding: pending[2..<end], as: UTF8.self)
    let count = max(1, Int(parameters) ?? 1)
    switch (pending[end], parameters) {
    case (UInt8(ascii: "m"), _): break
    case (UInt8(ascii: "A"), _): row = max(0, row - count)
    case (UInt8(ascii: "C"), _): column = min(width - 1, column + count)
    case (UInt8(ascii: "K"), ""): rows[row] = Array(rows[row].prefix(column))
    case (UInt8(ascii: "J"), ""):
      rows = Array(rows[...row])
      rows[row] = Array(rows[row].prefix(column))
    case (UInt8(ascii: "J"), "2"): rows = Array(repeating: [], count: row + 1)
    case (UInt8(ascii: "H"), ""): (row, column) = (0, 0)
    case (UInt8(ascii: "h"), "?2004"): marksPastes = true
    case (UInt8(ascii: "l"), "?2004"): marksPastes = false
    default: unknown.append("\(parameters)\(Character(Unicode.Scalar(pending[end])))")
    }
    return end + 1
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    if scalar.properties.generalCategory == .nonspacingMark {
      if column > 0 { rows[row][column - 1] += String(scalar) }
      return
    }
    let columns = (0x2E80...0xFFDC).contains(scalar.value) || scalar.value >= 0x1F300 ? 2 : 1
    if column + columns > width {
      column = 0
      down()
    }
    while rows[row].count < column + columns { rows[row].append(" ") }
    rows[row][column] = String(scalar)
    if columns == 2 { rows[row][column + 1] = "" }
    // At the right edge the cursor waits behind the last column.
    column += columns
  }

  private mutating func down() {
    row += 1
    if row == rows.count { rows.append([]) }
  }
}
