import Diagnostics
package import StrictJSON

/// What tokenizer_config.json says beside tokenizer.json or vocab.txt. A key that is not there is nil.
package struct TokenizerConfiguration: Sendable, Hashable {
  package var tokenizerClass: String?
  /// What transformers makes of a folder's files; nil for a class that is not known, and for files without a folder, whose
  /// configuration wins over tokenizer.json wherever it says something.
  package var kind: TokenizerKind?
  package var lowercase: Bool?
  package var stripAccents: Bool?
  package var handleChineseCharacters: Bool?
  package var modelMaxLength: Int?
  /// Which end of a text is cut off.
  package var truncationSide: Truncation.Side?
  package var splitsSpecialTokens = false
  var tokens = DeclaredTokens()

  package var unknown: String { tokens.content(of: "unk_token") ?? "[UNK]" }
  package var separator: String { tokens.content(of: "sep_token") ?? "[SEP]" }
  package var padding: String { tokens.content(of: "pad_token") ?? "[PAD]" }
  package var classification: String { tokens.content(of: "cls_token") ?? "[CLS]" }
  package var mask: String { tokens.content(of: "mask_token") ?? "[MASK]" }

  /// The tokens of BERT's classes, which neither a vocab.txt nor a tokenizer.json names for them.
  package var specialTokens: [String] { [unknown, separator, padding, classification, mask] }

  /// What of it declares tokens.
  package var tokenMembers: [(key: String, value: JSONValue)] { tokens.members }

  init() {}

  init(_ json: JSONField) throws(ParlanceError) {
    tokenizerClass = try json.optional("tokenizer_class")?.string()
    lowercase = try json.optional("do_lower_case")?.bool()
    stripAccents = try json.optional("strip_accents")?.bool()
    handleChineseCharacters = try json.optional("tokenize_chinese_chars")?.bool()
    splitsSpecialTokens = try json.optional("split_special_tokens")?.bool() ?? false
    // Models without a limit say 1e30.
    if let field = try json.optional("model_max_length") {
      guard let number = field.value.double, number >= 1 else {
        throw field.error("expected a number of tokens")
      }
      modelMaxLength = number < 1e9 ? Int(number) : nil
    }
    if let field = try json.optional("truncation_side") {
      let name = try field.string()
      guard let side = Truncation.Side(rawValue: name) else {
        throw field.error("expected left or right, found \(name)")
      }
      truncationSide = side
    }
    tokens = try DeclaredTokens(json)
    try Self.checkWordSplitting(json)
  }

  /// Japanese models split words by a dictionary, and some into characters.
  private static func checkWordSplitting(_ json: JSONField) throws(ParlanceError) {
    for (key, own) in [("word_tokenizer_type", "basic"), ("subword_tokenizer_type", "wordpiece")] {
      guard let field = try json.optional(key) else { continue }
      let name = try field.string()
      guard name == own else {
        throw field.error("expected \(own), found \(name): Parlance splits words as BERT's own tokenizer does")
      }
    }
  }

  /// - Throws: `badInput` for a class whose tokenizers may split texts otherwise.
  func checkClass(_ file: String, isTokenizerJSON: Bool) throws(ParlanceError) {
    guard let name = tokenizerClass, TokenizerKind(class: name, hasFile: isTokenizerJSON) == nil else { return }
    throw ParlanceError(
      .badInput, "expected the vocabulary of a BERT tokenizer, `tokenizer_class` names \(name)",
      at: .init(file: file))
  }

  /// What is said here wins over the normaliser of tokenizer.json.
  func applied(to declared: DeclaredNormalizer) -> Normalizer {
    Normalizer(
      cleanText: declared.cleanText,
      handleChineseCharacters: handleChineseCharacters ?? declared.handleChineseCharacters,
      stripAccents: stripAccents ?? declared.stripAccents, lowercase: lowercase ?? declared.lowercase)
  }
}

/// The settings of a `BertNormalizer` as they are written, before `strip_accents: null` is resolved.
struct DeclaredNormalizer {
  var cleanText = true
  var handleChineseCharacters = true
  var stripAccents: Bool?
  var lowercase = true
}
