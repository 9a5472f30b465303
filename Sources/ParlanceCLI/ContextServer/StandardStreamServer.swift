import Diagnostics
import Dispatch
import LineFiles
import ModelContext
import StrictJSON

/// The protocol over standard input and output: a message a line.
struct StandardStreamServer {
  private let server: ContextServer
  private let interruption: Interruption
  /// Lines that are read before they are taken.
  private static let ahead = 8
  private static let longestMessage = 1 << 24

  init(_ server: ContextServer, interruption: Interruption) {
    self.server = server
    self.interruption = interruption
  }

  /// Serves until the input ends, and answers what came before that.
  ///
  /// - Throws: `interrupted`; `cannotWrite` when nobody reads the answers; as `LineReader`.
  func run() async throws {
    let (messages, feed) = AsyncThrowingStream.makeStream(of: [UInt8].self)
    let connection = ContextConnection(server) { message in
      do throws(ParlanceError) {
        try StandardOutput.shared.write(message.text + "\n")
        try StandardOutput.shared.flush()
      } catch {
        feed.finish(throwing: error)
      }
    }
    // From 0, since Dispatch ends the process over a semaphore that goes with less than it began with.
    let room = DispatchSemaphore(value: 0)
    for _ in 0..<Self.ahead { room.signal() }
    read(to: feed, room)
    try await connection.receive(messages) { room.signal() }
    // It remembers a write that failed behind the end of the input.
    try StandardOutput.shared.flush()
  }

  /// Hands on the lines of standard input. They are waited for on a thread of their own, since none that computes may wait.
  ///
  /// - Parameter room: signalled for each line that may be read ahead; what has no room stays with its sender.
  private func read(to feed: AsyncThrowingStream<[UInt8], any Error>.Continuation, _ room: DispatchSemaphore) {
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
  }
}
