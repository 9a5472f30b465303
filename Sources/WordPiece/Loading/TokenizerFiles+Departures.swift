package import BinaryFiles

extension TokenizerFiles {
  /// One thing that makes the tokenizer another than its own file and the flags of tokenizer_config.json tell.
  package struct Departure: Sendable, Hashable {
    package let key: String
    package let values: [String]
  }

  /// What transformers' class makes of the file, and the tokens of other files: whatever of it decides which tokens a text has.
  ///
  /// Most models have none. A tokenizer that cannot be made has none either; making it tells why.
  ///
  /// - Parameters:
  ///   - digest: that of the tokenizer's own file.
  ///   - columns: how many pieces the model has weights of, as of `WordPieceTokenizer.init`.
  package func departures(
    _ digest: SHA256.Digest, _ derived: DerivedFiles = .none, columns: Int? = nil
  ) -> [Departure] {
    func addedTokens(_ tokens: [DeclaredToken], insteadOf told: [DeclaredToken]) -> [Departure] {
      if matching(tokens) == matching(told) { return [] }
      // Rare, and so worth a look at the tokenizer itself: a token for which the model has no column is none.
      guard let made = try? WordPieceTokenizer(self, derived: derived, columns: columns) else { return [] }
      return departures(of: tokens.filter { made.id(of: $0.content) != nil }, from: told)
    }
    guard let path = tokenizerJSON else {
      // The tokens that vocab.txt has by itself are BERT's, by the names that the configuration gives them.
      let own = configuration.specialTokens.map { DeclaredToken(content: $0) }
      return addedTokens(configuration.tokens.all(.bert, file: []), insteadOf: own)
    }
    guard let bytes = KeptTokenizer.readDeclaration(digest, derived) ?? (try? Self.bytes(of: path)),
      let json = try? JSONField.parse(bytes, file: path), let declared = try? TokenizerFile(json)
    else { return [] }
    let (made, normalizer) = declared.made(by: configuration)
    var found: [Departure] = []
    if normalizer != declared.told(configuration) {
      found.append(Departure(key: "normalizer", values: normalizer.steps))
    }
    if made.continuationPrefix != declared.continuationPrefix || made.maxScalarsPerWord != declared.maxScalarsPerWord {
      let values = [made.continuationPrefix, "\(made.maxScalarsPerWord)"]
      found.append(Departure(key: "word-pieces", values: values))
    }
    if made.unknown != declared.unknown || made.around.map({ declared.surrounds($0) }) == false {
      found.append(Departure(key: "special-tokens", values: configuration.specialTokens))
    }
    return found + addedTokens(made.addedTokens, insteadOf: declared.addedTokens)
  }

  private func matching(_ tokens: [DeclaredToken]) -> Set<[UInt8]> {
    Set(tokens.map { $0.matching(splitsSpecial: configuration.splitsSpecialTokens) })
  }

  private func departures(of tokens: [DeclaredToken], from told: [DeclaredToken]) -> [Departure] {
    if matching(tokens) == matching(told) { return [] }
    let values = tokens.flatMap { token in
      let flags = [
        ("single-word", token.isSingleWord), ("normalized", token.isNormalized), ("special", token.isSpecial),
      ]
      return [token.content, flags.filter { $0.1 }.map { $0.0 }.joined(separator: " ")]
    }
    return [Departure(key: "added-tokens", values: values)]
  }
}

extension TokenizerFile {
  /// Whether the template of a text puts these tokens around it, as far as the file names them.
  fileprivate func surrounds(_ around: (classification: String, separator: String)) -> Bool {
    func id(_ token: String) -> Int32? { addedTokens.first { $0.content.utf8.elementsEqual(token.utf8) }?.id }
    guard let cls = id(around.classification), let sep = id(around.separator) else { return false }
    return single == .bertSingle(cls: cls, sep: sep)
  }
}

extension Normalizer {
  /// The names of the steps that it takes.
  fileprivate var steps: [String] {
    let all = [
      ("clean-text", cleansText), ("split-chinese", separatesChineseCharacters), ("strip-accents", stripsAccents),
      ("lowercase", lowercases),
    ]
    return all.filter { $0.1 }.map { $0.0 }
  }
}
