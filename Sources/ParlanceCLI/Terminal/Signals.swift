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

/// SIGINT and SIGTERM ask the work to stop at its next safe point; a second one ends the process at once.
enum Signals {
  /// A reader that has read enough, as `head` has, ends the process without a word, also where a parent process or the
  /// network had SIGPIPE ignored.
  static func endOnBrokenPipe() {
    if !outlivesReaders.load(ordering: .relaxed) { signal(SIGPIPE, SIG_DFL) }
  }

  private static let outlivesReaders = Atomic(false)

  /// A service goes on when a client leaves while its answer is written: from here on `endOnBrokenPipe` does nothing.
  static func outliveReaders() {
    outlivesReaders.store(true, ordering: .relaxed)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Lets in the signals that ask to end or to load anew, which a process inherits as blocked from a parent that had them
  /// blocked, as a thread of Dispatch has. Called before there is a second thread.
  static func letIn() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, number) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// SIGHUP means to load anew to a service, which is not to end by it before it listens.
  static func ignoreReload() {
    signal(SIGHUP, SIG_IGN)
  }

  /// Raised by the first signal. Reading it for the first time begins to listen; a signal that comes before ends the process.
  static let interruption: Interruption = {
    let interruption = Interruption()
    // A write behind the limit of file sizes (ulimit -f) is an error with a message, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    // A queue of its own: the global one shares its threads with tasks, one of which waits here.
    let queue = DispatchQueue(label: "parlance.signals")
    let listening = DispatchSemaphore(value: 0)
    let signals = [SIGINT, SIGTERM]
    for number in signals {
      #if canImport(Darwin)
        // There Dispatch hears of a signal beside what is done about it; elsewhere it takes its place.
        signal(number, SIG_IGN)
      #endif
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setRegistrationHandler { listening.signal() }
      // The handler holds its source, which lives as long as the process.
      source.setEventHandler { [source] in
        _ = source
        // Whoever edits a line waits for nothing but keys.
        if RawTerminal.leave() {
          StandardError.write("\n")
          _exit(ParlanceError.Code.interrupted.rawValue)
        }
        if interruption.isRequested { _exit(ParlanceError.Code.interrupted.rawValue) }
        interruption.request()
        StandardError.write("\nstopping at the next safe point; once more to stop at once\n")
      }
      source.resume()
    }
    for _ in signals { listening.wait() }
    return interruption
  }()
}
