import BinaryFiles
import Conversations
public import Diagnostics
public import Identifiers
public import InvertedIndex
import LineFiles
public import SparseEncoder
import SparseVectors
import Synchronization

/// Encodes the passages of files and builds an index of them in one go, texts inside.
///
///     let job = IndexingJob(passages: ["passages.jsonl"], path: "index")
///     let count = try job.check()
///     let summary = try await job.run(with: encoder, count: count)
///
/// Nothing resumes: whoever encodes for hours makes a `.vectors` file first. What fails or is interrupted leaves the index
/// that was there before, or none.
public struct IndexingJob: Sendable {
  /// JSONL, plain or gzip; they are read three times.
  public var passages: [String]
  /// The folder of the index.
  public var path: String
  public var configuration: IndexConfiguration

  /// What became of the passages.
  public struct Summary: Sendable {
    public var passages = 0
    /// How many were longer than the encoder reads.
    public var truncated = 0
    /// Those without a term, which no query finds.
    public var empty: [ExternalID] = []
  }

  public init(passages: [String], path: String, configuration: IndexConfiguration = IndexConfiguration()) {
    self.passages = passages
    self.path = path
    self.configuration = configuration
  }

  /// Reads all passages once, so that a bad line is told before anything is encoded.
  ///
  /// - Returns: their number.
  /// - Throws: `badInput` with file and line, also for an id that two files have; `noInput`; `interrupted`.
  public func check(
    progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) -> Int {
    var seen: Set<ExternalID> = []
    for path in passages {
      let reader = try PassageReader(path: path, refusingDuplicates: false)
      while let passage = try reader.next() {
        guard seen.insert(passage.id).inserted else {
          throw ParlanceError(
            .badInput, "expected each id once, \"\(passage.id)\" is given twice", at: reader.lines.location)
        }
        guard seen.count.isMultiple(of: 1024) else { continue }
        try interruption?.check()
        progress?(Progress("reading", completed: seen.count, total: nil, unit: "passages"))
      }
    }
    return seen.count
  }

  /// - Parameter count: what `check` gave.
  /// - Throws: as `IndexWriter`, `SparseEncoder.encodeStream`.
  public func run(
    with encoder: SparseEncoder, count: Int, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) async throws(ParlanceError) -> Summary {
    let writer = try IndexWriter(
      path: path, passageSpace: encoder.identity, vocabulary: encoder.vocabulary, configuration: configuration)
    // From above: 200 terms a passage, in the vectors and in the postings.
    try FreeSpace.check(count * 200 * 14, for: path)
    let words = encoder.settings.passageText
    let stream = PassageStream(passages)
    var summary = Summary()
    try await encoder.encodeStream(
      from: { () throws(ParlanceError) in try stream.next() }, text: { words.words(of: $0) }, total: count,
      progress: progress, interruption: interruption
    ) { passage, encoded throws(ParlanceError) in
      try writer.append(passage.id, encoded.vector)
      summary.passages += 1
      if encoded.isTruncated { summary.truncated += 1 }
      if encoded.vector.isEmpty { summary.empty.append(passage.id) }
    }
    let texts = PassageStream(passages)
    try writer.finish(
      texts: { () throws(ParlanceError) in try texts.next() }, progress: progress, interruption: interruption)
    return summary
  }
}

/// The passages of several files, one behind the other, for whichever thread asks.
private final class PassageStream: Sendable {
  private struct State {
    var paths: ArraySlice<String>
    var reader: PassageReader?
  }

  private let state: Mutex<State>

  init(_ paths: [String]) {
    state = Mutex(State(paths: paths[...]))
  }

  func next() throws(ParlanceError) -> Passage? {
    try state.withLock { state throws(ParlanceError) in
      while true {
        if let passage = try state.reader?.next() { return passage }
        guard let path = state.paths.popFirst() else { return nil }
        state.reader = try PassageReader(path: path, refusingDuplicates: false)
      }
    }
  }
}
