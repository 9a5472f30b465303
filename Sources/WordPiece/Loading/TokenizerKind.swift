/// What transformers makes of a folder's files, by the class of its tokenizer.
package enum TokenizerKind: Sendable, Hashable {
  /// BERT's tokenizer, made anew of the vocabulary: what else tokenizer.json says, but for its added tokens and its truncation, gives
  /// way to tokenizer_config.json, and where that is silent to BERT's defaults.
  case bert
  /// tokenizer.json as it stands.
  case declared

  private static let bertClasses: Set<String> = [
    "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer", "SqueezeBertTokenizer",
    "LayoutLMTokenizer", "LxmertTokenizer",
  ]
  /// Classes that transformers knows and that split or lower-case words otherwise than tokenizer.json says.
  private static let otherClasses: Set<String> = [
    "BertJapaneseTokenizer", "MPNetTokenizer", "FunnelTokenizer", "BertGenerationTokenizer", "BertweetTokenizer",
    "RobertaTokenizer", "DPRQuestionEncoderTokenizer", "DPRContextEncoderTokenizer", "DPRReaderTokenizer",
    "SplinterTokenizer", "RoFormerTokenizer", "LayoutLMv2Tokenizer", "RoCBertTokenizer", "TapasTokenizer",
    "CanineTokenizer", "ProphetNetTokenizer",
  ]
  private static let declaredClasses: Set<String> = ["PreTrainedTokenizer", "TokenizersBackend"]
  /// Models whose tokenizer is BERT's unless they say otherwise.
  private static let bertModels: Set<String> = [
    "bert", "distilbert", "electra", "mobilebert", "squeezebert", "layoutlm",
  ]

  /// - Parameters:
  ///   - name: a `tokenizer_class`, with `Fast` at its end or without.
  ///   - hasFile: whether there is a tokenizer.json, which transformers takes as it stands for a class that it does not know.
  /// - Returns: `nil` for a class whose words are split otherwise, or without a file may be.
  init?(class name: String, hasFile: Bool) {
    let name = name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
    if Self.bertClasses.contains(name) {
      self = .bert
    } else if Self.declaredClasses.contains(name) {
      self = .declared
    } else if hasFile, !Self.otherClasses.contains(name) {
      self = .declared
    } else {
      return nil
    }
  }

  /// Of a folder that names no class.
  ///
  /// - Parameter modelType: what config.json says, where there is one.
  init(modelType: String?) {
    self = modelType.map { Self.bertModels.contains($0) } == true ? .bert : .declared
  }
}
