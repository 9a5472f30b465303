import BinaryFiles
package import Checkpoints
package import Diagnostics
package import WordPiece

extension WordPieceTokenizer {
  /// The tokenizer of an encoder's texts.
  ///
  /// - Throws: `badInput` as reading it, and where the model wants texts read as no encoder here reads them.
  package init(of checkpoint: Checkpoint) throws(ParlanceError) {
    try self.init(encoding: checkpoint.tokenizer, checkpoint.derived, columns: checkpoint.architecture.vocabularySize)
    guard checkpoint.lowercasesText, !normalizer.lowercases else { return }
    throw ParlanceError(
      .badInput, "`do_lower_case` of sentence_bert_config.json contradicts the cased tokenizer",
      at: .init(file: checkpoint.tokenizer.folder))
  }

  /// The tokenizer that these files are, of texts that are cut at their end.
  init(encoding files: TokenizerFiles, _ derived: DerivedFiles, columns: Int) throws(ParlanceError) {
    try self.init(files, derived: derived, columns: columns)
    guard (files.configuration.truncationSide ?? truncation?.side) == .left else { return }
    throw ParlanceError(
      .badInput,
      "the model wants long texts cut at their beginning (`truncation_side` left); Parlance cuts them at their end",
      at: .init(file: files.folder))
  }
}
