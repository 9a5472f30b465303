import Conversations
import Diagnostics
import InvertedIndex
package import Retrieval
package import SparseEncoder
import SparseVectors
import StrictJSON

/// One generation of what is served: a request that began with it ends with it, whatever is loaded or changed meanwhile.
package final class LoadedSearch: Sendable {
  package let searcher: Searcher
  package let model: SparseEncoder?
  /// `nil` where passages are not changed through the service.
  package let writable: WritableIndex?
  let keptTerms: Int?
  let pool: EncodePool?
  private let trustsModel: Bool
  /// Passages that were found lately: to read ten of them takes longer than to find them.
  private let passages: RecentlyUsed<DocumentID, Passage>
  private let keptPassages: Int

  init(_ opened: OpenedSearch, limits: ServiceLimits, workers: Int, metrics: ServiceMetrics) throws(ParlanceError) {
    model = opened.model
    keptTerms = opened.keptTerms
    trustsModel = opened.trustsModel
    keptPassages = limits.cachedQueries / 4
    passages = RecentlyUsed(capacity: keptPassages)
    if let model = opened.model {
      searcher = try Searcher(index: opened.index, encoder: model, trustingEncoder: opened.trustsModel)
      pool = EncodePool(model, workers: workers, limit: limits.waiting, metrics: metrics)
      let writable = try opened.live.map { live throws(ParlanceError) in
        try WritableIndex(live, opened.passageModel ?? model)
      }
      // Before somebody waits for an answer.
      try model.prepare(for: .query)
      if model.encodesPassages { try model.prepare(for: .passage) }
      try writable?.encoder.prepare(for: .passage)
      self.writable = writable
    } else {
      searcher = try Searcher(index: opened.index, encoder: BM25QueryEncoder(of: opened.index))
      pool = nil
      writable = nil
    }
    metrics.loaded(passages: opened.index.count)
  }

  /// The same with the index as it has become.
  private init(_ earlier: LoadedSearch, index: InvertedIndex) throws(ParlanceError) {
    searcher = try Searcher(
      index: index, encoder: earlier.searcher.encoder, trustingEncoder: earlier.trustsModel)
    model = earlier.model
    writable = earlier.writable
    keptTerms = earlier.keptTerms
    pool = earlier.pool
    trustsModel = earlier.trustsModel
    // Passages may have other numbers now, and other words.
    keptPassages = earlier.keptPassages
    passages = RecentlyUsed(capacity: keptPassages)
  }

  /// What is to be served after changes and merges; `nil` when that is this. An index that another process has put in the place
  /// of ours and that does not fit the model is left alone until a reload says why.
  var successor: LoadedSearch? {
    guard let index = writable?.live.snapshot, index !== searcher.index else { return nil }
    return try? LoadedSearch(self, index: index)
  }

  /// A passage as the index has it. Of those that are read, only such are kept as are no longer than most.
  func passage(of document: DocumentID) throws(ParlanceError) -> Passage {
    if let known = passages[document] { return known }
    let passage = try searcher.index.passage(of: document)
    let metadata = passage.metadata.isEmpty ? 0 : JSONValue.object(passage.metadata).text.utf8.count
    if passage.title.utf8.count + passage.text.utf8.count + metadata <= 8192 { passages.insert(passage, for: document) }
    return passage
  }

  /// How turns are read unless the caller says otherwise.
  var form: ConversationForm { searcher.encoder.trained?.form ?? .conversation }
}
