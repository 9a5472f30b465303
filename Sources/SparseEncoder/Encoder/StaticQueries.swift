import BinaryFiles
import Checkpoints
import Diagnostics
import SparseVectors
import WordPiece

/// Queries of an inference-free model: each piece of the text weighs what the table says, however often it occurs.
///
/// Special tokens are not put around the text, and its end is cut off at the tokenizer's own limit (sentence-transformers'
/// `SparseStaticEmbedding`). Pieces with a weight of zero are no terms; nor are those below, which sentence-transformers has and a
/// sparse vector cannot (`Checkpoint.note` tells of them).
struct StaticQueries: Sendable {
  private let weights: [Float]
  private let tokenizer: WordPieceTokenizer
  /// The most tokens of a text.
  let maxLength: Int

  /// - Parameter derived: where the vocabulary of its tokenizer is kept.
  init(_ side: StaticQueryWeights, _ derived: DerivedFiles, maxLength: Int) throws(ParlanceError) {
    weights = side.weights
    self.maxLength = maxLength
    tokenizer = try WordPieceTokenizer(encoding: side.tokenizer, derived, columns: side.weights.count)
  }

  /// A text's vector and where it came from.
  struct Encoded {
    var vector: SparseVector
    /// For each term its first token and that one's place in the text, in UTF-8 bytes.
    var origins: [(token: Int, bytes: Range<Int>)]
    var tokenCount: Int
    /// Whether the text had more tokens than `maxLength` and lost its end.
    var isTruncated: Bool
  }

  func encode(_ text: String) -> Encoded {
    // One more than there is room for tells whether the text is cut.
    var encoding = tokenizer.encode(text, maxLength: maxLength + 1, addSpecialTokens: false)
    let isTruncated = encoding.count > maxLength
    if isTruncated { encoding = tokenizer.encode(text, maxLength: maxLength, addSpecialTokens: false) }
    var first: [TermID: Int] = [:]
    for (position, id) in encoding.ids.enumerated() {
      let id = Int(id)
      guard id < weights.count, weights[id] > 0 else { continue }
      let term = TermID(UInt32(id))
      if first[term] == nil { first[term] = position }
    }
    let terms = first.keys.sorted()
    return Encoded(
      vector: SparseVector(unchecked: terms, terms.map { weights[Int($0.rawValue)] }),
      origins: terms.compactMap { term in first[term].map { (token: $0, bytes: encoding.byteOffsets[$0]) } },
      tokenCount: encoding.count, isTruncated: isTruncated)
  }
}
