import BinaryFiles
import CZlib
import Diagnostics

/// One block of passage texts, compressed by the system's zlib.
enum TextCompression {
  static func compress(_ bytes: [UInt8], level: Int) throws(ParlanceError) -> [UInt8] {
    var count = compressBound(uLong(bytes.count))
    var status = Z_OK
    let compressed = unsafe [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, used in
      unsafe status = compress2(buffer.baseAddress, &count, bytes, uLong(bytes.count), Int32(level))
      used = Int(count)
    }
    guard status == Z_OK else { throw ParlanceError(.internalFault, "zlib cannot compress a block: error \(status)") }
    return compressed
  }

  /// - Returns: `nil` unless the block holds exactly `count` bytes.
  static func decompress(_ block: RawSpan, count: Int) -> [UInt8]? {
    // zlib cannot make more than 1,032 bytes out of one, so a forged count asks for no memory.
    guard count <= 1_100 * block.byteCount else { return nil }
    var length = uLong(count)
    var status = Z_OK
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: max(1, count)) { buffer, used in
      unsafe block.withUnsafeBytes { block in
        unsafe status = uncompress(
          buffer.baseAddress, &length, block.assumingMemoryBound(to: UInt8.self).baseAddress, uLong(block.count))
      }
      used = status == Z_OK ? Int(length) : 0
    }
    return status == Z_OK && bytes.count == count ? bytes : nil
  }
}
