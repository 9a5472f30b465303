public import InvertedIndex
public import SparseEncoder

/// An index and the model of its queries, just opened.
public struct OpenedSearch: Sendable {
  public var index: InvertedIndex
  /// `nil` for a BM25 index.
  public var model: SparseEncoder?
  /// Search with a model that is not known to fit the index.
  public var trustsModel: Bool
  /// The heaviest terms of a query that are searched with; all of them when `nil`.
  public var keptTerms: Int?

  public init(index: InvertedIndex, model: SparseEncoder?, trustsModel: Bool = false, keptTerms: Int? = nil) {
    self.index = index
    self.model = model
    self.trustsModel = trustsModel
    self.keptTerms = keptTerms
  }
}
