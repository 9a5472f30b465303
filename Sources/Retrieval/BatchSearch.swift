public import Conversations
public import Diagnostics
import Evaluation
public import Identifiers
public import InvertedIndex
public import RankedResults
public import SparseVectors

/// Many queries into a run, on all cores, in the order of the queries.
public struct BatchSearch: Sendable {
  public var index: InvertedIndex
  /// Passages a query.
  public var k: Int
  /// Queries searched at once.
  public var threads: Int
  /// Terms that are kept of vectors that were encoded before, the heaviest; all of them when `nil`. Queries that are
  /// encoded here are cut by `PrunedQueryEncoder`.
  public var keptTerms: Int?
  /// Which passages may be found.
  public var filter: PassageFilter?
  /// What a search may leave out; answers are exact when `nil`.
  public var approximation: Approximation?
  public var progress: ProgressHandler?
  public var interruption: Interruption?

  /// Queries that are encoded, then searched, before the next are begun: enough to keep all cores busy, few enough that
  /// memory does not depend on how many there are.
  private static let windowSize = 512

  public init(
    index: InvertedIndex, k: Int, threads: Int, keptTerms: Int? = nil, filter: PassageFilter? = nil,
    approximation: Approximation? = nil, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) {
    self.index = index
    self.k = k
    self.threads = max(1, threads)
    self.keptTerms = keptTerms
    self.filter = filter
    self.approximation = approximation
    self.progress = progress
    self.interruption = interruption
  }

  /// Encodes and searches, and finishes the run.
  ///
  /// - Parameters:
  ///   - vectorsWriter: gets the queries' vectors as well, and is not finished.
  ///   - trusted: search even with an encoder whose vectors are not known to fit the index's.
  /// - Throws: `badInput` when the encoder is neither that of the passages nor a student distilled for it, or when its terms are
  ///   of another vocabulary; `interrupted`, in which case no run is left; as `QueryEncoder.encode`, `InvertedIndex.search`,
  ///   `RunWriter`.
  public func run(
    _ queries: [(id: ExternalID, words: FormedQuery)], by encoder: any QueryEncoder, to run: RunWriter,
    saving vectorsWriter: VectorsWriter? = nil, trusted: Bool = false
  ) async throws(ParlanceError) -> BatchSummary {
    try index.check(
      encoder.identity, distilledFor: encoder.passageSpace, vocabularyDigest: encoder.vocabulary.digest,
      trusted: trusted)
    return try await search(count: queries.count, to: run) { window throws(ParlanceError) in
      let vectors = try await encoder.encode(queries[window].map(\.words), interruption: interruption)
      for (query, vector) in zip(queries[window], vectors) { try vectorsWriter?.append(query.id, vector) }
      return zip(queries[window], vectors).map { NamedQuery(id: $0.id, vector: $1) }
    }
  }

  /// Searches vectors that were encoded before, and finishes the run.
  ///
  /// - Parameter trusted: search even with vectors of an encoder that is not known to fit the index.
  /// - Throws: as the other.
  public func run(
    _ queries: VectorsFile, to run: RunWriter, trusted: Bool = false
  ) async throws(ParlanceError) -> BatchSummary {
    let description = queries.description
    try index.check(
      description.encoder, distilledFor: description.passageSpace, vocabularyDigest: description.vocabulary.digest,
      trusted: trusted)
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

  private struct NamedQuery: Sendable {
    var id: ExternalID
    var vector: SparseVector
  }

  private func search(
    count: Int, to run: RunWriter,
    queries: (Range<Int>) async throws(ParlanceError) -> [NamedQuery]
  ) async throws(ParlanceError) -> BatchSummary {
    var summary = BatchSummary()
    for start in stride(from: 0, to: count, by: Self.windowSize) {
      try interruption?.check()
      let window = try await queries(start..<min(count, start + Self.windowSize))
      for ranked in try await rank(window) {
        summary.add(ranked)
        try run.write(ranked.id, ranked.passages)
      }
      progress?(Progress("searching", completed: start + window.count, total: count, unit: "queries"))
    }
    try run.finish()
    return summary
  }

  /// Ranks one window; each task takes every `threads`-th query, so that long ones are spread.
  private func rank(_ window: [NamedQuery]) async throws(ParlanceError) -> [Ranked] {
    let share = threads
    let parts = await withTaskGroup(of: Result<[(Int, Ranked)], ParlanceError>.self) { group in
      for first in 0..<min(share, window.count) {
        group.addTask { [self] in
          Result { () throws(ParlanceError) in
            var part: [(Int, Ranked)] = []
            for place in stride(from: first, to: window.count, by: share) {
              part.append((place, try rank(window[place])))
            }
            return part
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    var ranked = [Ranked?](repeating: nil, count: window.count)
    for part in parts {
      for (place, ranking) in try part.get() { ranked[place] = ranking }
    }
    return ranked.compactMap { $0 }
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

/// What a search of many queries came to; printed at its end.
public struct BatchSummary: Sendable, Hashable {
  /// Queries searched.
  public var queries = 0
  /// Queries whose vector had no term.
  public var emptyQueries = 0
  /// Queries with terms that no passage has.
  public var unmatchedQueries = 0
  /// Postings added up, over all queries.
  public var postingsTouched = 0
  /// Active terms, over all queries.
  public var terms = 0
  /// The time that searching took, encoding not counted, over all queries.
  public var searchTime: Duration = .zero

  public init() {}

  /// Counts one query that was searched by itself.
  public mutating func add(_ answer: TimedSearch.Answer) {
    queries += 1
    if answer.vector.isEmpty {
      emptyQueries += 1
    } else if answer.matchedTerms == 0 {
      unmatchedQueries += 1
    }
    postingsTouched += Int(answer.effort.postings ?? 0)
    terms += answer.vector.count
    searchTime += .milliseconds(1) * (answer.effort.searching ?? 0)
  }

  fileprivate mutating func add(_ ranked: Ranked) {
    queries += 1
    if ranked.answer.queryTerms == 0 {
      emptyQueries += 1
    } else if ranked.answer.matchedTerms == 0 {
      unmatchedQueries += 1
    }
    postingsTouched += ranked.answer.postingsTouched
    terms += ranked.answer.queryTerms
    searchTime += ranked.time
  }
}

/// One query's ranking with what it cost.
private struct Ranked: Sendable {
  var id: ExternalID
  var passages: [RankedPassage]
  var answer: SearchAnswer
  var time: Duration
}
