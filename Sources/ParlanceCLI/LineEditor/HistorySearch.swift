/// `^R`: the newest line of the history that contains what is typed, and with every further `^R` the one before.
struct HistorySearch {
  enum Step: Equatable {
    case goesOn
    /// The line is as it was before.
    case cancelled
    /// The line that was found is taken; whether the key is then to do what it does otherwise.
    case accepted(also: Bool)
  }

  let original: EditedLine
  private var query = ""
  private var place: Int
  private var isFound = true
  private(set) var match: String?

  init(_ line: EditedLine, _ history: LineHistory) {
    original = line
    place = history.lines.count
  }

  var prompt: LineEditor.Prompt {
    let text = "(\(isFound ? "search" : "not found"): \(query)) "
    return LineEditor.Prompt(text: text, styled: text)
  }

  mutating func apply(_ key: Key, _ history: LineHistory) -> Step {
    switch key {
    case .text(let text):
      query += text
      find(history, before: place + 1)
    case .backspace:
      query = String(query.dropLast())
      place = history.lines.count
      find(history, before: place)
    case .searchBack: find(history, before: place)
    case .interrupt, .escape: return .cancelled
    case .other: break
    default: return .accepted(also: true)
    }
    return .goesOn
  }

  private mutating func find(_ history: LineHistory, before limit: Int) {
    guard !query.isEmpty else {
      isFound = true
      return
    }
    guard let found = history.place(of: query, before: limit) else {
      isFound = false
      return
    }
    isFound = true
    place = found
    match = history.lines[found]
  }
}
