public import Diagnostics
import Identifiers
import InvertedIndex
public import SparseVectors

/// A word of a text, and the term that it is, or that a part of it is, to an encoder.
public struct TermOccurrence: Hashable, Sendable {
  public var term: TermID
  /// Where the whole word stands, in UTF-8 bytes.
  public var bytes: Range<Int>

  public init(term: TermID, bytes: Range<Int>) {
    self.term = term
    self.bytes = bytes
  }
}

extension Searcher {
  /// A term that adds less than this share of a score explains nothing to a person.
  private static var leastShare: Float { 0.04 }
  /// A term that more than this share of the passages have tells none of them from the others.
  private static var mostPassages: Double { 0.2 }

  /// Which words of a text to mark, so that a person sees why a passage was found: those whose terms make up its score, and
  /// that are not in every other passage as well.
  ///
  /// - Parameters:
  ///   - result: what a search gave.
  ///   - found: one of its passages.
  ///   - text: the passage's title or text.
  /// - Returns: places in UTF-8 bytes, in ascending order; none where the encoder does not know which word a term is.
  /// - Throws: as `InvertedIndex.explain`.
  public func matches(
    _ result: SearchResult, _ found: FoundPassage, in text: String
  ) throws(ParlanceError) -> [Range<Int>] {
    var wanted: Set<TermID> = []
    for term in try index.explain(result.vector, found.document)
    where term.contribution >= Self.leastShare * found.score {
      let passages = try index.passageCount(with: term.term)
      if passages == 1 || Double(passages) <= Self.mostPassages * Double(index.storedCount) { wanted.insert(term.term) }
    }
    var places: [Range<Int>] = []
    for word in encoder.occurrences(in: text) where wanted.contains(word.term) && word.bytes != places.last {
      places.append(word.bytes)
    }
    return places
  }
}
