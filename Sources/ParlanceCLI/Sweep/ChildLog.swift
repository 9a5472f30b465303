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

  /// Why the process failed: the signal that ended it, or its last words.
  ///
  /// - Parameter memory: what says how much memory it may take, told where that may have run out.
  func reason(_ ending: ChildProcess.Ending, memory: String? = nil) -> String {
    guard case .signal(let number) = ending else { return lastLine }
    let words = "it was ended by signal \(number)"
    guard ending == .killed else { return words }
    return words + ", which systems also send where memory runs out" + (memory.map { " (\($0))" } ?? "")
  }

  /// The error of a process that failed.
  private var lastLine: String {
    let silence = "it left no word"
    guard let file = try? MappedFile(path: path), file.count > start else { return silence }
    let text = String(decoding: file.bytes.array().dropFirst(start).suffix(4096), as: UTF8.self)
    let line = text.split(whereSeparator: \.isNewline).last.map(String.init) ?? silence
    let head = "parlance: error: "
    return line.hasPrefix(head) ? String(line.dropFirst(head.count)) : line
  }
}
