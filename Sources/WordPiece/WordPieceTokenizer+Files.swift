public import BinaryFiles
public import Diagnostics

extension WordPieceTokenizer {
  /// Reads the tokenizer of a Hugging Face checkpoint: `tokenizer.json`, or else `vocab.txt`; `tokenizer_config.json` beside
  /// either is heeded.
  ///
  /// - Throws: `noInput` where neither is there; `badInput` with file and key where one is not as expected, or is the tokenizer of
  ///   another kind of model.
  public init(folder: String) throws(ParlanceError) {
    try self.init(try TokenizerFiles(folder: folder))
  }

  /// Reads the tokenizer of files that were found already.
  ///
  /// - Parameter derived: where the vocabulary of a `tokenizer.json` that was read before is taken from; nowhere by default.
  /// - Throws: `noInput`, `badInput`.
  public init(_ files: TokenizerFiles, derived: DerivedFiles = .none) throws(ParlanceError) {
    if let path = files.tokenizerJSON {
      try self.init(
        tokenizerJSON: try TokenizerFiles.bytes(of: path), files.configuration, file: path, derived: derived)
    } else {
      let path = files.vocabulary ?? files.folder + "/vocab.txt"
      try self.init(vocabularyText: try TokenizerFiles.bytes(of: path), files.configuration, file: path)
    }
  }
}
