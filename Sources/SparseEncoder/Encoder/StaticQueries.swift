import Checkpoints
import Diagnostics
import SparseVectors
import WordPiece

/// Queries of an inference-free model: each piece of the text weighs what the table says, however often it occurs.
///
/// Special tokens are not put around the text (sentence-transformers' `SparseStaticEmbedding`); weights of zero and below
/// are left out, since they can only be pieces that the model ignores.
struct StaticQueries: Sendable {
  private let weights: [Float]
  private let tokenizer: WordPieceTokenizer

  init(_ side: StaticQueryWeights) throws(ParlanceError) {
    weights = side.weights
    tokenizer = try WordPieceTokenizer(side.tokenizer)
  }

  /// The vector, and for each of its terms the place of its first token in the text, in UTF-8 bytes.
  func encode(_ text: String, maxLength: Int) -> (vector: SparseVector, places: [Range<Int>], tokenCount: Int) {
    let encoding = tokenizer.encode(text, maxLength: maxLength, addSpecialTokens: false)
    var first: [TermID: Int] = [:]
    for (position, id) in encoding.ids.enumerated() {
      let id = Int(id)
      guard id < weights.count, weights[id] > 0, weights[id].isFinite else { continue }
      let term = TermID(UInt32(id))
      if first[term] == nil { first[term] = position }
    }
    let terms = first.keys.sorted()
    return (
      SparseVector(unchecked: terms, terms.map { weights[Int($0.rawValue)] }),
      terms.map { term in first[term].map { encoding.byteOffsets[$0] } ?? 0..<0 },
      encoding.count
    )
  }
}
