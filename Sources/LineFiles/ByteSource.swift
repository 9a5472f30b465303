import BinaryFiles
import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a file, of a zip archive's member or of standard input, unpacked where they are gzip.
final class ByteSource {
  let path: String
  /// How many bytes came from the file itself.
  private(set) var position = 0
  let fileSize: Int?

  /// Whether what is read is unpacked on the way.
  var isPacked: Bool { gzip != nil }

  private let interruption: Interruption?
  private let descriptor: Int32
  private let closes: Bool
  private var gzip: GzipDecoder?
  private var member: ZipMemberStream?
  /// The bytes that were read to find out what the file is.
  private var lookahead: [UInt8] = []
  private var packed: [UInt8] = []

  /// - Throws: `noInput`, `interrupted`.
  init(path: String, interruption: Interruption? = nil) throws(ParlanceError) {
    self.path = path
    self.interruption = interruption
    closes = path != "-"
    descriptor = closes ? unsafe open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
    guard descriptor >= 0 else { throw systemError(errno, cannot: "open it", path: path, fallback: .noInput) }
    var status = stat()
    let known = unsafe fstat(descriptor, &status) == 0
    fileSize = known && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    if known, status.st_mode & S_IFMT == S_IFDIR {
      throw ParlanceError(.noInput, "expected a file, this is a folder", at: .init(file: path))
    }
    var first = [UInt8](repeating: 0, count: 2)
    var count = 0
    // The second byte is waited for only where it decides: a terminal's first line may be empty.
    while count < 2 {
      let more = try readFile(into: &first, from: count)
      count += more
      if more == 0 || first[0] != 0x1F { break }
    }
    lookahead = Array(first[..<count])
    if lookahead == [0x1F, 0x8B] {
      gzip = try GzipDecoder(path: path)
    } else if path.utf8.suffix(3).elementsEqual(".gz".utf8), lookahead.isEmpty {
      throw ParlanceError(.badInput, "expected a gzip file, this one is empty", at: .init(file: path))
    }
  }

  /// The bytes of a zip archive's member.
  ///
  /// - Throws: `badInput` when the archive is damaged, `internalFault` when zlib has no memory.
  init(
    _ archive: ZipArchive, _ member: ZipArchive.Member, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    path = archive.file.path + "/" + member.name
    self.interruption = interruption
    closes = false
    descriptor = -1
    fileSize = member.count
    self.member = try ZipMemberStream(archive, member)
    var first = [UInt8](repeating: 0, count: 2)
    var count = 0
    while count < 2 {
      let more = try readFile(into: &first, from: count)
      if more == 0 { break }
      count += more
    }
    lookahead = Array(first[..<count])
    if lookahead == [0x1F, 0x8B] { gzip = try GzipDecoder(path: path) }
  }

  deinit {
    if closes, descriptor >= 0 { close(descriptor) }
  }

  /// Fills `buffer` from index `start` on with at least one byte.
  ///
  /// - Returns: how many bytes; 0 at the end.
  /// - Throws: `noInput` when reading fails, `badInput` when the gzip is damaged or cut short, `interrupted`.
  func read(into buffer: inout [UInt8], from start: Int) throws(ParlanceError) -> Int {
    guard let gzip else { return try readPlain(into: &buffer, from: start) }
    while true {
      let count = try gzip.read(into: &buffer, from: start)
      if count > 0 { return count }
      if packed.isEmpty { packed = [UInt8](repeating: 0, count: 1 << 16) }
      let taken = try readPlain(into: &packed, from: 0)
      if taken == 0 {
        try gzip.finish()
        return 0
      }
      gzip.take(packed, count: taken)
    }
  }

  private func readPlain(into buffer: inout [UInt8], from start: Int) throws(ParlanceError) -> Int {
    if !lookahead.isEmpty {
      let count = min(lookahead.count, buffer.count - start)
      for index in 0..<count { buffer[start + index] = lookahead[index] }
      lookahead.removeFirst(count)
      return count
    }
    return try readFile(into: &buffer, from: start)
  }

  private func readFile(into buffer: inout [UInt8], from start: Int) throws(ParlanceError) -> Int {
    if let member {
      try interruption?.check()
      let count = try member.read(into: &buffer, from: start)
      position += count
      return count
    }
    try waitForInput()
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe systemRead(descriptor, bytes.baseAddress.map { unsafe $0 + start }, bytes.count - start)
      }
      if count >= 0 {
        position += count
        return count
      }
      if errno != EINTR { throw systemError(errno, cannot: "read it", path: path, fallback: .noInput) }
    }
  }

  /// Comes back once reading would not wait for whoever writes at the other end, or throws once a stop was asked for.
  private func waitForInput() throws(ParlanceError) {
    guard let interruption else { return }
    try interruption.check()
    guard fileSize == nil else { return }
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while true {
      let ready = unsafe poll(&request, 1, Self.patience)
      guard ready == 0 || (ready < 0 && errno == EINTR) else { return }
      try interruption.check()
    }
  }

  /// Milliseconds within which a wish to stop is seen.
  private static let patience: Int32 = 100
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  unsafe read(descriptor, bytes, count)
}
