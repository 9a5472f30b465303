public import BinaryFiles
public import Diagnostics

extension WordPieceTokenizer {
  /// Reads the tokenizer of a Hugging Face checkpoint as transformers does: `tokenizer.json`, or else `vocab.txt`, and what the
  /// files beside it say (``TokenizerFiles``).
  ///
  /// - Throws: `noInput` where neither is there; `badInput` with file and key where one is not as expected, or is the tokenizer of
  ///   another kind of model.
  public init(folder: String) throws(ParlanceError) {
    try self.init(try TokenizerFiles(folder: folder))
  }

  /// Reads the tokenizer of files that were found already.
  ///
  /// - Parameters:
  ///   - derived: where the vocabulary of a `tokenizer.json` that was read before is taken from; nowhere by default.
  ///   - columns: how many pieces a model has weights of. A token that only a file beside the vocabulary declares, and that would
  ///     be one piece too many, is no token then: transformers opens such a model, and fails at a text with that token.
  /// - Throws: `noInput`, `badInput`.
  public init(_ files: TokenizerFiles, derived: DerivedFiles = .none, columns: Int? = nil) throws(ParlanceError) {
    if let path = files.tokenizerJSON {
      try self.init(
        tokenizerJSON: try TokenizerFiles.bytes(of: path), files.configuration, file: path, derived: derived,
        columns: columns)
    } else {
      let path = files.vocabulary ?? files.folder + "/vocab.txt"
      try self.init(
        vocabularyText: try TokenizerFiles.bytes(of: path), files.configuration, file: path, columns: columns)
    }
  }
}
