public import Conversations
public import Diagnostics
public import Evaluation
public import Identifiers
public import InvertedIndex
public import RankedResults
public import SparseVectors

/// Many queries one after the other, as somebody waits for each: the run, and what each query cost.
///
/// `BatchSearch` is faster, and what it takes says nothing about one query.
public struct TimedSearch: Sendable {
  public var searcher: Searcher
  /// Passages a query.
  public var k: Int
  /// Which passages may be found; all of them when `nil`.
  public var filter: PassageFilter?
  /// The collection's float vectors, from which FLOPS is defined; the index's postings when `nil`.
  public var passages: ActivationFrequencies?
  public var progress: ProgressHandler?
  public var interruption: Interruption?

  public init(
    searcher: Searcher, k: Int, filter: PassageFilter? = nil, passages: ActivationFrequencies? = nil,
    progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) {
    self.searcher = searcher
    self.k = k
    self.filter = filter
    self.passages = passages
    self.progress = progress
    self.interruption = interruption
  }

  /// One query's answer.
  public struct Answer: Sendable {
    public var id: ExternalID
    public var vector: SparseVector
    public var passages: [RankedPassage]
    public var effort: QueryEffort
    /// How many terms of the vector occur in some passage, whether or not it may be found.
    public var matchedTerms: Int
  }

  /// Answers the queries in their order. The first one is encoded once before it counts, so that nothing is cold.
  ///
  /// - Throws: as `Searcher.search` and `body`; `interrupted`.
  public func run(
    _ queries: [(id: ExternalID, words: FormedQuery)], _ body: (Answer) throws(ParlanceError) -> Void
  ) async throws(ParlanceError) {
    if let first = queries.first { _ = try await answer(first.id, first.words) }
    for (place, query) in queries.enumerated() {
      try interruption?.check()
      try body(try await answer(query.id, query.words))
      progress?(Progress("searching", completed: place + 1, total: queries.count, unit: "queries"))
    }
  }

  private func answer(_ id: ExternalID, _ words: FormedQuery) async throws(ParlanceError) -> Answer {
    let clock = ContinuousClock()
    let start = clock.now
    let encoded = try await searcher.encoder.encode(words)
    let middle = clock.now
    let found = try searcher.index.search(
      encoded.vector, named: id, k: k, filter: filter, approximation: searcher.approximation, interruption: interruption
    )
    var ranked: [RankedPassage] = []
    ranked.reserveCapacity(found.hits.count)
    for hit in found.hits {
      ranked.append(RankedPassage(passage: try searcher.index.id(of: hit.document), score: Double(hit.score)))
    }
    let end = clock.now
    var effort: QueryEffort
    if let passages {
      effort = QueryEffort(encoded.vector, passages: passages)
    } else {
      effort = try QueryEffort(encoded.vector, index: searcher.index)
    }
    effort.postings = Double(found.postingsTouched)
    effort.encoding = (middle - start).milliseconds
    effort.searching = (end - middle).milliseconds
    return Answer(
      id: id, vector: encoded.vector, passages: ranked, effort: effort, matchedTerms: found.matchedTerms)
  }
}
