#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the system says of a file without reading it: which file it is, how long, when it was written and when it changed in
/// any way.
///
/// Whoever writes to a file changes the last two. The time of writing can be set back, the time of change only with the
/// machine's clock, so that a file with the same stamp has the same bytes; but for one that was written twice within the
/// tick of a clock, which is why a stamp is taken for a proof only when it was `isSettled` at the time.
package struct FileStamp: Sendable, Hashable, BitwiseCopyable {
  package let device, inode: UInt64
  package let count: Int64
  private let written, changed: Moment
  /// Who owns the file.
  package let owner: UInt64

  private struct Moment: Hashable, BitwiseCopyable {
    var seconds, nanoseconds: Int64
  }

  /// - Returns: `nil` where there is no such file.
  package init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Whether both are the stamps of one file that nobody wrote to in between, whatever its name.
  package func isSameFile(as other: FileStamp) -> Bool {
    device == other.device && inode == other.inode && isUnwritten(since: other)
  }

  init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
    count = Int64(status.st_size)
    owner = UInt64(status.st_uid)
    #if canImport(Darwin)
      let (written, changed) = (status.st_mtimespec, status.st_ctimespec)
    #else
      let (written, changed) = (status.st_mtim, status.st_ctim)
    #endif
    self.written = Moment(seconds: Int64(written.tv_sec), nanoseconds: Int64(written.tv_nsec))
    self.changed = Moment(seconds: Int64(changed.tv_sec), nanoseconds: Int64(changed.tv_nsec))
  }

  /// Whether the file has been as it is for longer than any clock of a file system ticks: two seconds for the coarsest.
  package var isSettled: Bool {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) - max(written.seconds, changed.seconds) > 3
  }

  /// All that tells this stamp from others, to be kept and compared.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for number in [device, inode] { bytes.append(littleEndian: number) }
    for number in [count, written.seconds, written.nanoseconds, changed.seconds, changed.nanoseconds] {
      bytes.append(littleEndian: number)
    }
    return bytes
  }

  /// Whether both are the stamps of one file that nobody wrote to in between; its name may have changed.
  package func isUnwritten(since earlier: FileStamp) -> Bool { count == earlier.count && written == earlier.written }

  func isOlder(than other: FileStamp) -> Bool {
    (written.seconds, written.nanoseconds) < (other.written.seconds, other.written.nanoseconds)
  }

  /// Whether the file is the user's own, or the administrator's.
  package var isTrusted: Bool { owner == 0 || owner == UInt64(geteuid()) }
}
