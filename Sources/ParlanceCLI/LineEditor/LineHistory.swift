/// The lines that were entered before, oldest first.
struct LineHistory {
  private(set) var lines: [String] = []
  private static let limit = 1000

  init(_ lines: [String] = []) {
    for line in lines { add(KeyParser.printable(line.utf8)) }
  }

  /// - Returns: whether the line is new: neither blank nor the one before.
  @discardableResult
  mutating func add(_ line: String) -> Bool {
    guard line.contains(where: { !$0.isWhitespace }), line != lines.last else { return false }
    lines.append(line)
    if lines.count > Self.limit { lines.removeFirst(lines.count - Self.limit) }
    return true
  }

  /// The newest line before `place` that contains `text`.
  func place(of text: String, before place: Int) -> Int? {
    guard !text.isEmpty else { return nil }
    return lines[..<min(place, lines.count)].lastIndex { $0.contains(text) }
  }
}
