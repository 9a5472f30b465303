import Diagnostics
import LineFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What was typed, in a file that nobody else may read, one line each, oldest first.
struct HistoryFile {
  let path: String

  /// - Throws: `badInput` for a file that is not text, `noInput` for one that cannot be read; none is no error.
  func lines() throws(ParlanceError) -> [String] {
    guard unsafe access(path, F_OK) == 0 else { return [] }
    let reader = try LineReader(path: path)
    var lines: [String] = []
    while let line = try reader.nextString() { lines.append(line) }
    return lines
  }

  /// Adds a line at once, so that several processes may share the file.
  ///
  /// - Throws: `cannotWrite`.
  func append(_ line: String) throws(ParlanceError) {
    let file = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure() }
    defer { close(file) }
    // Also one that was there before, and open to others.
    guard fchmod(file, 0o600) == 0 else { throw failure() }
    let bytes = Array((line + "\n").utf8)
    let written = unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
    guard written == bytes.count else { throw failure() }
  }

  private func failure() -> ParlanceError {
    ParlanceError(.cannotWrite, "cannot keep what was typed", at: .init(file: path))
  }
}
