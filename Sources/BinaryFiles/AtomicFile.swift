public import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that appears whole or not at all.
///
/// Bytes go to a temporary name in the same folder; `commit()` brings them to the disk, gives the file its name in one
/// step and brings the folder to the disk. A file that is let go without `commit()` leaves nothing behind, and what a
/// killed process left behind is removed by the next writer of the same name. A symbolic link stays: the file that it leads
/// to is the one that is written.
public final class AtomicFile {
  /// The name the file will have, as the caller wrote it.
  public let path: String
  /// The file behind the links of `path`.
  private let target: String
  /// Where the bytes are until `commit()`.
  package let temporaryPath: String
  private let file: OutputFile
  private var buffer: [UInt8] = []
  private let faults: FaultLayer?
  private var isOpen = true
  /// Whether all that was written is on the disk.
  private var isOnDisk = false
  private let isResumable: Bool
  /// What an earlier process left, as long as what is written is the same.
  private var kept: (file: MappedFile, position: Int)?

  private static let bufferSize = 1 << 18

  /// - Throws: `cannotWrite` when the folder is not there or may not be written to, or when `path` is a folder.
  public init(path: String) throws(ParlanceError) {
    try FileNames.refuseFolder(path)
    let target = try FileNames.target(of: path)
    let prefix = "." + fileName(of: target) + ".partial-"
    Self.removeLeftovers(in: folder(of: target)) { $0.utf8.starts(with: prefix.utf8) }
    self.path = path
    self.target = target
    faults = FaultLayer.current
    do {
      file = try Self.newFile(folder(of: target) + "/" + prefix)
    } catch {
      throw ParlanceError(error.code, error.message, at: .init(file: path))
    }
    file.takeRights(of: target)
    temporaryPath = file.path
    isResumable = false
    buffer.reserveCapacity(Self.bufferSize)
  }

  /// A file that can be gone on with after any end of the process: its bytes go to `NAME.partial`, which only `abandon()`
  /// removes. Whoever writes the same bytes again as those that are there finds them written; from the first other one on the
  /// file is written anew. Somebody else's lock has to see to it that nobody writes it at once.
  ///
  /// - Parameter reopens: whether a finished file of that name is such an earlier one: it loses its name until it is finished again.
  ///
  /// - Throws: `cannotWrite`, as `init(path:)`.
  package init(resuming path: String, reopens: Bool = false) throws(ParlanceError) {
    try FileNames.refuseFolder(path)
    if reopens, FileNames.exists(path), FileNames.isMissing(Self.partialPath(for: path)) {
      try FileNames.rename(path, to: Self.partialPath(for: path), faults: FaultLayer.current)
    }
    self.path = path
    target = path
    faults = FaultLayer.current
    temporaryPath = Self.partialPath(for: path)
    file = try OutputFile(path: temporaryPath, mode: .append)
    isResumable = true
    if file.position > 0 { kept = (try MappedFile(path: temporaryPath, access: .sequential), 0) }
    buffer.reserveCapacity(Self.bufferSize)
  }

  /// Where the bytes of a file that can be gone on with are until it is finished.
  package static func partialPath(for path: String) -> String { path + ".partial" }

  /// A file whose lock tells the next writer that it is alive.
  private static func newFile(_ prefix: String) throws(ParlanceError) -> OutputFile {
    while true {
      let file = try OutputFile(path: prefix + String(UInt64.random(in: 0 ... .max), radix: 36), mode: .new)
      switch file.lock() {
      case 0: if file.hasItsName { return file }
      // Before it was locked, another writer took it for a leftover.
      case EWOULDBLOCK: FileNames.remove(file.path, faults: FaultLayer.current)
      // Where there are no locks, nobody can take it for a leftover.
      case ENOLCK, ENOTSUP, EOPNOTSUPP, ENOSYS: return file
      case let number:
        FileNames.remove(file.path, faults: FaultLayer.current)
        throw systemError(number, cannot: "lock it", path: file.path, fallback: .cannotWrite)
      }
    }
  }

  deinit {
    if !isResumable { abandon() }
  }

  /// The number of bytes written so far.
  public var position: Int { kept?.position ?? file.position + buffer.count }

