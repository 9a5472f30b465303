import BinaryFiles
import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The two streams of the terminal: results on standard output, everything else on standard error.
///
/// Only the command line talks to it; libraries throw, log, and report progress.
struct Console: Sendable {
  static let standard = Console()

  /// Whether a person reads standard output, so that bold and colour make sense there.
  let outputIsTerminal: Bool
  /// Whether a person reads standard error, so that a bar may be redrawn there.
  let errorIsTerminal: Bool
  /// Columns of the terminal: `COLUMNS`, or what the terminal says, or 80.
  let width: Int
  /// Whether the locale can show more than ASCII.
  let isUTF8: Bool
  /// Raised by the first SIGINT or SIGTERM; a second one ends the process at once.
  let interruption: Interruption

  private init() {
    let plain = Environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    let dumb = Environment["TERM"] == "dumb"
    outputIsTerminal = isatty(STDOUT_FILENO) == 1 && !plain && !dumb
    errorIsTerminal = isatty(STDERR_FILENO) == 1 && !dumb
    width = Environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? Self.terminalWidth ?? 80
    let locale =
      ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { Environment[$0] }.first { !$0.isEmpty } ?? ""
    let encoding = locale.lowercased()
    isUTF8 = encoding.contains("utf-8") || encoding.contains("utf8")
    interruption = Signals.interruption
  }

  /// Writes a line of the result.
  func print(_ line: String = "") throws(ParlanceError) {
    try StandardOutput.shared.write(line + "\n")
  }

  /// Says something that is not the result.
  func note(_ line: String) {
    try? StandardOutput.shared.flush()
    StandardError.write(line + "\n")
  }

  func warn(_ line: String) {
    note("parlance: warning: " + line)
  }

  func bold(_ text: String) -> String {
    outputIsTerminal ? "\u{1B}[1m\(text)\u{1B}[0m" : text
  }

  func dim(_ text: String) -> String {
    outputIsTerminal ? "\u{1B}[2m\(text)\u{1B}[0m" : text
  }

  /// A word that a person's eye is to find.
  func mark(_ text: String) -> String {
    outputIsTerminal ? "\u{1B}[1;33m\(text)\u{1B}[0m" : text
  }

  func flush() throws(ParlanceError) {
    try StandardOutput.shared.flush()
  }

  /// Prints the error as one line and ends the process with its code.
  func finish(reporting error: ParlanceError) -> Never {
    if error.code != .cannotWrite { try? flush() }
    StandardError.write("parlance: error: \(String(describing: error).withoutControls)\n")
    // Threads of the engine may be at work; they must not see their library taken down around them.
    _exit(error.code.rawValue)
  }

  private static var terminalWidth: Int? {
    var size = winsize()
    guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}

/// The process's environment.
enum Environment {
  static subscript(name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}
