package import Diagnostics
import Synchronization

/// A file without a name, for what memory cannot hold meanwhile: it goes away with its last user, however the process ends.
package final class ScratchFile: Sendable {
  private let file: Mutex<OutputFile>

  /// - Parameter path: the beginning of the name that the file has for a moment; its folder says on which disk it lies.
  /// - Throws: `cannotWrite`.
  package init(near path: String) throws(ParlanceError) {
    let name = path + String(UInt64.random(in: 0 ... .max), radix: 36)
    file = Mutex(try OutputFile(path: name, mode: .scratch))
    FileNames.remove(name, faults: FaultLayer.current)
  }

  /// Writes bytes behind all that are there.
  ///
  /// - Returns: where they lie.
  /// - Throws: `cannotWrite`.
  package func append(_ bytes: RawSpan) throws(ParlanceError) -> Range<Int> {
    // A lock does not give away what it holds, and a closure does not take a span.
    let copy = bytes.array()
    return try file.withLock { file throws(ParlanceError) in
      let start = file.position
      try file.write(copy.rawSpan)
      return start..<file.position
    }
  }

  /// - Throws: `cannotWrite` where the disk does not give back what was written.
  package func read(_ range: Range<Int>) throws(ParlanceError) -> [UInt8] {
    try file.withLock { file throws(ParlanceError) in try file.read(range) }
  }
}
