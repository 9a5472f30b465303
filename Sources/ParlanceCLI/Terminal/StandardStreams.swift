import Diagnostics
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard output, buffered, with errors that are seen: a full disk behind `>` must not look like success.
final class StandardOutput: Sendable {
  static let shared = StandardOutput()
  private static let capacity = 1 << 16
  private let buffer = Mutex<[UInt8]>([])

  func write(_ text: String) throws(ParlanceError) {
    let full = buffer.withLock { buffer in
      buffer.append(contentsOf: text.utf8)
      return buffer.count >= Self.capacity
    }
    if full { try flush() }
  }

  func flush() throws(ParlanceError) {
    let bytes = buffer.withLock { buffer in
      defer { buffer.removeAll(keepingCapacity: true) }
      return buffer
    }
    if let failure = writeAll(bytes, to: STDOUT_FILENO) {
      throw ParlanceError(
        .cannotWrite, "writing failed: \(systemMessage(failure))", at: .init(file: "standard output"))
    }
  }
}

/// Standard error, unbuffered; nobody is left to tell if it fails.
enum StandardError {
  static func write(_ text: String) {
    _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
  }
}

/// - Returns: the `errno` of the write that failed, `nil` when all bytes went out.
private func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> CInt? {
  var rest = bytes[...]
  while !rest.isEmpty {
    let written = unsafe rest.withUnsafeBytes { unsafe systemWrite(descriptor, $0.baseAddress, $0.count) }
    if written >= 0 {
      rest = rest.dropFirst(written)
    } else if errno != EINTR {
      return errno
    }
  }
  return nil
}

private func systemMessage(_ code: CInt) -> String {
  guard let text = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}

#if canImport(Glibc)
  private let systemWrite = unsafe Glibc.write
#elseif canImport(Musl)
  private let systemWrite = unsafe Musl.write
#else
  private let systemWrite = unsafe Darwin.write
#endif
