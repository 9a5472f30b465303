public import Diagnostics
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps a second writer away from a file or folder; the system lets go of it when the process ends in any way.
///
/// The lock is on a file of its own, which stays (removing it would let two writers lock different files).
public final class FileLock: Sendable {
  public let path: String
  /// -1 once the lock was released.
  private let descriptor: Atomic<Int32>

  /// - Parameter path: the lock's own file, such as `index/lock`; it is made when it is not there.
  /// - Throws: `tryAgain` when somebody else holds the lock, `cannotWrite` when the file cannot be made.
  public init(path: String) throws(ParlanceError) {
    self.path = path
    if let number = FaultLayer.current?.failure(of: .lock(path: path)) {
      throw systemError(number, cannot: "lock it", path: path, fallback: .cannotWrite)
    }
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw systemError(errno, cannot: "lock it", path: path, fallback: .cannotWrite) }
    self.descriptor = Atomic(descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      guard number == EWOULDBLOCK else {
        throw systemError(number, cannot: "lock it", path: path, fallback: .cannotWrite)
      }
      throw ParlanceError(
        .tryAgain, "another process is writing here; wait until it is done or end it", at: .init(file: path))
    }
  }

  deinit {
    release()
  }

  /// Whether the lock's file still has the name by which it was opened: false once the folder was exchanged for another.
  public var isInPlace: Bool {
    var (own, named) = (stat(), stat())
    let descriptor = descriptor.load(ordering: .acquiring)
    guard descriptor >= 0, unsafe fstat(descriptor, &own) == 0, unsafe stat(path, &named) == 0 else { return false }
    return own.st_ino == named.st_ino && own.st_dev == named.st_dev
  }

  /// The descriptor by which the lock is held, -1 once it was released. A process that gets a copy
  /// holds the lock as well, until `release` gives it back for all.
  public var number: Int32 { descriptor.load(ordering: .acquiring) }

  /// Lets go of the lock at once, whoever still refers to it.
  public func release() {
    let descriptor = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
    guard descriptor >= 0 else { return }
    // A process that is being started holds a copy for a moment, and with it the lock, unless that is given back by name.
    _ = flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
