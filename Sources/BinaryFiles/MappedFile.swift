public import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file's bytes, mapped into memory for reading: opening costs no reading, and processes share the pages.
///
/// The rule for files that change: a mapped file must not be cut short in place, since the system answers a read behind
/// the new end with SIGBUS. Parlance never does that: `AtomicFile` replaces files by renaming, and a mapping keeps the
/// file it was made of. `checkUnchanged()` tells when somebody else broke the rule; `SectionedFile` asks it before it
/// reads a block for the first time.
@safe public final class MappedFile: Sendable {
  public let path: String
  /// The number of bytes.
  public let count: Int
  /// What the system said of the file when it was opened.
  package let stamp: FileStamp

  private nonisolated(unsafe) let base: UnsafeMutableRawPointer?
  private let descriptor: Int32

  /// How the bytes will be read, a hint to the system.
  public enum Access: Sendable {
    case normal
    case sequential
  }

  /// - Throws: `noInput` when there is no such file, when it may not be read, or when it is not a regular file.
  public init(path: String, access: Access = .normal) throws(ParlanceError) {
    // A pipe that nobody writes to is refused below instead of being waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw systemError(errno, cannot: "open it", path: path, fallback: .noInput) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let number = errno
      close(descriptor)
      throw systemError(number, cannot: "look at it", path: path, fallback: .noInput)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw ParlanceError(.noInput, "expected a regular file", at: .init(file: path))
    }
    let count = Int(status.st_size)
    var base: UnsafeMutableRawPointer?
    if count > 0 {
      unsafe base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
      if unsafe base == MAP_FAILED {
        let number = errno
        close(descriptor)
        throw systemError(number, cannot: "map it into memory", path: path, fallback: .noInput)
      }
      switch access {
      case .normal: break
      case .sequential: _ = unsafe madvise(base, count, MADV_SEQUENTIAL)
      }
    }
    self.path = path
    self.count = count
    stamp = FileStamp(status)
    self.descriptor = descriptor
    unsafe self.base = base
  }

  deinit {
    if let base = unsafe base { unsafe munmap(base, count) }
    close(descriptor)
  }

  /// All bytes of the file, valid while the file object lives.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(base ?? Self.nowhere), byteCount: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The bytes of `range`.
  ///
  /// - Throws: `badInput` when `range` reaches over the end of the file.
  @_lifetime(borrow self)
  public func bytes(in range: Range<Int>) throws(ParlanceError) -> RawSpan {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      throw ParlanceError(
        .badInput, "expected bytes \(range.lowerBound)..<\(range.upperBound), the file has \(count)",
        at: .init(file: path))
    }
    return bytes.extracting(range)
  }

  /// - Throws: `badInput` when the file was changed in its length since it was opened.
  public func checkUnchanged() throws(ParlanceError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, Int(status.st_size) == count else {
      throw ParlanceError(
        .badInput, "the file was changed in place while it was open; files must be replaced by renaming",
        at: .init(file: path))
    }
  }

  /// Asks whether the bytes are those that were opened, for numbers that are used in place for as long as a process lives.
  ///
  /// - Throws: `badInput` when the file was written to since it was opened.
  package func checkUnwritten() throws(ParlanceError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, FileStamp(status).isUnwritten(since: stamp) else {
      throw ParlanceError(
        .badInput, "the file was written to while it was in use; files must be replaced by renaming",
        at: .init(file: path))
    }
  }

  private nonisolated(unsafe) static let nowhere = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
}
