import Conversations
import Diagnostics
import Identifiers
package import Retrieval
import SparseVectors

/// Why a passage was found: the terms that it shares with the query, and where its own words say them.
package struct PassageReason: Sendable {
  /// Words of a text that share a term with the query, in Unicode scalars, and what the term adds to the score.
  package struct Highlight: Sendable, Hashable {
    package var start: Int
    package var end: Int
    package var weight: Float
  }

  package var terms: [ExplainedTerm]
  package var title: [Highlight]
  package var text: [Highlight]

  init(_ result: SearchResult, _ found: FoundPassage, _ loaded: LoadedSearch) throws(ParlanceError) {
    terms = try loaded.searcher.explain(result, found)
    let encoder = loaded.searcher.encoder
    var weights: [TermID: Float] = [:]
    for shared in terms {
      if let term = encoder.vocabulary.term(of: ExternalID(shared.piece)) { weights[term] = shared.contribution }
    }
    title = Self.highlights(found.passage?.title ?? "", weights, encoder)
    text = Self.highlights(found.passage?.text ?? "", weights, encoder)
  }

  /// The words of which a term is shared, each with the most that one of its terms adds.
  static func highlights(_ text: String, _ weights: [TermID: Float], _ encoder: any QueryEncoder) -> [Highlight] {
    var words: [(bytes: Range<Int>, weight: Float)] = []
    for word in encoder.occurrences(in: text) {
      guard let weight = weights[word.term], weight > 0 else { continue }
      if let last = words.last, last.bytes == word.bytes {
        words[words.count - 1].weight = max(last.weight, weight)
      } else {
        words.append((word.bytes, weight))
      }
    }
    var left = text.utf8.makeIterator()
    var (byte, scalars) = (0, 0)
    func scalarsBegun(before end: Int) -> Int {
      while byte < end, let next = left.next() {
        if next & 0xC0 != 0x80 { scalars += 1 }
        byte += 1
      }
      return scalars
    }
    var found: [Highlight] = []
    for word in words {
      let start = scalarsBegun(before: word.bytes.lowerBound)
      found.append(Highlight(start: start, end: scalarsBegun(before: word.bytes.upperBound), weight: word.weight))
    }
    return found
  }
}
