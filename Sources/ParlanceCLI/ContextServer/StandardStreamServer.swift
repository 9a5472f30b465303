import Diagnostics
import Dispatch
import LineFiles
import ModelContext
import StrictJSON
import Synchronization

/// The protocol over standard input and output: a message a line.
struct StandardStreamServer {
  private let server: ContextServer
  private let interruption: Interruption
  /// Requests that are answered at once; who sends more is read from again when one of them is done, whichever.
  private static let atOnce = 32
  private static let longestMessage = 1 << 24

  init(_ server: ContextServer, interruption: Interruption) {
    self.server = server
    self.interruption = interruption
  }

  /// Serves until the input ends, and answers what came before that.
  ///
  /// - Throws: `interrupted`; `cannotWrite` when nobody reads the answers; as `LineReader`.
  func run() async throws {
    let writer = MessageWriter()
    let connection = ContextConnection(server, send: writer.write)
    // From 0, since Dispatch ends the process over a semaphore that goes with less than it began with.
    let room = DispatchSemaphore(value: 0)
    for _ in 0..<Self.atOnce { room.signal() }
    try await connection.receive(lines(room)) {
      room.signal()
      try writer.check()
    }
  }

  /// The lines of standard input. They are waited for on a thread of their own, since none that computes may wait.
  ///
  /// - Parameter room: signalled for each line that may be read ahead; what has no room stays with its sender.
  private func lines(_ room: DispatchSemaphore) -> AsyncThrowingStream<[UInt8], any Error> {
    let (stream, feed) = AsyncThrowingStream.makeStream(of: [UInt8].self)
    DispatchQueue(label: "standard input").async { [interruption] in
      do {
        // Bytes that are not UTF-8 are answered, not fatal.
        let reader = try LineReader(
          path: "-", maximumLineLength: Self.longestMessage, validatesUTF8: false, interruption: interruption)
        while let line = try reader.next() {
          if line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) {
            room.wait()
            feed.yield(line)
          }
        }
        feed.finish()
      } catch {
        feed.finish(throwing: error)
      }
    }
    return stream
  }
}

/// Writes messages whole, one after the other, each at once.
private final class MessageWriter: Sendable {
  private let failure = Mutex<ParlanceError?>(nil)

  var write: @Sendable (JSONValue) -> Void {
    { message in
      self.failure.withLock { failure in
        do throws(ParlanceError) {
          try StandardOutput.shared.write(message.text + "\n")
          try StandardOutput.shared.flush()
        } catch {
          failure = error
        }
      }
    }
  }

  func check() throws(ParlanceError) {
    if let failure = failure.withLock({ $0 }) { throw failure }
  }
}
