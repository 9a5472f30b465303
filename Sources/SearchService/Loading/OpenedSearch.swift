package import InvertedIndex
package import SparseEncoder

/// An index and the model of its queries, just opened.
package struct OpenedSearch: Sendable {
  package var index: InvertedIndex
  /// The same index where its passages may be changed through the service; `nil` where it is only searched.
  package var live: LiveIndex?
  /// `nil` for a BM25 index.
  package var model: SparseEncoder?
  /// What encodes passages that are added; `model` when `nil`.
  package var passageModel: SparseEncoder?
  /// Search with a model that is not known to fit the index.
  package var trustsModel: Bool
  /// The heaviest terms of a query that are searched with; all of them when `nil`.
  package var keptTerms: Int?

  package init(index: InvertedIndex, model: SparseEncoder?, trustsModel: Bool = false, keptTerms: Int? = nil) {
    self.index = index
    self.model = model
    self.trustsModel = trustsModel
    self.keptTerms = keptTerms
  }

  /// An index whose passages may be changed.
  ///
  /// - Parameter passageModel: the encoder of the passages, where `model` is a student, which encodes queries alone.
  package init(
    live: LiveIndex, model: SparseEncoder, passageModel: SparseEncoder? = nil, trustsModel: Bool = false,
    keptTerms: Int? = nil
  ) {
    self.init(index: live.snapshot, model: model, trustsModel: trustsModel, keptTerms: keptTerms)
    self.live = live
    self.passageModel = passageModel
  }
}
