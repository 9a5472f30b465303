import BinaryFiles
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
  private struct State {
    var bytes: [UInt8] = []
    /// The first failure, which every later flush tells again: a caller that passes over one cannot hide it.
    var failure: ParlanceError?
  }

  static let shared = StandardOutput()
  private static let capacity = 1 << 16
  private let state = Mutex(State())

  func write(_ text: String) throws(ParlanceError) {
    let isFull = state.withLock { state in
      state.bytes.append(contentsOf: text.utf8)
      return state.bytes.count >= Self.capacity
    }
    if isFull { try flush() }
  }

  func flush() throws(ParlanceError) {
    try state.withLock { state throws(ParlanceError) in
      if state.failure == nil, let failure = writeAll(state.bytes, to: STDOUT_FILENO) {
        state.failure = ParlanceError(
          .cannotWrite, "writing failed: \(systemReason(failure))", at: .init(file: "standard output"))
      }
      state.bytes.removeAll(keepingCapacity: true)
      if let failure = state.failure { throw failure }
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

#if canImport(Glibc)
  private let systemWrite = unsafe Glibc.write
#elseif canImport(Musl)
  private let systemWrite = unsafe Musl.write
#else
  private let systemWrite = unsafe Darwin.write
#endif
