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
///     let summary = try await job.run(with: encoder)
///
/// What fails or is interrupted leaves the index that was there before, or none, and what is encoded: the same job of the same files
/// goes on from there.
public struct IndexingJob: Sendable {
  /// JSONL, plain or gzip; they are read three times.
  public var passages: [String]
  /// The folder of the index.
  public var path: String
  public var configuration: IndexConfiguration
  /// Whether what a job of the same files left is thrown away.
  public var restarts = false

  /// What became of the passages.
  public struct Summary: Sendable {
    public var passages = 0
    /// How many of them an earlier job had encoded; what follows is of the others.
    public var resumed = 0
    /// How many were longer than the encoder reads.
    public var truncated = 0
    /// How many have no term, so that no query finds them.
    public var empty = 0
    /// The first of those.
    public var firstEmpty: ExternalID?
  }

  public init(passages: [String], path: String, configuration: IndexConfiguration = IndexConfiguration()) {
    self.passages = passages
    self.path = path
    self.configuration = configuration
  }

  /// Reads all passages once, so that a bad line is told before anything is encoded: for who wants to know before the encoder is there,
  /// since `run` and `add` do it as well. It takes 10.7 to 21.3 bytes of memory a
  /// passage, 32 for moments.
  ///
  /// - Returns: their number.
  /// - Throws: `badInput` with file and line, also for an id that is given twice; `noInput`; `interrupted`.
  public func check(
    progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) -> Int {
    try PassageSource.check(files: passages, progress: progress, interruption: interruption)
  }

  /// Encodes all passages, or those that an earlier run left, and builds the index.
  ///
  /// - Parameter count: what `check` gave; without it the passages are checked first.
  /// - Throws: `badInput` when the passages are others in number, as those of a pipe are; as `check`, `IndexWriter`,
  ///   `SparseEncoder.encodeStream`.
  public func run(
    with encoder: SparseEncoder, checked count: Int? = nil, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) async throws(ParlanceError) -> Summary {
    try encoder.checkEncodesPassages()
    let count = try number(checked: count, progress: progress, interruption: interruption)
    let writer = try IndexWriter(
      path: path, passageSpace: encoder.passageIdentity, vocabulary: encoder.vocabulary, configuration: configuration,
      inputs: BuildInputs(vectors: [], texts: passages), restarts: restarts)
    // From above: 200 terms a passage, in the vectors and in the postings.
    try FreeSpace.check((count - writer.resumedCount) * 200 * 14, for: path)
    let summary = try await encode(
      with: encoder, count: count, after: writer.resumedCount, progress: progress, interruption: interruption
    ) { id, vector throws(ParlanceError) in try writer.append(id, vector) }
    try writer.finish(texts: PassageSource(files: passages), progress: progress, interruption: interruption)
    return summary
  }

  /// Adds the passages to an index that is there, or replaces those whose id it has; `path` and `configuration` do not count. Other
  /// processes cannot write to it meanwhile. What is encoded is kept in the folder until they are added, so that the same call goes on
  /// from there.
  ///
  /// - Parameter count: what `check` gave; without it the passages are checked first.
  /// - Throws: as `run` and `LiveIndex.add`, before anything is encoded where they do not fit the index.
  public func add(
    to index: LiveIndex, with encoder: SparseEncoder, checked count: Int? = nil, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) async throws(ParlanceError) -> (summary: Summary, change: IndexChange) {
    try encoder.checkEncodesPassages()
    let count = try number(checked: count, progress: progress, interruption: interruption)
    let hasTexts = index.snapshot.hasTexts
    let addition = try IndexAddition(
      to: index, by: encoder.passageIdentity, vocabulary: encoder.vocabulary, hasTexts: hasTexts,
      inputs: BuildInputs(vectors: [], texts: passages), restarts: restarts)
    try FreeSpace.check((count - addition.resumedCount) * 200 * 14, for: index.path + "/")
    let summary = try await encode(
      with: encoder, count: count, after: addition.resumedCount, progress: progress, interruption: interruption
    ) { id, vector throws(ParlanceError) in try addition.append(id, vector) }
    let change = try addition.finish(
      texts: hasTexts ? PassageSource(files: passages) : nil, progress: progress, interruption: interruption)
    return (summary, change)
  }

  /// How many passages there are, where nobody has checked them yet.
  private func number(
    checked count: Int?, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) -> Int {
    if let count { return count }
    return try check(progress: progress, interruption: interruption)
  }

  private func encode(
    with encoder: SparseEncoder, count: Int, after resumed: Int, progress: ProgressHandler?,
    interruption: Interruption?, into append: (ExternalID, SparseVector) throws(ParlanceError) -> Void
  ) async throws(ParlanceError) -> Summary {
    let words = encoder.settings.passageText
    let all = try PassageSource(files: passages)
    var summary = Summary()
    while summary.passages < resumed, try all.next() != nil { summary.passages += 1 }
    summary.resumed = summary.passages
    let source = Mutex(all)
    try await encoder.encodeStream(
      from: { () throws(ParlanceError) in
        try source.withLock { source throws(ParlanceError) in try source.next() }
      }, text: { words.words(of: $0) }, total: count,
      completed: resumed, progress: progress, interruption: interruption
    ) { passage, encoded throws(ParlanceError) in
      try append(passage.id, encoded.vector)
      summary.passages += 1
      if encoded.isTruncated { summary.truncated += 1 }
      if encoded.vector.isEmpty {
        summary.empty += 1
        summary.firstEmpty = summary.firstEmpty ?? passage.id
      }
    }
    guard summary.passages == count else {
      throw ParlanceError(
        .badInput, "expected the \(count) passages of before, found \(summary.passages); files must stay as they are",
        at: passages.first.map { .init(file: $0) })
    }
    return summary
  }
}
