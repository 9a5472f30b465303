import Conversations
import Diagnostics
import InvertedIndex
package import Retrieval
package import SparseEncoder
import SparseVectors

/// One generation of what is served: a request that began with it ends with it, whatever is loaded meanwhile.
package final class LoadedSearch: Sendable {
  package let searcher: Searcher
  package let model: SparseEncoder?
  let keptTerms: Int?
  let pool: EncodePool?

  init(_ opened: OpenedSearch, limits: ServiceLimits, workers: Int, metrics: ServiceMetrics) throws(ParlanceError) {
    model = opened.model
    keptTerms = opened.keptTerms
    if let model = opened.model {
      searcher = try Searcher(index: opened.index, encoder: model, trustingEncoder: opened.trustsModel)
      pool = EncodePool(model, workers: workers, limit: limits.waiting, metrics: metrics)
    } else {
      searcher = try Searcher(index: opened.index, encoder: BM25QueryEncoder(of: opened.index))
      pool = nil
    }
    metrics.loaded(passages: opened.index.count)
  }

  /// How turns are read unless the caller says otherwise.
  var form: ConversationForm { searcher.encoder.trained?.form ?? .conversation }
}