  /// The next `count` bytes that an earlier process left, to be written again; `nil` where there are not as many.
  package func keptBytes(_ count: Int) -> [UInt8]? {
    guard let kept, count <= kept.file.count - kept.position else { return nil }
    return kept.file.bytes.extracting(kept.position..<kept.position + count).array()
  }

  /// - Returns: how many of the bytes are there already.
  private func keep(_ bytes: RawSpan) throws(ParlanceError) -> Int {
    guard let kept else { return 0 }
    let (known, position) = kept
    let count = min(bytes.byteCount, known.count - position)
    if known.bytes.extracting(position..<position + count).elementsEqual(bytes.extracting(0..<count)) {
      self.kept = position + count == known.count ? nil : (known, position + count)
      return count
    }
    self.kept = nil
    try file.truncate(to: position)
    return 0
  }

  /// - Precondition: the file was neither committed nor abandoned: its bytes are those of the finished file by then.
  /// - Throws: `cannotWrite`. Afterwards the file can only be abandoned.
  public func write(_ bytes: RawSpan) throws(ParlanceError) {
    precondition(isOpen, "the file was committed or abandoned before")
    isOnDisk = false
    let bytes = bytes.extracting(try keep(bytes)..<bytes.byteCount)
    if buffer.count + bytes.byteCount > Self.bufferSize { try flush() }
    if bytes.byteCount >= Self.bufferSize {
      try writeThrough(bytes)
    } else {
      unsafe bytes.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
    }
  }

  public func write(_ bytes: [UInt8]) throws(ParlanceError) {
    try write(bytes.rawSpan)
  }

  /// Gives the finished file its name.
  ///
  /// - Throws: `cannotWrite`; the file is then abandoned, unless it can be gone on with, and what had the name before is still there. Only when the last
  ///   step fails, bringing the folder to the disk, the file has its name already and keeps it.
  public func commit() throws(ParlanceError) {
    precondition(isOpen, "the file was committed or abandoned before")
    do {
      try prepare()
      try FileNames.rename(temporaryPath, to: target, faults: faults)
    } catch {
      // What was written of one that can be gone on with is worth keeping.
      if isResumable { isOpen = false } else { abandon() }
      throw error
    }
    isOpen = false
    try FileNames.sync(folder: folder(of: target), faults: faults)
  }

  /// Brings what was written to the disk, all that the file is to have, so that `commit()` only gives it its name.
  ///
  /// - Throws: as `write`.
  package func prepare() throws(ParlanceError) {
    guard !isOnDisk else { return }
    if let kept {
      try file.truncate(to: kept.position)
      self.kept = nil
    }
    try flush()
    try sync()
    isOnDisk = true
  }

  /// Removes the temporary file. Nothing happens after `commit()`.
  public func abandon() {
    guard isOpen else { return }
    isOpen = false
    FileNames.remove(temporaryPath, faults: faults)
  }

  /// Writes a small file in one go.
  public static func write(_ bytes: [UInt8], to path: String) throws(ParlanceError) {
    let file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.commit()
  }

  /// Brings what was written so far to `temporaryPath`.
  package func flush() throws(ParlanceError) {
    guard !buffer.isEmpty else { return }
    var full: [UInt8] = []
    swap(&full, &buffer)
    try writeThrough(full.rawSpan)
    full.removeAll(keepingCapacity: true)
    swap(&full, &buffer)
  }

  // Errors name the file as the caller knows it.

  private func writeThrough(_ bytes: RawSpan) throws(ParlanceError) {
    do {
      try file.write(bytes)
    } catch {
      throw ParlanceError(error.code, error.message, at: .init(file: path))
    }
  }

  private func sync() throws(ParlanceError) {
    do {
      try file.sync()
    } catch {
      throw ParlanceError(error.code, error.message, at: .init(file: path))
    }
  }

  /// Removes temporary files whose writer is gone: their lock is free.
  static func removeLeftovers(in folder: String, where isLeftover: (String) -> Bool) {
    guard let listing = unsafe opendir(folder) else { return }
    defer { unsafe closedir(listing) }
    while let entry = unsafe readdir(listing) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard isLeftover(name) else { continue }
      let leftover = folder + "/" + name
      let descriptor = unsafe open(leftover, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { FileNames.remove(leftover, faults: FaultLayer.current) }
      close(descriptor)
    }
  }
}
