import Diagnostics
import StrictJSON

/// What tokenizer_config.json says beside tokenizer.json or vocab.txt. A key that is not there is nil.
package struct TokenizerConfiguration: Sendable, Hashable {
  package var tokenizerClass: String?
  package var lowercase: Bool?
  package var stripAccents: Bool?
  package var handleChineseCharacters: Bool?
  package var modelMaxLength: Int?
  package var splitsSpecialTokens = false
  package var unknown = "[UNK]"
  package var separator = "[SEP]"
  package var padding = "[PAD]"
  package var classification = "[CLS]"
  package var mask = "[MASK]"

  /// The tokens that a vocab.txt does not name by itself; a tokenizer.json has its own.
  package var specialTokens: [String] { [unknown, separator, padding, classification, mask] }

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
    unknown = try Self.token("unk_token", json) ?? unknown
    separator = try Self.token("sep_token", json) ?? separator
    padding = try Self.token("pad_token", json) ?? padding
    classification = try Self.token("cls_token", json) ?? classification
    mask = try Self.token("mask_token", json) ?? mask
  }

  /// A special token is written as a string or as an object with its `content`.
  private static func token(_ key: String, _ json: JSONField) throws(ParlanceError) -> String? {
    guard let field = try json.optional(key) else { return nil }
    if field.value.object != nil { return try field.required("content").string() }
    return try field.string()
  }

  /// As transformers does: what is said here wins over the normaliser of tokenizer.json.
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
