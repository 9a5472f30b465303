import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
package import Retrieval
import SparseEncoder
import SparseVectors
import WordPiece

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
    let weights = Dictionary(terms.map { ($0.piece, $0.contribution) }) { first, _ in first }
    if let model = loaded.model {
      let tokenizer = model.tokenizer
      title = Self.highlights(found.passage?.title ?? "", weights, tokenizer)
      text = Self.highlights(found.passage?.text ?? "", weights, tokenizer)
    } else {
      let index = loaded.searcher.index
      title = try Self.highlights(found.passage?.title ?? "", weights, index, loaded)
      text = try Self.highlights(found.passage?.text ?? "", weights, index, loaded)
    }
  }

  /// Whole words: one of whose pieces is shared is marked from its first piece to its last.
  private static func highlights(
    _ text: String, _ weights: [String: Float], _ tokenizer: WordPieceTokenizer
  ) -> [Highlight] {
    if text.isEmpty { return [] }
    let encoding = tokenizer.encode(text, addSpecialTokens: false)
    var found: [Highlight] = []
    var word = Highlight(start: 0, end: 0, weight: 0)
    for (id, place) in zip(encoding.ids, encoding.offsets) {
      let piece = tokenizer.pieces[Int(id)]
      if piece.hasPrefix(tokenizer.continuationPrefix), place.lowerBound == word.end {
        word.end = place.upperBound
      } else {
        if word.weight > 0 { found.append(word) }
        word = Highlight(start: place.lowerBound, end: place.upperBound, weight: 0)
      }
      word.weight = max(word.weight, weights[piece] ?? 0)
    }
    if word.weight > 0 { found.append(word) }
    return found
  }

  /// BM25's words: runs of letters and digits, each analysed by itself.
  private static func highlights(
    _ text: String, _ weights: [String: Float], _ index: InvertedIndex, _ loaded: LoadedSearch
  ) throws(ParlanceError) -> [Highlight] {
    var found: [Highlight] = []
    var word = String.UnicodeScalarView()
    var start = 0
    let scalars = Array(text.unicodeScalars)
    for place in 0...scalars.count {
      if place < scalars.count, isPartOfWord(scalars[place]) {
        if word.isEmpty { start = place }
        word.append(scalars[place])
      } else if !word.isEmpty {
        let terms = try index.bm25Query(String(word)).terms
        let weight = terms.map { weights[loaded.searcher.encoder.vocabulary.piece(of: $0).string] ?? 0 }.max() ?? 0
        if weight > 0 { found.append(Highlight(start: start, end: place, weight: weight)) }
        word = String.UnicodeScalarView()
      }
    }
    return found
  }

  private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "'" || scalar == "’"
  }
}
