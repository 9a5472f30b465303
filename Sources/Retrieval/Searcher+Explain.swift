public import Diagnostics
import Identifiers
import InvertedIndex
import SparseVectors

/// What one term adds to a passage's score, for people.
public struct ExplainedTerm: Hashable, Sendable {
  public var piece: String
  /// What the term weighs in the query.
  public var queryWeight: Float
  /// What it weighs in the passage, as the index keeps it.
  public var passageWeight: Float
  /// What it adds to the score: the product of the two, as the search rounds it.
  public var contribution: Float

  public init(piece: String, queryWeight: Float, passageWeight: Float, contribution: Float) {
    self.piece = piece
    self.queryWeight = queryWeight
    self.passageWeight = passageWeight
    self.contribution = contribution
  }
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
