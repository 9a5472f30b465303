import TestSupport
import WordPiece

/// The demo model's tokenizer, read once for all tests.
enum DemoModel {
  static let folder = TestSupport.demoModel

  static let tokenizer: WordPieceTokenizer? = folder.flatMap { try? WordPieceTokenizer(folder: $0) }
}
