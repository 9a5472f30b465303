public import Conversations
public import Diagnostics
public import SparseEncoder
public import SparseVectors

/// Another encoder of whose queries only the heaviest terms are kept: each term costs a walk over its postings.
///
/// ```swift
/// let searcher = try Searcher(index: index, encoder: PrunedQueryEncoder(encoder, keptTerms: 32))
/// ```
public struct PrunedQueryEncoder: QueryEncoder {
  private let whole: any QueryEncoder
  private let keptTerms: Int

  /// - Parameter keptTerms: how many terms, the heaviest; at least one.
  /// - Throws: `usage` for less.
  public init(_ whole: any QueryEncoder, keptTerms: Int) throws(ParlanceError) {
    guard keptTerms >= 1 else {
      throw ParlanceError(.usage, "expected at least 1 term to keep of each query, found \(keptTerms)")
    }
    self.whole = whole
    self.keptTerms = keptTerms
  }

  /// The other encoder's: what is kept of a query is in the space that the query was in.
  public var identity: EncoderIdentity { whole.identity }
  public var passageSpace: EncoderIdentity? { whole.passageSpace }
  public var trained: TrainedReading? { whole.trained }
  public var queryMaxLength: Int? { whole.queryMaxLength }
  public var vocabulary: Vocabulary { whole.vocabulary }
  public func occurrences(in text: String) -> [TermOccurrence] { whole.occurrences(in: text) }

  public func encode(_ query: FormedQuery) async throws(ParlanceError) -> QueryVector {
    try await whole.encode(query).keepingHeaviest(keptTerms)
  }

  public func encode(
    _ queries: [FormedQuery], interruption: Interruption?
  ) async throws(ParlanceError) -> [SparseVector] {
    try await whole.encode(queries, interruption: interruption).map { $0.keepingHeaviest(keptTerms) }
  }
}

extension QueryVector {
  /// The vector with its heaviest terms only, and where those came from.
  package func keepingHeaviest(_ count: Int) -> QueryVector {
    let terms = vector.terms
    let kept = vector.keepingHeaviest(count)
    guard kept.count < terms.count else { return self }
    // Both are in ascending order of terms.
    var places: [Int] = []
    for (place, term) in terms.enumerated() where places.count < kept.count && term == kept.terms[places.count] {
      places.append(place)
    }
    var result = self
    result.vector = kept
    if sources.count == terms.count { result.sources = places.map { sources[$0] } }
    if let weights = frozenWeights { result.frozenWeights = places.map { weights[$0] } }
    return result
  }
}
