import CZlib
import Diagnostics

/// Packs into one gzip member without a name and a time, so that the same bytes give the same file.
@safe final class GzipEncoder {
  private let stream: UnsafeMutablePointer<z_stream>
  private var output = [UInt8](repeating: 0, count: 1 << 16)

  /// - Throws: `internalFault` when zlib has no memory.
  init() throws(ParlanceError) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw ParlanceError(.internalFault, "zlib cannot be started") }
  }

  deinit {
    _ = unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Packs `bytes` and hands out what is ready; with `finish` all of it and the member's end.
  func pack(
    _ bytes: [UInt8], finish: Bool, to sink: ([UInt8]) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    var start = 0
    while true {
      let (consumed, produced, isDone) = deflateOnce(bytes, from: start, flush: finish ? Z_FINISH : Z_NO_FLUSH)
      start += consumed
      if produced > 0 { try sink(Array(output[..<produced])) }
      if finish ? isDone : (start == bytes.count && produced < output.count) { return }
    }
  }

  private func deflateOnce(
    _ bytes: [UInt8], from start: Int, flush: Int32
  ) -> (consumed: Int, produced: Int, isDone: Bool) {
    unsafe bytes.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe stream.pointee.next_in = input.baseAddress.map { unsafe UnsafeMutablePointer(mutating: $0 + start) }
        let given = UInt32(clamping: input.count - start)
        unsafe stream.pointee.avail_in = given
        unsafe stream.pointee.next_out = output.baseAddress
        unsafe stream.pointee.avail_out = UInt32(output.count)
        let status = unsafe deflate(stream, flush)
        return unsafe (
          Int(given - stream.pointee.avail_in), output.count - Int(stream.pointee.avail_out), status == Z_STREAM_END
        )
      }
    }
  }
}
