extension TokenizerFile {
  /// The tokenizer that transformers 5 makes of tokenizer.json and of what stands beside it, and the normaliser in front of it.
  ///
  /// Where the configuration's kind is nil, its normaliser's flags win over the file's, and nothing else changes.
  func made(by configuration: TokenizerConfiguration) -> (file: TokenizerFile, normalizer: Normalizer) {
    guard let kind = configuration.kind else { return (self, told(configuration)) }
    var made = self
    made.addedTokens = configuration.tokens.all(kind, file: addedTokens)
    switch kind {
    case .declared:
      return (made, normalizer.map { Normalizer($0) } ?? .identity)
    case .bert:
      made.unknown = configuration.unknown
      made.continuationPrefix = Self.bertPrefix
      made.maxScalarsPerWord = Self.bertWordLimit
      made.around = (configuration.classification, configuration.separator)
      return (made, configuration.applied(to: DeclaredNormalizer()))
    }
  }

  /// What the file's normaliser and the configuration's flags come to by themselves.
  func told(_ configuration: TokenizerConfiguration) -> Normalizer {
    normalizer.map { configuration.applied(to: $0) } ?? .identity
  }

  static let bertPrefix = "##"
  static let bertWordLimit = 100
}

extension Normalizer {
  init(_ declared: DeclaredNormalizer) {
    self.init(
      cleanText: declared.cleanText, handleChineseCharacters: declared.handleChineseCharacters,
      stripAccents: declared.stripAccents, lowercase: declared.lowercase)
  }
}
