import BinaryFiles
public import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a text file line by line: atomically to a file, directly to standard output (`-`), a pipe or a device; a name
/// that ends with `.gz` is packed. A symbolic link stays, and what it leads to is written.
///
/// A file appears with `finish()`; a writer that is let go before leaves nothing behind. What was written to standard
/// output goes out in any case.
public final class LineWriter {
  /// The path as the caller wrote it; `-` is standard output.
  public let path: String
  /// How many lines were written.
  public private(set) var lineCount = 0

  private enum Target {
    case atomic(AtomicFile)
    case direct(OutputFile)
  }

  private let target: Target
  private let gzip: GzipEncoder?
  private var buffer: [UInt8] = []
  /// Whether it takes more.
  private var isOpen = true
  private var isFinished = false

  private static let bufferSize = 1 << 16

  /// - Throws: `cannotWrite`.
  public init(path: String) throws(ParlanceError) {
    self.path = path
    gzip = path.utf8.suffix(3).elementsEqual(".gz".utf8) ? try GzipEncoder() : nil
    var status = stat()
    if path == "-" {
      target = .direct(OutputFile(descriptor: STDOUT_FILENO, path: "standard output"))
    } else if unsafe stat(path, &status) == 0,
      try FileNames.isOfSystem(FileNames.target(of: path)) || ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    {
      target = .direct(try OutputFile(path: path, mode: .append))
    } else {
      target = .atomic(try AtomicFile(path: path))
    }
    buffer.reserveCapacity(2 * Self.bufferSize)
  }

  deinit {
    if isOpen, case .direct = target { try? finish() }
  }

  /// Writes `line` and its end.
  ///
  /// - Precondition: there is no `\n` in it.
  /// - Throws: `cannotWrite`.
  public func write(line: [UInt8]) throws(ParlanceError) {
    buffer.append(contentsOf: line)
    try endLine()
  }

  public func write(line: String) throws(ParlanceError) {
    buffer.append(contentsOf: line.utf8)
    try endLine()
  }

  /// Writes bytes as they are, for a file that has no lines.
  ///
  /// - Throws: `cannotWrite`.
  package func write(bytes: [UInt8]) throws(ParlanceError) {
    precondition(isOpen, "a finished file takes no bytes")
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferSize { try drain(finish: false) }
  }

  /// Sends out what was written so far, for a reader at the other end of a pipe. What is packed may wait for more, since
  /// gzip packs in blocks; a file appears with `finish()` alone.
  ///
  /// - Throws: `cannotWrite`.
  public func flush() throws(ParlanceError) {
    try drain(finish: false)
  }

  /// Sends out the rest and gives a file its name. Nothing may be written afterwards.
  ///
  /// - Throws: `cannotWrite`.
  public func finish() throws(ParlanceError) {
    guard !isFinished else { return }
    isFinished = true
    try sendRest()
    if case .atomic(let file) = target { try file.commit() }
  }

  /// Sends out the rest and brings a file to the disk, so that `finish()` only gives it its name. Nothing may be written
  /// afterwards.
  ///
  /// - Throws: `cannotWrite`; the writer is of no use then.
  package func prepare() throws(ParlanceError) {
    try sendRest()
    if case .atomic(let file) = target { try file.prepare() }
  }

  private func sendRest() throws(ParlanceError) {
    guard isOpen else { return }
    isOpen = false
    try drain(finish: true)
  }

  private func endLine() throws(ParlanceError) {
    precondition(isOpen, "a finished file takes no lines")
    buffer.append(UInt8(ascii: "\n"))
    lineCount += 1
    if buffer.count >= Self.bufferSize { try drain(finish: false) }
  }

  private func drain(finish: Bool) throws(ParlanceError) {
    var full: [UInt8] = []
    swap(&full, &buffer)
    if let gzip {
      try gzip.pack(full, finish: finish) { (bytes: [UInt8]) throws(ParlanceError) in try send(bytes) }
    } else {
      try send(full)
    }
    full.removeAll(keepingCapacity: true)
    swap(&full, &buffer)
  }

  private func send(_ bytes: [UInt8]) throws(ParlanceError) {
    switch target {
    case .atomic(let file): try file.write(bytes)
    case .direct(let file): try file.write(bytes.rawSpan)
    }
  }
}
