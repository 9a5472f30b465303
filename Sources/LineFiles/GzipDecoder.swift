import CZlib
import Diagnostics

/// Unpacks gzip (RFC 1952), several members one after the other included, in bounded memory.
@safe final class GzipDecoder {
  private let path: String
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8] = []
  private var inputStart = 0
  /// Whether the last member is complete, so that the file may end here.
  private var isBetweenMembers = false
  private var sawPadding = false

  /// - Throws: `internalFault` when zlib has no memory.
  init(path: String) throws(ParlanceError) {
    self.path = path
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15 bits of window, plus 16 for a gzip header and nothing else.
    guard unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw ParlanceError(.internalFault, "zlib cannot be started", at: .init(file: path))
    }
  }

  deinit {
    _ = unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Takes packed bytes; the ones before must be used up.
  func take(_ bytes: [UInt8], count: Int) {
    input = Array(bytes[..<count])
    inputStart = 0
  }

  /// Unpacks into `buffer` from index `start` on.
  ///
  /// - Returns: how many bytes; 0 when it needs more packed ones.
  /// - Throws: `badInput`.
  func read(into buffer: inout [UInt8], from start: Int) throws(ParlanceError) -> Int {
    while inputStart < input.count {
      if isBetweenMembers {
        // Tapes and some tools fill up with zeros behind the last member.
        if input[inputStart] == 0 {
          sawPadding = true
          inputStart += 1
          continue
        }
        guard !sawPadding else { throw damaged("bytes after its end") }
        unsafe inflateReset(stream)
        isBetweenMembers = false
      }
      let (status, consumed, produced) = inflateOnce(into: &buffer, from: start)
      inputStart += consumed
      switch status {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isBetweenMembers = true
      case Z_MEM_ERROR: throw ParlanceError(.internalFault, "zlib has no memory", at: .init(file: path))
      default: throw damaged(unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "unexpected content")
      }
      if produced > 0 { return produced }
    }
    return 0
  }

  /// - Throws: `badInput` when the file ended within a member.
  func finish() throws(ParlanceError) {
    guard isBetweenMembers else {
      throw ParlanceError(.badInput, "the gzip file is cut short; copy it again", at: .init(file: path))
    }
  }

  private func inflateOnce(into buffer: inout [UInt8], from start: Int) -> (Int32, consumed: Int, produced: Int) {
    unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe buffer.withUnsafeMutableBufferPointer { buffer in
        unsafe stream.pointee.next_in = input.baseAddress.map { unsafe $0 + inputStart }
        unsafe stream.pointee.avail_in = UInt32(input.count - inputStart)
        unsafe stream.pointee.next_out = buffer.baseAddress.map { unsafe $0 + start }
        let room = UInt32(clamping: buffer.count - start)
        unsafe stream.pointee.avail_out = room
        let status = unsafe inflate(stream, Z_NO_FLUSH)
        return unsafe (
          status, input.count - inputStart - Int(stream.pointee.avail_in), Int(room - stream.pointee.avail_out)
        )
      }
    }
  }

  private func damaged(_ what: String) -> ParlanceError {
    ParlanceError(.badInput, "the gzip file is damaged: \(what); copy it again", at: .init(file: path))
  }
}
