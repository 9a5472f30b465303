public import Diagnostics
import Identifiers
public import InvertedIndex
public import RankedResults
public import SparseVectors
import WorkerThreads

/// Vectors that were encoded before into a run, on all cores, in the order of the file.
public struct VectorsSearch: Sendable {
  public var index: InvertedIndex
  /// Passages a query.
  public var k: Int
  /// Queries searched at once; below 1 as 1.
  public var threads: Int
  /// Terms that are kept of each vector, the heaviest; all of them when `nil`.
  public var keptTerms: Int?
  /// Which passages may be found; all of them when `nil`.
  public var filter: PassageFilter?
  /// What a search may leave out; answers are exact when `nil`.
  public var approximation: Approximation?
  public var progress: ProgressHandler?
  public var interruption: Interruption?

  /// Queries that are read or encoded, then searched, before the next are begun: enough to keep all cores busy, few enough that
  /// memory does not depend on how many there are.
  private static let windowSize = 512

  public init(
    index: InvertedIndex, k: Int, threads: Int, keptTerms: Int? = nil, filter: PassageFilter? = nil,
    approximation: Approximation? = nil, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) {
    self.index = index
    self.k = k
    self.threads = threads
    self.keptTerms = keptTerms
    self.filter = filter
    self.approximation = approximation
    self.progress = progress
    self.interruption = interruption
  }

  /// Searches them, and finishes the run.
  ///
  /// - Parameter trustingEncoder: search even with vectors of an encoder that is not known to fit the index.
  /// - Throws: `badInput` when the encoder of the vectors is neither that of the passages nor a student distilled for it, or when
  ///   their terms are of another vocabulary; `interrupted`, in which case no run is left; as `VectorsFile.vector`,
  ///   `InvertedIndex.search`, `RunWriter`.
  public func run(
    _ queries: VectorsFile, to run: RunWriter, trustingEncoder: Bool = false
  ) async throws(ParlanceError) -> BatchSummary {
    let description = queries.description
    try index.check(
      description.encoder, distilledFor: description.passageSpace, vocabularyDigest: description.vocabulary.digest,
      trusted: trustingEncoder)
    return try await search(count: queries.count, to: run) { window throws(ParlanceError) in
      var named: [NamedQuery] = []
      for row in window {
        let vector = try queries.vector(at: row)
        named.append(
          NamedQuery(
            id: try queries.id(at: row), vector: keptTerms.map { vector.keepingHeaviest($0) } ?? vector))
      }
      return named
    }
  }

  /// A query's vector, whole or cut.
  struct NamedQuery: Sendable {
    var id: ExternalID
    var vector: SparseVector
  }

  /// Searches `count` vectors, a window at a time, and finishes the run.
  func search(
    count: Int, to run: RunWriter,
    queries: (Range<Int>) async throws(ParlanceError) -> [NamedQuery]
  ) async throws(ParlanceError) -> BatchSummary {
    var summary = BatchSummary()
    for start in stride(from: 0, to: count, by: Self.windowSize) {
      try interruption?.check()
      let window = try await queries(start..<min(count, start + Self.windowSize))
      let answers = try await window.mapSpread(over: threads) { query throws(ParlanceError) in try rank(query) }
      for ranked in answers {
        summary.add(ranked.answer, time: ranked.time)
        try run.write(ranked.id, ranked.passages)
      }
      progress?(Progress("searching", completed: start + window.count, total: count, unit: "queries"))
    }
    try run.finish()
    return summary
  }

  /// One query's ranking with what it cost.
  private struct Ranked: Sendable {
    var id: ExternalID
    var passages: [RankedPassage]
    var answer: SearchAnswer
    var time: Duration
  }

  private func rank(_ query: NamedQuery) throws(ParlanceError) -> Ranked {
    let clock = ContinuousClock()
    let start = clock.now
    let answer = try index.search(
      query.vector, named: query.id, k: k, filter: filter, approximation: approximation, interruption: interruption)
    let time = clock.now - start
    var passages: [RankedPassage] = []
    passages.reserveCapacity(answer.hits.count)
    for hit in answer.hits {
      passages.append(RankedPassage(passage: try index.id(of: hit.document), score: Double(hit.score)))
    }
    return Ranked(id: query.id, passages: passages, answer: answer, time: time)
  }
}
