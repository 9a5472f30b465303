import BinaryFiles
package import Diagnostics

/// Reads a file byte by byte in bounded memory: plain or gzip, a file or standard input.
///
/// Content decides what is gzip, as for `LineReader`.
package final class ByteReader {
  /// The path as the caller wrote it.
  package let path: String
  /// How many bytes were handed out, unpacked where the file is gzip.
  package private(set) var offset = 0
  /// How many bytes of the file itself were read so far, for progress.
  package var position: Int { source.position }
  /// The length of the file itself, where it has one.
  package var fileSize: Int? { source.fileSize }

  /// Whether the file is gzip.
  package var isPacked: Bool { source.isPacked }

  private let source: ByteSource
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var unread = 0..<0

  /// - Throws: `noInput` when the file cannot be opened; `badInput` when it begins like gzip and is not; `interrupted`.
  package init(path: String, interruption: Interruption? = nil) throws(ParlanceError) {
    self.path = path
    source = try ByteSource(path: path, interruption: interruption)
  }

  /// The next byte, or `nil` at the end of the file.
  ///
  /// - Throws: `badInput` for damaged gzip, `noInput` when reading fails, `interrupted`.
  package func next() throws(ParlanceError) -> UInt8? {
    if unread.isEmpty, try !fill() { return nil }
    let byte = buffer[unread.lowerBound]
    unread = unread.lowerBound + 1..<unread.upperBound
    offset += 1
    return byte
  }

  /// The next `count` bytes, or `nil` where the file ends before.
  package func bytes(_ count: Int) throws(ParlanceError) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      if unread.isEmpty, try !fill() { return nil }
      let taken = min(count - bytes.count, unread.count)
      bytes.append(contentsOf: buffer[unread.lowerBound..<unread.lowerBound + taken])
      unread = unread.lowerBound + taken..<unread.upperBound
      offset += taken
    }
    return bytes
  }

  /// Passes over `count` bytes.
  ///
  /// - Returns: whether the file has as many.
  package func skip(_ count: Int) throws(ParlanceError) -> Bool {
    var left = count
    while left > 0 {
      if unread.isEmpty, try !fill() { return false }
      let taken = min(left, unread.count)
      unread = unread.lowerBound + taken..<unread.upperBound
      offset += taken
      left -= taken
    }
    return true
  }

  private func fill() throws(ParlanceError) -> Bool {
    unread = 0..<(try source.read(into: &buffer, from: 0))
    return !unread.isEmpty
  }
}
