import CZlib
package import Diagnostics

/// One zlib stream that unpacks, either gzip or the bare deflate of a zip archive.
@safe package final class Inflater {
  package enum Kind: Sendable {
    case gzip
    case raw
  }

  package enum Status: Sendable, Equatable {
    /// It wants more of either side.
    case more
    case end
    /// What zlib says is wrong with the bytes.
    case damaged(String)
  }

  private let stream: UnsafeMutablePointer<z_stream>

  /// - Throws: `internalFault` when zlib has no memory.
  package init(_ kind: Kind) throws(ParlanceError) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15 bits of window; 16 more ask for a gzip header and nothing else, a negative number for no header.
    let bits: Int32 = kind == .gzip ? 15 + 16 : -15
    guard unsafe inflateInit2_(stream, bits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw ParlanceError(.internalFault, "zlib cannot be started")
    }
  }

  deinit {
    _ = unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Begins a new stream of the same kind.
  package func reset() {
    _ = unsafe inflateReset(stream)
  }

  /// Unpacks from `input` behind `inputStart` into `buffer` behind `start`, as far as it goes.
  package func inflate(
    _ input: RawSpan, into buffer: inout [UInt8], from start: Int
  ) -> (status: Status, consumed: Int, produced: Int) {
    unsafe input.withUnsafeBytes { input in
      unsafe buffer.withUnsafeMutableBufferPointer { buffer in
        let given = UInt32(clamping: input.count)
        let room = UInt32(clamping: buffer.count - start)
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = given
        unsafe stream.pointee.next_out = buffer.baseAddress.map { unsafe $0 + start }
        unsafe stream.pointee.avail_out = room
        let result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        let status: Status
        switch result {
        case Z_OK, Z_BUF_ERROR: status = .more
        case Z_STREAM_END: status = .end
        default:
          status = .damaged(unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "unexpected content")
        }
        return unsafe (status, Int(given - stream.pointee.avail_in), Int(room - stream.pointee.avail_out))
      }
    }
  }
}

/// CRC-32 as zip and gzip have it, continued from `checksum` (0 for none).
package func zipChecksum(_ checksum: UInt32, _ bytes: RawSpan) -> UInt32 {
  unsafe bytes.withUnsafeBytes { bytes in
    unsafe UInt32(
      truncatingIfNeeded: crc32_z(UInt(checksum), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
