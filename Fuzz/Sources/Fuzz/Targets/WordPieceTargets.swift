import Diagnostics
import WordPiece

enum WordPieceTargets {
  static let all: [FuzzTarget] = [
    FuzzTarget(name: "tokenizer-json") { bytes throws(ParlanceError) in
      let tokenizer = try WordPieceTokenizer(tokenizerJSON: bytes)
      _ = tokenizer.encode("Fuzzing unwords [SEP] \u{301}\u{4e00} 12.5", maxLength: 8)
    },
    FuzzTarget(name: "vocabulary-text") { bytes throws(ParlanceError) in
      let tokenizer = try WordPieceTokenizer(vocabularyText: bytes)
      _ = tokenizer.encode("Fuzzing unwords [SEP] \u{301}\u{4e00} 12.5", maxLength: 8)
    },
    FuzzTarget(name: "tokenize") { bytes throws(ParlanceError) in
      let text = String(decoding: bytes, as: UTF8.self)
      let encoding = tokenizer.encode(text)
      precondition(encoding.ids.count >= 2, "[CLS] and [SEP] are always there")
      precondition(tokenizer.encode(text, maxLength: 16).ids.count <= 16)
    },
  ]

  private static let tokenizer: WordPieceTokenizer = {
    let pieces = [
      "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "un", "##able", "##s", "a", "##a", "1", "##1", ".", "e",
      "##e",
    ]
    do {
      return try WordPieceTokenizer(vocabularyText: Array(pieces.joined(separator: "\n").utf8))
    } catch {
      preconditionFailure("\(error)")
    }
  }()
}
