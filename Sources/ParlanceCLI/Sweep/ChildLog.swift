import BinaryFiles
import Diagnostics

/// What one process wrote into a log that has the words of earlier ones.
struct ChildLog {
  let path: String
  /// Where its words begin.
  private let start: Int

  /// Of a process that begins now.
  init(_ path: String) {
    self.path = path
    start = (try? MappedFile(path: path))?.count ?? 0
  }

  /// Why the process failed: the signal that ended it, its last words, or both where it said that it crashed.
  ///
  /// - Parameter memory: what says how much memory it may take, told where that may have run out.
  func reason(_ ending: ChildProcess.Ending, memory: String? = nil) -> String {
    guard case .signal(let number) = ending else { return lines.last.map(Self.withoutHead) ?? "it left no word" }
    let words = "it was ended by signal \(number)"
    // A crash tells more than its signal; who is killed has no last words.
    guard ending == .killed else {
      let crash = lines.last { $0.contains("Fatal error: ") || $0.contains("what():") || $0.hasPrefix(Self.head) }
      return words + (crash.map { ": " + Self.withoutHead($0) } ?? "")
    }
    return words + ", which systems also send where memory runs out" + (memory.map { " (\($0))" } ?? "")
  }

  /// What it said, as far as the last words go.
  private var lines: [String] {
    guard let file = try? MappedFile(path: path), file.count > start else { return [] }
    let text = String(decoding: file.bytes.array().dropFirst(start).suffix(1 << 16), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).map(String.init)
  }

  private static let head = "parlance: error: "

  private static func withoutHead(_ line: String) -> String {
    line.hasPrefix(head) ? String(line.dropFirst(head.count)) : line
  }
}
