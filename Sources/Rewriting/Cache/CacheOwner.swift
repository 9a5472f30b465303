#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Who has claimed a question: a number drawn at random, since two containers' processes may have one process number, and where
/// that process can be looked for.
struct CacheOwner: Sendable, Hashable {
  var token: String
  /// The system's run and the space of process numbers in it; empty where that is not known.
  var place: String
  var process: Int
  /// When the process began, as the system counts it: numbers are given again.
  var began: Int

  /// This process, under a new name.
  static func current() -> CacheOwner {
    var generator = SystemRandomNumberGenerator()
    let token = (0..<2).map { _ in String(generator.next() as UInt64, radix: 36) }.joined(separator: "-")
    let process = Int(ProcessInfo.processInfo.processIdentifier)
    return CacheOwner(token: token, place: here, process: process, began: Self.began(Self.stat(process)) ?? 0)
  }

  /// Whether the owner is known to be gone, which only a process of the same place can know.
  ///
  /// - Parameters:
  ///   - stat: what the system tells of a process of this number; empty where there is none, or where it hides others'.
  ///   - exists: whether there is a process of this number, of whomever.
  func isGone(
    seenFrom other: CacheOwner, stat: (Int) -> String = Self.stat, exists: (Int) -> Bool = Self.exists
  ) -> Bool {
    guard !place.isEmpty, place == other.place else { return false }
    let text = stat(process)
    return text.isEmpty ? !exists(process) : Self.began(text) != began
  }

  private static let here: String = {
    let boot = text("/proc/sys/kernel/random/boot_id").filter { !$0.isWhitespace }
    let space = link("/proc/self/ns/pid")
    return boot.isEmpty || space.isEmpty ? "" : boot + " " + space
  }()

  /// The clock ticks after the system's start at which a process began that has not ended.
  private static func began(_ stat: String) -> Int? {
    // The name, in parentheses, may hold anything; the time is the twentieth word behind it.
    guard let end = stat.lastIndex(of: ")") else { return nil }
    let words = stat[stat.index(after: end)...].split(separator: " ")
    // A zombie has ended.
    guard words.count > 19, words[0] != "Z" else { return nil }
    return Int(words[19])
  }

  private static func stat(_ process: Int) -> String { text("/proc/\(process)/stat") }

  private static func exists(_ process: Int) -> Bool {
    // Somebody else's process may not be sent a signal, which says that it is there.
    kill(pid_t(truncatingIfNeeded: process), 0) == 0 || errno != ESRCH
  }

  /// A small file of the system's; empty where there is none.
  private static func text(_ path: String) -> String {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private static func link(_ path: String) -> String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? ""
  }
}
