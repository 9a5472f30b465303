import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `parlance` at a real terminal of the kernel's, whose other end a test holds.
final class Pseudoterminal {
  private let master: Int32
  private let slave: Int32
  private let process = Process()
  private(set) var screen: TerminalScreen
  private(set) var output: [UInt8] = []

  /// Longer than any machine takes; a test that fails is all that waits for it.
  private static let patience: Duration = .seconds(60)

  init(
    _ arguments: [String], in folder: String, columns: Int = 80, environment: [String: String] = [:]
  ) throws {
    var ends: (master: Int32, slave: Int32) = (-1, -1)
    let opened = openpty(&ends.master, &ends.slave, nil, nil, nil)
    (master, slave) = ends
    try #require(opened == 0, "no pseudoterminal is to be had")
    screen = TerminalScreen(width: columns)
    setWindow(columns: columns)
    process.executableURL = URL(fileURLWithPath: ParlanceProcess.executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TERM": "xterm"]
      .merging(environment) { $1 }
    let terminal = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
    process.standardInput = terminal
    process.standardOutput = terminal
    process.standardError = terminal
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    close(master)
    close(slave)
  }

  func type(_ keys: String) {
    var bytes = Array(keys.utf8)
    while !bytes.isEmpty {
      let written = write(master, bytes, bytes.count)
      guard written > 0 else { return }
      bytes.removeFirst(written)
    }
  }

  func setWindow(columns: Int) {
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Whether the terminal echoes and reads by lines, as it should without a program that edits.
  var isCooked: Bool {
    var settings = termios()
    tcgetattr(slave, &settings)
    let flags = tcflag_t(ICANON | ECHO | ISIG)
    return settings.c_lflag & flags == flags
  }

  /// Reads until the screen is as wanted.
  func wait(_ what: String, until isThere: (Pseudoterminal) -> Bool) throws {
    let end = ContinuousClock.now + Self.patience
    while !isThere(self) {
      try #require(ContinuousClock.now < end, "\(what) did not come; the screen: \(screen.text)")
      take(waiting: 100)
    }
  }

  /// Reads once what was written.
  ///
  /// - Parameter milliseconds: how long it waits for something.
  /// - Returns: whether there was anything.
  @discardableResult
  private func take(waiting milliseconds: Int32) -> Bool {
    var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, milliseconds) > 0 else { return false }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(master, &bytes, bytes.count)
    guard count > 0 else { return false }
    output += bytes[..<count]
    screen.write(Array(bytes[..<count]))
    return true
  }

  /// Waits for a row that is, but for blanks at its end, this one.
  func wait(forRow row: String) throws {
    try wait("\"\(row)\"") { $0.screen.text.contains(row) }
  }

  /// Waits for the end, and reads what was written until then.
  ///
  /// - Returns: the exit code.
  func end() throws -> Int32 {
    try wait("the end") { !$0.process.isRunning }
    while take(waiting: 0) {}
    return process.terminationStatus
  }
}
