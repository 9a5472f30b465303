extension SparseEncoder {
  /// What a text is: some models put another prompt before it, some encode it in another way.
  public enum Side: Sendable, Hashable {
    case passage
    case query

    var unit: String { self == .passage ? "passages" : "queries" }
  }
}
