import BinaryFiles
import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// This very program in a process of its own, whose memory, threads and faults are not ours.
///
/// It is in a process group of its own: an interruption at the terminal reaches the parent alone, which asks its children to
/// stop, once. A child whose parent is killed goes on to its end.
struct ChildProcess {
  private let number: pid_t

  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - log: gets both streams, behind what is there.
  ///   - lock: held by the child as well, to its end, whatever becomes of this process.
  /// - Throws: `unavailable`.
  init(_ arguments: [String], log: String, holding lock: FileLock? = nil) throws(ParlanceError) {
    let descriptor = unsafe open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw ParlanceError(.cannotWrite, "the log cannot be opened", at: .init(file: log)) }
    defer { close(descriptor) }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    #if canImport(Darwin)
      var actions = unsafe posix_spawn_file_actions_t(bitPattern: 0)
    #else
      var actions = unsafe posix_spawn_file_actions_t()
    #endif
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, STDERR_FILENO)
    if let lock { unsafe posix_spawn_file_actions_adddup2(&actions, lock.number, STDERR_FILENO + 1) }
    let program = Self.program
    var words = unsafe ([program] + arguments).map { unsafe strdup($0) }
    defer { unsafe words.forEach { unsafe free($0) } }
    unsafe words.append(nil)
    var child: pid_t = 0
    let fault = unsafe posix_spawnp(&child, program, &actions, &attributes, words, environ)
    guard fault == 0 else {
      throw ParlanceError(.unavailable, "the program cannot be started again as \(program): error \(fault)")
    }
    number = child
  }

  /// The file of this process, whatever name it was started by.
  static var program: String {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
    if count > 0, let path = String(validating: bytes[..<count], as: UTF8.self) { return path }
    return CommandLine.arguments.first ?? "parlance"
  }

  /// Asks the process to stop at its next safe point.
  func stop() { kill(number, SIGTERM) }

  /// How a process ended.
  enum Ending: Equatable {
    case code(Int32)
    case signal(Int32)
    /// The system does not say it, as of a process that was waited for before.
    case unknown

    /// By SIGKILL, which a system also sends where memory runs out.
    static let killed = Ending.signal(SIGKILL)
  }

  /// How it ended, or `nil` while it runs.
  func ending() -> Ending? {
    var status: Int32 = 0
    let found = unsafe waitpid(number, &status, WNOHANG)
    if found == 0 || found < 0 && errno == EINTR { return nil }
    guard found == number else { return .unknown }
    let signal = status & 0x7F
    return signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal)
  }
}

/// What this process has used so far.
struct ProcessUsage {
  var processorSeconds: Double
  /// The most bytes that were resident.
  var peakMemory: Int

  init() {
    var usage = rusage()
    #if canImport(Glibc)
      unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
      unsafe getrusage(RUSAGE_SELF, &usage)
    #endif
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    processorSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    #if canImport(Darwin)
      peakMemory = Int(usage.ru_maxrss)
    #else
      peakMemory = Int(usage.ru_maxrss) * 1024
    #endif
  }
}
