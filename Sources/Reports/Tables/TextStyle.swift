/// What the screen can show.
public struct TextStyle: Sendable, Equatable {
  /// Columns of the screen; fewer than 40 are taken for 40.
  public var width: Int
  /// Whether escape sequences make sense: only where a person reads a terminal.
  public var isTerminal: Bool
  /// Whether more than ASCII can be shown.
  public var isUTF8: Bool

  public init(width: Int = 80, isTerminal: Bool = false, isUTF8: Bool = true) {
    self.width = max(width, 40)
    self.isTerminal = isTerminal
    self.isUTF8 = isUTF8
  }

  func bold(_ text: String) -> String {
    isTerminal ? "\u{1B}[1m\(text)\u{1B}[0m" : text
  }
}

/// Breaks text into lines of at most `width` columns, at spaces where there are some, else after a character that
/// separates parts of a name, else anywhere.
func wrapped(_ text: String, width: Int) -> [String] {
  var lines: [String] = []
  var line: [Character] = []
  var used = 0
  for character in text {
    let size = displayWidth(character)
    if used + size > width, !line.isEmpty {
      if character == " " {
        lines.append(String(line))
        line = []
        used = 0
        continue
      }
      let end = breakPosition(line)
      lines.append(trimmingEnd(line[..<end]))
      line = Array(line[end...])
      used = line.reduce(0) { $0 + displayWidth($1) }
    }
    line.append(character)
    used += size
  }
  if !line.isEmpty || lines.isEmpty { lines.append(String(line)) }
  return lines
}

private func breakPosition(_ line: [Character]) -> Int {
  if let space = line.lastIndex(of: " "), space > 0 { return space + 1 }
  if let part = line.lastIndex(where: { "/-_.+,:".contains($0) }), part >= line.count / 2 { return part + 1 }
  return line.count
}

private func trimmingEnd(_ line: ArraySlice<Character>) -> String {
  String(line.prefix((line.lastIndex { $0 != " " } ?? -1) + 1))
}
