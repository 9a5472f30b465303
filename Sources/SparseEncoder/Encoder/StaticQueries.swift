import BinaryFiles
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

  /// - Parameter derived: where the vocabulary of its tokenizer is kept.
  init(_ side: StaticQueryWeights, _ derived: DerivedFiles) throws(ParlanceError) {
    weights = side.weights
    tokenizer = try WordPieceTokenizer(encoding: side.tokenizer, derived, columns: side.weights.count)
  }

  /// A text's vector and where it came from.
  struct Encoded {
    var vector: SparseVector
    /// For each term the place of its first token in the text, in UTF-8 bytes.
    var places: [Range<Int>]
    var tokenCount: Int
    /// Whether the text had more tokens than `maxLength` and lost its end.
    var isTruncated: Bool
  }

  func encode(_ text: String, maxLength: Int) -> Encoded {
    // One more than there is room for tells whether the text is cut.
    var encoding = tokenizer.encode(text, maxLength: maxLength + 1, addSpecialTokens: false)
    let isTruncated = encoding.count > maxLength
    if isTruncated { encoding = tokenizer.encode(text, maxLength: maxLength, addSpecialTokens: false) }
    var first: [TermID: Int] = [:]
    for (position, id) in encoding.ids.enumerated() {
      let id = Int(id)
      guard id < weights.count, weights[id] > 0, weights[id].isFinite else { continue }
      let term = TermID(UInt32(id))
      if first[term] == nil { first[term] = position }
    }
    let terms = first.keys.sorted()
    return Encoded(
      vector: SparseVector(unchecked: terms, terms.map { weights[Int($0.rawValue)] }),
      places: terms.map { term in first[term].map { encoding.byteOffsets[$0] } ?? 0..<0 },
      tokenCount: encoding.count, isTruncated: isTruncated)
  }
}
