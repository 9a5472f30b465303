package import Conversations
package import Diagnostics
import InvertedIndex
package import Retrieval
import SparseEncoder
import SparseVectors

/// Messages in, passages out, for many callers at once: what all routes share.
package final class ConversationSearch: Sendable {
  package let holder: SearchHolder
  package let limits: ServiceLimits
  package let metrics: ServiceMetrics
  let passages: PassageEncoding
  private let cache: RecentlyUsed<QueryKey, EncodedQuery>
  private let searches: SearchPool

  /// - Parameter cores: how many searches and encoding batches run at once.
  package init(
    limits: ServiceLimits, cores: Int, metrics: ServiceMetrics = ServiceMetrics(),
    opening: @escaping SearchHolder.Opening
  ) async throws(ParlanceError) {
    self.limits = limits
    self.metrics = metrics
    passages = PassageEncoding(metrics)
    cache = RecentlyUsed(capacity: limits.cachedQueries)
    searches = try SearchPool(threads: cores, limit: limits.waiting, metrics: metrics)
    holder = try await SearchHolder(limits: limits, workers: cores, metrics: metrics, opening: opening)
  }

  /// A query's vector, and how it came about.
  package struct Encoded: Sendable {
    package var query: FormedQuery
    package var vector: QueryVector
    package var isCached: Bool
    package var queued: Duration
    /// From words to vector, the wait included.
    package var time: Duration
    /// Queries that went through the model together.
    package var batch: Int
  }

  package func encode(
    _ query: FormedQuery, by loaded: LoadedSearch, for request: APIRequest
  ) async throws -> Encoded {
    let clock = ContinuousClock()
    let start = clock.now
    var encoded = Encoded(
      query: query, vector: QueryVector(vector: .empty, sources: [], tokenCount: 0, isTruncated: false),
      isCached: false, queued: .zero, time: .zero, batch: 1)
    if let model = loaded.model, let pool = loaded.pool {
      var words = model.readQuery(query.text)
      let encoder = model.identity.digest
      if !words.isEncoded {
        words.recall { cache[QueryKey(encoder: encoder, part: $0)] }
        encoded.isCached = words.isEncoded
        metrics.lookedUp(isHit: words.isEncoded)
      }
      if !words.isEncoded {
        let outcome = try await pool.encode(words, deadline: request.deadline)
        words = outcome.query
        for part in words.parts where !part.key.isEmpty {
          if let known = part.encoded { cache.insert(known, for: QueryKey(encoder: encoder, part: part.key)) }
        }
        (encoded.queued, encoded.batch) = (outcome.queued, outcome.batch)
      }
      if let whole = model.query(of: words) { encoded.vector = QueryVector(whole, of: query) }
    } else {
      encoded.vector = try await loaded.searcher.encoder.encode(query)
    }
    if let kept = loaded.keptTerms { encoded.vector = encoded.vector.keepingHeaviest(kept) }
    encoded.time = clock.now - start
    return encoded
  }

  /// An answer with what belongs to it.
  package struct Found: Sendable {
    package var encoded: Encoded
    package var result: SearchResult
    /// For each passage why it was found, where that was asked for.
    package var reasons: [PassageReason]
    /// What finding the reasons took.
    package var reasonTime: Duration
  }

  package func search(
    _ query: FormedQuery, _ options: SearchFields, by loaded: LoadedSearch, for request: APIRequest
  ) async throws -> Found {
    let encoded = try await encode(query, by: loaded, for: request)
    let (result, reasons, reasonTime) = try await searches.run(for: request) { interruption throws(ParlanceError) in
      let result = try loaded.searcher.passages(
        for: encoded.vector, of: query, k: options.k, filter: options.filter, encodingTime: encoded.time,
        interruption: interruption, reading: loaded.passage)
      var reasons: [PassageReason] = []
      let start = ContinuousClock.now
      for found in result.passages where options.isExplained {
        try interruption.check()
        reasons.append(try PassageReason(result, found, loaded))
      }
      return (result, reasons, ContinuousClock.now - start)
    }
    metrics.searched(result.searchTime, postings: result.answer.postingsTouched)
    return Found(encoded: encoded, result: result, reasons: reasons, reasonTime: reasonTime)
  }

  /// Runs work on the threads of searches: whatever waits for a disk.
  package func onThreads<Result: Sendable>(
    for request: APIRequest, _ work: @escaping @Sendable (Interruption) throws(ParlanceError) -> Result
  ) async throws -> Result {
    try await searches.run(for: request, work)
  }
}
