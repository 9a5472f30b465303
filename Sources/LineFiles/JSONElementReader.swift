import BinaryFiles
public import Diagnostics

/// Cuts a JSON file into its elements, one after the other, so that an array of any length is read in bounded memory: the
/// elements of the outermost array, or where there is none the values of the file.
///
///     let elements = try JSONElementReader(path: "train.json")
///     while let id = try elements.withNextElement({ … }) { … }
///
/// It looks at brackets, quotation marks and commas alone; whether an element is JSON is for its reader to find out.
public final class JSONElementReader {
  /// The path as the caller wrote it.
  public let path: String
  /// The line on which the element read last begins, from 1; 0 before the first.
  public private(set) var lineNumber = 0
  /// How many elements were begun so far.
  public private(set) var elementCount = 0
  /// Whether the file is one array, not values one after the other.
  public var isArray: Bool { isInArray }
  /// The first visible byte of the file; `nil` where there is none.
  public private(set) var opening: UInt8?

  private let source: ByteSource
  private let maximumLength: Int
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)
  private var unread = 0..<0
  private var line = 1
  private var isInArray = false
  private var isOver = false
  private var element: [UInt8] = []

  /// - Parameter maximumLength: longer elements are an error: the file is not what was expected, and memory stays bounded.
  /// - Throws: as `LineReader`.
  public convenience init(
    path: String, maximumLength: Int = 1 << 28, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    try self.init(ByteSource(path: path, interruption: interruption), maximumLength: maximumLength)
  }

  /// Reads a member of a zip archive.
  package convenience init(
    _ archive: ZipArchive, _ member: ZipArchive.Member, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    try self.init(ByteSource(archive, member, interruption: interruption), maximumLength: 1 << 28)
  }

  private init(_ source: ByteSource, maximumLength: Int) throws(ParlanceError) {
    path = source.path
    self.source = source
    self.maximumLength = maximumLength
    for byte in [0xEF, 0xBB, 0xBF] as [UInt8] {
      guard try next() == byte else {
        back()
        break
      }
    }
    opening = try nextVisible()
    if opening == UInt8(ascii: "[") { isInArray = true } else if opening != nil { back() }
  }

  /// The place of the element read last, for errors about it: its first line.
  public var location: ParlanceError.Location { .init(file: path, line: lineNumber) }

  /// Gives the next element's bytes to `body`; they are valid during the call.
  ///
  /// - Returns: `nil` at the end of the file or its array.
  /// - Throws: `badInput` for an element that is too long, cut short or not UTF-8; what `body` throws.
  public func withNextElement<Result>(
    _ body: (RawSpan) throws(ParlanceError) -> Result
  ) throws(ParlanceError) -> Result? {
    guard try readElement() else { return nil }
    let bytes = element
    if let offset = invalidUTF8Offset(in: bytes.rawSpan) {
      throw ParlanceError(
        .badInput, "expected UTF-8, byte \(offset + 1) of the element is not; convert the file to UTF-8", at: location)
    }
    return try body(bytes.rawSpan)
  }

  private func readElement() throws(ParlanceError) -> Bool {
    element.removeAll(keepingCapacity: true)
    guard !isOver, var byte = try nextVisible(skipping: isInArray ? UInt8(ascii: ",") : nil) else {
      guard !isInArray || isOver else {
        isOver = true
        lineNumber = line
        throw ParlanceError(.badInput, "the array has no end; the file is cut short", at: location)
      }
      return false
    }
    if isInArray, byte == UInt8(ascii: "]") {
      isOver = true
      // Two files in one, which `cat` makes: what follows would be lost without a word.
      guard try nextVisible() == nil else {
        lineNumber = line
        throw ParlanceError(
          .badInput, "expected nothing behind the array's end; are these several files in one?", at: location)
      }
      return false
    }
    lineNumber = line
    elementCount += 1
    var depth = 0
    var isString = false
    var isEscaped = false
    while true {
      element.append(byte)
      if element.count > maximumLength {
        isOver = true
        throw ParlanceError(.badInput, "expected an element of at most \(maximumLength) bytes", at: location)
      }
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isString = false
        }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
      }
      if depth <= 0, !isString, try isEnd(after: byte) { return true }
      guard let following = try next() else {
        isOver = true
        guard depth == 0, !isString, !isInArray else {
          throw ParlanceError(.badInput, "the element has no end; the file is cut short", at: location)
        }
        return true
      }
      byte = following
    }
  }

  /// Whether an element ends behind its byte at depth 0: behind a closing bracket or quotation mark, or before what cannot
  /// be part of a number or a word.
  private func isEnd(after byte: UInt8) throws(ParlanceError) -> Bool {
    if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "\"") { return true }
    guard let following = try next() else { return false }
    back()
    return isSpace(following) || following == UInt8(ascii: ",") || following == UInt8(ascii: "]")
  }

  private func nextVisible(skipping other: UInt8? = nil) throws(ParlanceError) -> UInt8? {
    while let byte = try next() {
      if !isSpace(byte), byte != other { return byte }
    }
    return nil
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private func next() throws(ParlanceError) -> UInt8? {
    if unread.isEmpty {
      // The byte before stays, so that it can be gone back to.
      if unread.lowerBound > 0 { buffer[0] = buffer[unread.lowerBound - 1] }
      let count = try source.read(into: &buffer, from: 1)
      unread = 1..<1 + count
      guard count > 0 else { return nil }
    }
    let byte = buffer[unread.lowerBound]
    unread = unread.lowerBound + 1..<unread.upperBound
    if byte == UInt8(ascii: "\n") { line += 1 }
    return byte
  }

  /// Goes back by the byte that `next` gave; at the end of the file there was none.
  private func back() {
    guard unread.lowerBound > 1 || !unread.isEmpty else { return }
    if buffer[unread.lowerBound - 1] == UInt8(ascii: "\n") { line -= 1 }
    unread = unread.lowerBound - 1..<unread.upperBound
  }
}
