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

  /// Why the process failed: the signal that ended it, its last words, or both.
  ///
  /// - Parameter memory: what says how much memory it may take, told where that may have run out.
  func reason(_ ending: ChildProcess.Ending, memory: String? = nil) -> String {
    guard case .signal(let number) = ending else { return lastLine ?? "it left no word" }
    let words = "it was ended by signal \(number)"
    // A crash tells more than its signal; who is killed has no last words.
    guard ending == .killed else { return ([words] + [lastLine].compactMap(\.self)).joined(separator: ": ") }
    return words + ", which systems also send where memory runs out" + (memory.map { " (\($0))" } ?? "")
  }

  /// The error of a process that failed; `nil` where it said nothing.
  private var lastLine: String? {
    guard let file = try? MappedFile(path: path), file.count > start else { return nil }
    let text = String(decoding: file.bytes.array().dropFirst(start).suffix(4096), as: UTF8.self)
    guard let line = text.split(whereSeparator: \.isNewline).last.map(String.init) else { return nil }
    let head = "parlance: error: "
    return line.hasPrefix(head) ? String(line.dropFirst(head.count)) : line
  }
}
