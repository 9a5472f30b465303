public import Conversations
public import Diagnostics
import Evaluation
public import Identifiers
public import InvertedIndex
public import RankedResults
public import SparseVectors

/// Many queries into a run, on all cores, in the order of the queries.
///
///     let batch = BatchSearch(searcher: searcher, k: 1000, threads: 8)
///     let summary = try await batch.run(queries, to: RunWriter(path: "run.trec", tag: "student"))
///
/// Vectors that were encoded before are searched by ``VectorsSearch``.
public struct BatchSearch: Sendable {
  public var searcher: Searcher
  /// Passages a query.
  public var k: Int
  /// Queries searched at once; below 1 as 1.
  public var threads: Int
  /// Which passages may be found; all of them when `nil`.
  public var filter: PassageFilter?
  public var progress: ProgressHandler?
  public var interruption: Interruption?

  public init(
    searcher: Searcher, k: Int, threads: Int, filter: PassageFilter? = nil, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) {
    self.searcher = searcher
    self.k = k
    self.threads = threads
    self.filter = filter
    self.progress = progress
    self.interruption = interruption
  }

  /// Encodes and searches, and finishes the run.
  ///
  /// - Parameter vectorsWriter: gets the queries' vectors as well, and is not finished.
  /// - Throws: `interrupted`, in which case no run is left; as `QueryEncoder.encode`, `InvertedIndex.search`, `RunWriter`,
  ///   `VectorsWriter.append`.
  public func run(
    _ queries: [(id: ExternalID, words: FormedQuery)], to run: RunWriter, saving vectorsWriter: VectorsWriter? = nil
  ) async throws(ParlanceError) -> BatchSummary {
    let search = VectorsSearch(
      index: searcher.index, k: k, threads: threads, filter: filter, approximation: searcher.approximation,
      progress: progress, interruption: interruption)
    return try await search.search(count: queries.count, to: run) { window throws(ParlanceError) in
      let vectors = try await searcher.encoder.encode(queries[window].map(\.words), interruption: interruption)
      for (query, vector) in zip(queries[window], vectors) { try vectorsWriter?.append(query.id, vector) }
      return zip(queries[window], vectors).map { VectorsSearch.NamedQuery(id: $0.id, vector: $1) }
    }
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

  /// Counts one of many.
  mutating func add(_ answer: SearchAnswer, time: Duration) {
    queries += 1
    if answer.queryTerms == 0 {
      emptyQueries += 1
    } else if answer.matchedTerms == 0 {
      unmatchedQueries += 1
    }
    postingsTouched += answer.postingsTouched
    terms += answer.queryTerms
    searchTime += time
  }
}
