public import Diagnostics
public import SparseVectors

extension InvertedIndex {
  /// Whether the vectors of an encoder may be searched with: it made the passages of this index itself, or it is a student
  /// that was distilled for the encoder that did.
  ///
  /// - Parameter passageSpace: the passage encoder that a student declares; `nil` for an encoder that declares none.
  public func accepts(_ encoder: EncoderIdentity, distilledFor passageSpace: EncoderIdentity? = nil) -> Bool {
    encoder == self.passageSpace || passageSpace == self.passageSpace
  }

  /// Asks for an encoder that fits, and for its vocabulary: scores between vectors of encoders that do not fit mean
  /// nothing, and look as if they did.
  ///
  /// - Parameters:
  ///   - encoder: the encoder of the queries.
  ///   - passageSpace: the passage encoder that it declares, if it is a student.
  ///   - vocabularyDigest: the digest of the vocabulary that its terms are of.
  ///   - trusted: whether the user vouches for the encoder. The vocabulary has to fit even then.
  /// - Throws: `badInput`.
  public func check(
    _ encoder: EncoderIdentity, distilledFor passageSpace: EncoderIdentity? = nil, vocabularyDigest: String,
    trusted: Bool = false
  ) throws(ParlanceError) {
    guard vocabularyDigest == manifest.vocabularyDigest else {
      if bm25 != nil {
        throw ParlanceError(
          .badInput,
          "the index holds BM25's weights of words: words search it without a model, vectors and models of another vocabulary cannot",
          at: .init(file: path))
      }
      throw otherVocabulary(vocabularyDigest, ofThe: "queries", by: encoder)
    }
    guard trusted || accepts(encoder, distilledFor: passageSpace) else {
      let declared = passageSpace.map { ", which was distilled for \($0)" } ?? ""
      let settings = passageSpace == nil ? noteOnSettings(of: encoder) : ""
      throw ParlanceError(
        .badInput,
        "expected queries of \(self.passageSpace), which encoded the passages, or of a student distilled for it; "
          + "found \(encoder)\(declared)\(settings); use --trust-model to search all the same",
        at: .init(file: path))
    }
  }

  /// - Parameter kind: what is over the vocabulary with the digest: queries or vectors of passages.
  func otherVocabulary(_ digest: String, ofThe kind: String, by encoder: EncoderIdentity) -> ParlanceError {
    ParlanceError(
      .badInput,
      "expected \(kind) over the vocabulary \(manifest.vocabularyDigest.prefix(12)) of the passages, those of "
        + "\(encoder) are over \(digest.prefix(12))", at: .init(file: path))
  }

  /// What is behind another encoder of the same name, since a name says little about what was encoded how; empty for another name.
  func noteOnSettings(of encoder: EncoderIdentity) -> String {
    guard encoder.name == passageSpace.name else { return "" }
    return ", a model of the same name with other files or settings: maximal length and passage text must be those "
      + "that the passages were encoded with"
  }
}
