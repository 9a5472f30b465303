import Reports

/// Reads a line with the keys that people know from their shell: arrows, Home and End, `^A ^E ^B ^F ^K ^U ^W ^Y ^T`, words by
/// Alt, history by Up and Down and `^R`, completion by Tab.
struct LineEditor {
  enum Outcome: Equatable {
    case line(String)
    /// `^C`: the line is given up.
    case interrupted
    /// `^D` on an empty line, or the terminal is gone.
    case end
  }

  struct Prompt {
    var text: String
    /// The text with its colours.
    var styled: String
  }

  var history: LineHistory
  private let terminal: any LineTerminal
  private let completions: (String) -> [String]
  private var parser = KeyParser()
  /// Keys that came together with those of the line before.
  private var waiting: [Key] = []
  private var drawing: LineDrawing

  /// Milliseconds in which the rest of an escape sequence comes, or else it was the Escape key.
  private static let patience: Int32 = 50

  /// - Parameter completions: what a beginning may become.
  init(
    _ terminal: any LineTerminal, history: LineHistory = LineHistory(),
    completions: @escaping (String) -> [String] = { _ in [] }
  ) {
    self.terminal = terminal
    self.history = history
    self.completions = completions
    drawing = LineDrawing(terminal)
  }

  mutating func readLine(_ prompt: Prompt) -> Outcome {
    var line = EditedLine()
    // Up and Down walk through the history with what is being written at its end; changes last as long as the line.
    var drafts = history.lines + [""]
    var place = drafts.count - 1
    var search: HistorySearch?
    drawing.begin()
    drawing.draw(prompt, line)
    while let key = nextKey() {
      if var searching = search {
        let step = searching.apply(key, history)
        if let found = searching.match { line.replace(by: found) }
        switch step {
        case .goesOn: search = searching
        case .cancelled:
          line = searching.original
          search = nil
        case .accepted(let also):
          search = nil
          if also { waiting.insert(key, at: 0) }
        }
        drawing.draw(search.map { $0.prompt } ?? prompt, line)
        continue
      }
      switch key {
      case .enter:
        drawing.finish(prompt, line)
        return .line(line.text)
      case .interrupt:
        drawing.finish(prompt, line, mark: "^C")
        return .interrupted
      case .endOfInput where line.isEmpty:
        drawing.finish(prompt, line)
        return .end
      case .up where place > 0, .down where place < drafts.count - 1:
        drafts[place] = line.text
        place += key == .up ? -1 : 1
        line.replace(by: drafts[place])
      case .tab: complete(&line)
      case .clearScreen: drawing.clearScreen()
      case .suspend:
        drawing.finish(prompt, line, mark: "^Z")
        terminal.suspend()
        drawing.begin()
      case .searchBack: search = HistorySearch(line, history)
      case .up, .down, .escape, .other: break
      default: _ = line.apply(key)
      }
      if waiting.isEmpty { drawing.draw(search.map { $0.prompt } ?? prompt, line) }
    }
    drawing.finish(prompt, line)
    return .end
  }

  /// The next key; `nil` when the terminal is gone.
  private mutating func nextKey() -> Key? {
    while waiting.isEmpty {
      switch terminal.read(waiting: parser.isPending ? Self.patience : nil) {
      case .bytes(let bytes): waiting = parser.feed(bytes)
      case .changed: drawing.redraw()
      case .nothing: waiting = parser.flush()
      case .end: return nil
      }
    }
    return waiting.removeFirst()
  }

  /// Adds what all completions of the line have in common.
  private func complete(_ line: inout EditedLine) {
    guard line.cursor == line.characters.count else { return }
    let found = completions(line.text)
    guard var common = found.first else { return }
    for other in found.dropFirst() { common = common.commonPrefix(with: other) }
    if common.count > line.text.count { line.replace(by: common) }
    if found.count == 1, line.text == found[0] { line.insert(" ") }
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
