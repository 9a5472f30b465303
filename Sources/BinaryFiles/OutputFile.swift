package import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An open file for writing at its end: the one place where bytes leave the process, with the fault layer in it.
///
/// Not atomic and without a buffer; most writers want `AtomicFile`.
package final class OutputFile {
  package let path: String
  /// The length of the file so far.
  package private(set) var position: Int
  let descriptor: Int32
  private let faults: FaultLayer?
  private let closes: Bool

  package enum Mode {
    /// The file must not exist.
    case new
    /// An existing file, or a new one, which is written behind what is there.
    case append
    /// A new file that is read again while it is written.
    case scratch
  }

  /// - Throws: `cannotWrite`.
  package init(path: String, mode: Mode) throws(ParlanceError) {
    faults = FaultLayer.current
    self.path = path
    if let number = faults?.failure(of: .open(path: path)) {
      throw systemError(number, cannot: "create it", path: path, fallback: .cannotWrite)
    }
    let access =
      switch mode {
      case .new: O_WRONLY | O_EXCL
      case .append: O_WRONLY
      case .scratch: O_RDWR | O_EXCL
      }
    descriptor = unsafe open(path, access | O_CREAT | O_CLOEXEC, mode == .scratch ? 0o600 : 0o666)
    guard descriptor >= 0 else { throw systemError(errno, cannot: "create it", path: path, fallback: .cannotWrite) }
    position = mode == .append ? Int(lseek(descriptor, 0, SEEK_END)) : 0
    closes = true
  }

  /// A stream that is open already, such as standard output; `path` names it in errors.
  package init(descriptor: Int32, path: String) {
    faults = FaultLayer.current
    self.path = path
    self.descriptor = descriptor
    position = 0
    closes = false
  }

  deinit {
    guard closes else { return }
    // A process that is being started holds a copy for a moment, and with it the lock, unless that is given back by name.
    _ = flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Opens an existing file or a new one at its end, locked, so that a second writer of the same file is refused.
  ///
  /// - Throws: `tryAgain` when somebody else is writing it; `cannotWrite`, also where the file system has no locks.
  package static func locked(path: String) throws(ParlanceError) -> OutputFile {
    while true {
      let file = try OutputFile(path: path, mode: .append)
      switch file.lock() {
      // Between opening and locking the writer before may have finished and given the file another name.
      case 0: if file.hasItsName { return file }
      case EWOULDBLOCK:
        throw ParlanceError(
          .tryAgain, "another process is writing this file; wait until it is done or end it", at: .init(file: path))
      case let number: throw systemError(number, cannot: "lock it", path: path, fallback: .cannotWrite)
      }
    }
  }

  /// Gives the file the owner and the rights of `path`, where that is there: what replaces a private file is private from its
  /// first byte on, and still its owner's when somebody with more rights writes it.
  package func takeRights(of path: String) {
    var (other, own) = (stat(), stat())
    guard unsafe stat(path, &other) == 0, unsafe fstat(descriptor, &own) == 0 else { return }
    // What its owner goes on with later he must be able to open.
    var rights = other.st_mode & 0o777 | 0o600
    if other.st_uid != own.st_uid || other.st_gid != own.st_gid,
      fchown(descriptor, other.st_uid, other.st_gid) != 0
    {
      // Rights of another owner's file would shut out those who could read it until now; those of its group are not this group's.
      guard other.st_uid == own.st_uid else { return }
      rights &= ~0o070
    }
    _ = fchmod(descriptor, rights)
  }

  /// Asks for the lock that tells other writers that somebody is writing this file.
  ///
  /// - Returns: 0, or `errno`, which is `EWOULDBLOCK` where somebody else has the lock.
  func lock() -> Int32 {
    if let number = faults?.failure(of: .lock(path: path)) { return number }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let number = errno
      if number != EINTR { return number }
    }
    return 0
  }

  /// Whether `path` is still the name of this file and not of another one, or of none.
  var hasItsName: Bool {
    var opened = stat()
    var named = stat()
    return unsafe fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
      && opened.st_dev == named.st_dev
  }

  /// Writes all of `bytes`, in as many calls as it takes.
  ///
  /// - Throws: `cannotWrite`; how many bytes reached the file is then unknown.
  package func write(_ bytes: RawSpan) throws(ParlanceError) {
    var done = 0
    while done < bytes.byteCount {
      var count = bytes.byteCount - done
      var crashes = false
      switch faults?.fault(for: .write(path: path, count: count)) {
      case .error(let number): throw systemError(number, cannot: "write to it", path: path, fallback: .cannotWrite)
      case .short(let limit): count = min(count, max(1, limit))
      case .crash(let limit):
        count = min(count, limit)
        crashes = true
      case nil: break
      }
      let written = unsafe bytes.extracting(done..<done + count).withUnsafeBytes { bytes in
        unsafe bytes.isEmpty ? 0 : systemWrite(descriptor, bytes.baseAddress, bytes.count)
      }
      if crashes { throw FaultLayer.crashError(path) }
      if written < 0 {
        if errno == EINTR { continue }
        throw systemError(errno, cannot: "write to it", path: path, fallback: .cannotWrite)
      }
      done += written
      position += written
    }
  }

  /// The bytes of `range` of a scratch file.
  ///
  /// - Throws: `cannotWrite`, since what was written is not there.
  func read(_ range: Range<Int>) throws(ParlanceError) -> [UInt8] {
    var number: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, done in
      while done < range.count {
        let count = unsafe pread(
          descriptor, buffer.baseAddress.map { unsafe $0 + done }, range.count - done, off_t(range.lowerBound + done))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          number = count < 0 ? errno : EIO
          return
        }
        done += count
      }
    }
    guard bytes.count == range.count else {
      throw systemError(number, cannot: "read from it again", path: path, fallback: .cannotWrite)
    }
    return bytes
  }

  /// Waits until the bytes are on the disk.
  package func sync() throws(ParlanceError) {
    if let number = faults?.failure(of: .sync(path: path)) {
      throw systemError(number, cannot: "bring it to the disk", path: path, fallback: .cannotWrite)
    }
    while fsync(descriptor) != 0 {
      if errno == EINTR { continue }
      throw systemError(errno, cannot: "bring it to the disk", path: path, fallback: .cannotWrite)
    }
  }

  /// Cuts the file to `count` bytes; the next write goes there.
  package func truncate(to count: Int) throws(ParlanceError) {
    if let number = faults?.failure(of: .truncate(path: path, count: count)) {
      throw systemError(number, cannot: "cut it to \(count) bytes", path: path, fallback: .cannotWrite)
    }
    guard ftruncate(descriptor, off_t(count)) == 0, lseek(descriptor, off_t(count), SEEK_SET) >= 0 else {
      throw systemError(errno, cannot: "cut it to \(count) bytes", path: path, fallback: .cannotWrite)
    }
    position = count
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  guard let bytes = unsafe bytes else { return 0 }
  return unsafe write(descriptor, bytes, count)
}

extension FaultLayer {
  static func crashError(_ path: String) -> ParlanceError {
    ParlanceError(.internalFault, "the fault layer ended the process here", at: .init(file: path))
  }

  /// The `errno` of an operation that either works or does not.
  func failure(of operation: Operation) -> Int32? {
    switch fault(for: operation) {
    case .error(let number): number
    case .crash: EINTR
    case .short, nil: nil
    }
  }
}
