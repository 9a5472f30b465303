import Diagnostics

/// What a line is edited on: a terminal, or what a test makes of one.
protocol LineTerminal {
  var size: (columns: Int, rows: Int) { get }
  func read(waiting milliseconds: Int32?) -> RawTerminal.Input
  func write(_ text: String)
  func suspend()
}

/// The terminal of the process.
struct ProcessTerminal: LineTerminal {
  var size: (columns: Int, rows: Int) { RawTerminal.size }
  func read(waiting milliseconds: Int32?) -> RawTerminal.Input { RawTerminal.read(waiting: milliseconds) }
  func suspend() { try? RawTerminal.suspend() }

  func write(_ text: String) {
    try? StandardOutput.shared.write(text)
    try? StandardOutput.shared.flush()
  }
}
