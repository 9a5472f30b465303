import BinaryFiles
public import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads a text file line by line in bounded memory: plain or gzip, a file or standard input.
///
///     let lines = try LineReader(path: "passages.jsonl.gz")
///     while let line = try lines.next() { … }
///
/// Content decides what is gzip, not the name. A byte order mark at the beginning and the `\r` of a `\r\n` are not part
/// of a line; the last line needs no end. Every line is valid UTF-8 unless the reader was told not to look.
public final class LineReader {
  /// The path as the caller wrote it; `-` is standard input.
  public let path: String
  /// The number of the line read last, from 1; 0 before the first.
  public private(set) var lineNumber = 0
  /// How many bytes of the file itself (compressed, where it is) were read so far, for progress.
  public var position: Int { source.position }
  /// The length of the file itself, where it has one.
  public var fileSize: Int? { source.fileSize }

  private let source: ByteSource
  private let maximumLineLength: Int
  private let validates: Bool
  private var buffer: [UInt8]
  /// The bytes that were read and not yet handed out.
  private var unread = 0..<0
  private var isAtEnd = false
  /// Whether what comes next is the rest of a line that was too long.
  private var isInsideLine = false

  /// - Parameters:
  ///   - path: a file, or `-` for standard input.
  ///   - maximumLineLength: longer lines are an error: the file is not what was expected, and memory stays bounded.
  ///   - validatesUTF8: whether a line that is not UTF-8 is an error.
  ///   - interruption: ends the reading with `interrupted`, also while a pipe or a terminal has nothing to read.
  /// - Throws: `noInput` when the file cannot be opened; `badInput` when it begins like gzip and is not; `interrupted`.
  public convenience init(
    path: String, maximumLineLength: Int = 1 << 26, validatesUTF8: Bool = true, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    try self.init(
      ByteSource(path: path, interruption: interruption), path: path, maximumLineLength: maximumLineLength,
      validatesUTF8: validatesUTF8)
  }

  /// Reads a member of a zip archive; its path is the archive's and its name.
  ///
  /// - Throws: as `init(path:)`.
  package convenience init(
    _ archive: ZipArchive, _ member: ZipArchive.Member, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    let source = try ByteSource(archive, member, interruption: interruption)
    try self.init(source, path: source.path, maximumLineLength: 1 << 26, validatesUTF8: true)
  }

  private init(
    _ source: ByteSource, path: String, maximumLineLength: Int, validatesUTF8: Bool
  ) throws(ParlanceError) {
    self.path = path
    self.maximumLineLength = maximumLineLength
    validates = validatesUTF8
    self.source = source
    buffer = [UInt8](repeating: 0, count: 1 << 18)
    // No more is waited for than decides whether this is a byte order mark: a terminal's first line may be short.
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    while unread.count < 3, !isAtEnd, mark.starts(with: buffer[unread]) { try fill() }
    if buffer[unread].starts(with: mark) { unread = 3..<unread.upperBound }
  }

  /// The place of the line read last, for errors about it.
  public var location: ParlanceError.Location { .init(file: path, line: lineNumber) }

  /// Gives the next line to `body`, without a copy; the bytes are valid during the call.
  ///
  /// - Returns: `nil` at the end of the file.
  /// - Throws: `badInput` for a line that is too long or not UTF-8, behind which the next call goes on, and for damaged gzip;
  ///   `noInput` when reading fails; `interrupted`; what `body` throws.
  public func withNextLine<Result>(
    _ body: (RawSpan) throws(ParlanceError) -> Result
  ) throws(ParlanceError) -> Result? {
    guard let range = try nextRange() else { return nil }
    // A reference, not a copy: the line stays valid even if `body` asks for the next one.
    let bytes = buffer
    let line = bytes.rawSpan.extracting(range)
    if validates, let offset = invalidUTF8Offset(in: line) {
      throw ParlanceError(
        .badInput, "expected UTF-8, byte \(offset + 1) of the line is not; convert the file to UTF-8", at: location)
    }
    return try body(line)
  }

  /// The bytes of the next line, or `nil` at the end of the file.
  ///
  /// - Throws: as `withNextLine`.
  public func next() throws(ParlanceError) -> [UInt8]? {
    try withNextLine { (line: RawSpan) throws(ParlanceError) in line.array() }
  }

  /// The text of the next line, or `nil` at the end of the file.
  ///
  /// - Throws: as `withNextLine`.
  public func nextString() throws(ParlanceError) -> String? {
    try withNextLine { (line: RawSpan) throws(ParlanceError) in line.string() }
  }

  /// The place of the next line in `buffer`, without its end.
  private func nextRange() throws(ParlanceError) -> Range<Int>? {
    if isInsideLine { try passOverLine() }
    var searched = unread.lowerBound
    while true {
      if let end = buffer.firstNewline(in: searched..<unread.upperBound) {
        var line = unread.lowerBound..<end
        unread = end + 1..<unread.upperBound
        lineNumber += 1
        if line.count > maximumLineLength { throw tooLong() }
        if !line.isEmpty, buffer[line.upperBound - 1] == UInt8(ascii: "\r") {
          line = line.lowerBound..<line.upperBound - 1
        }
        return line
      }
      if unread.count > maximumLineLength {
        unread = unread.upperBound..<unread.upperBound
        isInsideLine = true
        lineNumber += 1
        throw tooLong()
      }
      if isAtEnd {
        guard !unread.isEmpty else { return nil }
        let line = unread
        unread = unread.upperBound..<unread.upperBound
        lineNumber += 1
        return line
      }
      let known = unread.count
      try fill()
      searched = unread.lowerBound + known
    }
  }

  /// Goes on behind the end of the line, or to the end of the file.
  private func passOverLine() throws(ParlanceError) {
    while isInsideLine {
      if let end = buffer.firstNewline(in: unread) {
        unread = end + 1..<unread.upperBound
        isInsideLine = false
      } else {
        unread = unread.upperBound..<unread.upperBound
        if isAtEnd { return isInsideLine = false }
        try fill()
      }
    }
  }

  private func tooLong() -> ParlanceError {
    ParlanceError(
      .badInput, "expected a line of at most \(maximumLineLength) bytes, this one is longer", at: location)
  }

  /// Moves what is unread to the front and reads more behind it.
  private func fill() throws(ParlanceError) {
    buffer.moveToFront(unread)
    unread = 0..<unread.count
    if unread.count == buffer.count {
      buffer.append(contentsOf: repeatElement(0, count: buffer.count))
    }
    do {
      let count = try source.read(into: &buffer, from: unread.upperBound)
      isAtEnd = count == 0
      unread = 0..<unread.upperBound + count
    } catch {
      var located = error
      if located.code == .badInput { located.message += " (after line \(lineNumber))" }
      throw located
    }
  }
}
