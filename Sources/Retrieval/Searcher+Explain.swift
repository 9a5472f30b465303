public import Diagnostics
import Identifiers
import InvertedIndex
import SparseVectors

/// What one term adds to a passage's score, for people.
public struct ExplainedTerm: Hashable, Sendable {
  public var piece: String
  public var queryWeight: Float
  public var passageWeight: Float
  public var contribution: Float
}

extension Searcher {
  /// Why a passage has its score: the terms that it shares with the query, the largest contribution first.
  ///
  /// The contributions add up to the passage's score, within the rounding of single precision.
  ///
  /// - Parameters:
  ///   - result: what a search gave.
  ///   - found: one of its passages.
  /// - Throws: as `InvertedIndex.explain`.
  public func explain(_ result: SearchResult, _ found: FoundPassage) throws(ParlanceError) -> [ExplainedTerm] {
    try index.explain(result.vector, found.document)
      .sorted { ($1.contribution, $0.term) < ($0.contribution, $1.term) }
      .map {
        ExplainedTerm(
          piece: encoder.vocabulary.piece(of: $0.term).string, queryWeight: $0.queryWeight,
          passageWeight: $0.passageWeight, contribution: $0.contribution)
      }
  }
}
