import Diagnostics
import Foundation
import LineFiles
import Synchronization
import TestSupport
import Testing

/// A named pipe, held open at its writing end.
private final class Pipe {
  let path: String
  private let folder: String
  private let writer: Int32

  init() throws {
    folder = try TestSupport.temporaryFolder("pipe")
    path = folder + "/pipe"
    try #require(mkfifo(path, 0o600) == 0)
    // Open at both ends, so that opening it waits for nobody.
    writer = open(path, O_RDWR)
    try #require(writer >= 0)
  }

  func write(_ text: String) {
    let bytes = Array(text.utf8)
    #expect(Glibc.write(writer, bytes, bytes.count) == bytes.count)
  }

  deinit {
    close(writer)
    try? FileManager.default.removeItem(atPath: folder)
  }
}

@Suite("Reading a pipe") struct PipeTests {
  /// What `body` gives within two minutes: a reader that waits for ever must not hold up the other tests for ever.
  private func soon<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Swift.Result<Result, any Error>?>(nil)
    Thread {
      let made = Swift.Result { try body() }
      result.withLock { $0 = made }
      done.signal()
    }.start()
    try #require(done.wait(timeout: .now() + 120) == .success, "it waits for more than there is")
    return try #require(result.withLock { $0 }).get()
  }

  @Test(
    "a line comes out before the next goes in, however short it is", arguments: ["", "a", "ab", "\u{1F}", "\u{FEFF}x"])
  func lineByLine(first: String) throws {
    let pipe = try Pipe()
    pipe.write(first + "\n")
    let path = pipe.path
    let reader = try soon { Unchecked(try LineReader(path: path)) }
    #expect(try soon { try reader.value.nextString() } == (first == "\u{FEFF}x" ? "x" : first))
    pipe.write("second\n")
    #expect(try soon { try reader.value.nextString() } == "second")
  }

  @Test("a wish to stop ends the wait for a first byte and for a next line")
  func stops() throws {
    let pipe = try Pipe()
    let path = pipe.path
    func interrupted(_ body: @escaping @Sendable (Interruption) throws -> Void) throws {
      let interruption = Interruption()
      // Not by Dispatch, whose threads others may have taken.
      Thread.detachNewThread {
        usleep(50_000)
        interruption.request()
      }
      let error = #expect(throws: ParlanceError.self) { try soon { try body(interruption) } }
      #expect(error?.code == .interrupted)
    }
    try interrupted { _ = try LineReader(path: path, interruption: $0) }
    pipe.write("a line\nand a half")
    try interrupted { interruption in
      let reader = try LineReader(path: path, interruption: interruption)
      #expect(try reader.nextString() == "a line")
      _ = try reader.nextString()
    }
  }

  /// Carries a reader from one thread to the next; only one uses it at a time.
  private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }
}
