import Diagnostics
import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The terminal key by key: nothing is echoed, no key sends a signal. What it was before comes back with `leave()`, and also
/// when a signal ends the process.
enum RawTerminal {
  /// What was waited for.
  enum Input: Equatable {
    case bytes([UInt8])
    /// The window has another size, or the process was stopped and goes on: draw again.
    case changed
    /// The time is over.
    case nothing
    /// The terminal is gone.
    case end
  }

  private struct State {
    /// What the terminal was before; `nil` while it is that.
    var saved: termios?
  }

  private static let state = Mutex(State())
  /// The ends of a pipe: a signal writes into the second, so that who waits for keys wakes up.
  private static let wake: (read: Int32, write: Int32) = {
    var ends: [Int32] = [-1, -1]
    _ = unsafe pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    return (ends[0], ends[1])
  }()

  /// Whether a person sits at both ends.
  static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

  /// Columns and rows of the window.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
    return (Int(size.ws_col), max(1, Int(size.ws_row)))
  }

  /// - Throws: `internalFault` when the terminal does not let itself be set.
  static func enter() throws(ParlanceError) {
    _ = Signals.interruption
    _ = listen
    let entered = state.withLock { state in
      var settings = termios()
      guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return false }
      if state.saved == nil {
        state.saved = settings
        unsafe fatal = settings
      }
      return setRaw(settings)
    }
    _ = restoresBeforeFatalSignals
    guard entered else { throw ParlanceError(.internalFault, "the terminal does not let itself be read key by key") }
    write(pastesAreMarked + "h")
  }

  /// - Returns: whether there was anything to take back.
  @discardableResult
  static func leave() -> Bool {
    let wasRaw = state.withLock { state in
      guard var saved = state.saved else { return false }
      state.saved = nil
      // Not TCSADRAIN: a terminal that takes no output would keep who wants to end.
      _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &saved)
      return true
    }
    if wasRaw { write(pastesAreMarked + "l") }
    return wasRaw
  }

  /// Whether the keys that send signals do so: for a while in which nobody reads keys.
  static func letSignals(through: Bool) {
    state.withLock { state in
      var settings = termios()
      guard state.saved != nil, unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
      if through { settings.c_lflag |= tcflag_t(ISIG) } else { settings.c_lflag &= ~tcflag_t(ISIG) }
      _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }
  }

  /// Waits for keys, for at most so many milliseconds where that is given.
  static func read(waiting milliseconds: Int32?) -> Input {
    var requests = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
    ]
    let ready = unsafe poll(&requests, 2, milliseconds ?? -1)
    if ready == 0 { return .nothing }
    var bytes = [UInt8](repeating: 0, count: 4096)
    if requests[1].revents != 0 {
      _ = unsafe systemRead(wake.read, &bytes, bytes.count)
      return .changed
    }
    if ready < 0 { return errno == EINTR ? .changed : .end }
    let count = unsafe systemRead(STDIN_FILENO, &bytes, bytes.count)
    if count > 0 { return .bytes(Array(bytes[..<count])) }
    return count < 0 && errno == EINTR ? .changed : .end
  }

  /// What `^Z` does elsewhere: the shell has the terminal until the process goes on.
  static func suspend() throws(ParlanceError) {
    leave()
    // Not raise(), which asks this thread alone: threads of a pool let no signal through.
    kill(getpid(), SIGTSTP)
    // Until the process goes on, or it is clear that nobody stops it.
    var request = pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&request, 1, 200)
    try enter()
  }

  private static let pastesAreMarked = "\u{1B}[?2004"

  private static func write(_ text: String) {
    try? StandardOutput.shared.write(text)
    try? StandardOutput.shared.flush()
  }

  private static func setRaw(_ settings: termios) -> Bool {
    var raw = settings
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
    raw.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR | ISTRIP)
    return unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0
  }

  /// Listens, once it was read, to the signals that concern a terminal. SIGINT and SIGTERM are `Signals`'.
  private static let listen: Void = {
    _ = wake
    // A queue of its own: the global one shares its threads with tasks, one of which waits here.
    let queue = DispatchQueue(label: "parlance.terminal")
    let listening = DispatchSemaphore(value: 0)
    let signals = [SIGWINCH, SIGCONT, SIGHUP, SIGQUIT]
    for number in signals {
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setRegistrationHandler { listening.signal() }
      // The handler holds its source, which lives as long as the process.
      source.setEventHandler { [source] in
        _ = source
        handle(number)
      }
      source.resume()
    }
    // A signal that comes before would be lost, or end the process with the terminal as it is.
    for _ in signals { listening.wait() }
  }()

  /// What the terminal was, for a handler of signals, which may wait for no lock.
  nonisolated(unsafe) private static var fatal = termios()

  /// Signals that end a process at once, those of a trap of Swift's among them: the terminal is put back first. Setting it is one
  /// of the few things that a handler may do.
  private static let restoresBeforeFatalSignals: Void = {
    for number in [SIGUSR1, SIGUSR2, SIGALRM, SIGABRT, SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE] {
      signal(number) { number in
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &RawTerminal.fatal)
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }()

  private static func handle(_ number: Int32) {
    switch number {
    case SIGHUP, SIGQUIT:
      if leave() { StandardError.write("\n") }
      _exit(128 + number)
    case SIGCONT:
      // The shell had the terminal meanwhile and left it as shells do.
      state.withLock { state in
        if let saved = state.saved { _ = setRaw(saved) }
      }
    default: break
    }
    var byte: UInt8 = 0
    _ = unsafe systemWrite(wake.write, &byte, 1)
  }
}

#if canImport(Glibc)
  private let systemRead = unsafe Glibc.read
  private let systemWrite = unsafe Glibc.write
#elseif canImport(Musl)
  private let systemRead = unsafe Musl.read
  private let systemWrite = unsafe Musl.write
#else
  private let systemRead = unsafe Darwin.read
  private let systemWrite = unsafe Darwin.write
#endif
