import BinaryFiles
public import Diagnostics

extension WordPieceTokenizer {
  /// Reads `tokenizer.json`.
  ///
  /// - Parameters:
  ///   - configurationJSON: `tokenizer_config.json`, where there is one; its `do_lower_case`, `strip_accents` and
  ///     `tokenize_chinese_chars` win over the normaliser's. What transformers makes of a whole folder, `init(folder:)` tells.
  ///   - file: the name for error messages.
  /// - Throws: `badInput`.
  public init(
    tokenizerJSON: [UInt8], configurationJSON: [UInt8]? = nil, file: String = "tokenizer.json"
  ) throws(ParlanceError) {
    try self.init(
      tokenizerJSON: tokenizerJSON, try Self.configuration(configurationJSON, beside: file), file: file)
  }

  /// - Parameter derived: where the vocabulary is taken from when it was read before, and left for the next time.
  init(
    tokenizerJSON: [UInt8], _ configuration: TokenizerConfiguration, file: String, derived: DerivedFiles = .none,
    columns: Int? = nil
  ) throws(ParlanceError) {
    let digest = derived.isOn ? SHA256.digest(of: tokenizerJSON) : nil
    let kept = digest.flatMap { KeptTokenizer.read($0, derived) }
    let json = try JSONField.parse(kept?.declaration ?? tokenizerJSON, file: file)
    try configuration.checkClass(file, isTokenizerJSON: true)
    let declared = try TokenizerFile(json)
    let vocabulary =
      if let kept { kept.vocabulary } else { try PieceVocabulary(declared.vocabulary, file: file) }
    let made = declared.made(by: configuration)
    try self.init(
      made.file, vocabulary, normalizer: made.normalizer, configuration: configuration, columns: columns, file: file)
    if let digest, kept == nil { KeptTokenizer.write(json.value, vocabulary, digest, derived) }
  }

  /// Reads `vocab.txt`: a piece a line, its id the number of the line from 0.
  ///
  /// What else there is to know stands in `tokenizer_config.json`; without it the tokenizer is that of
  /// `bert-base-uncased`.
  /// - Throws: `badInput`, naming the line.
  public init(
    vocabularyText: [UInt8], configurationJSON: [UInt8]? = nil, file: String = "vocab.txt"
  ) throws(ParlanceError) {
    try self.init(
      vocabularyText: vocabularyText, try Self.configuration(configurationJSON, beside: file), file: file)
  }

  init(
    vocabularyText: [UInt8], _ configuration: TokenizerConfiguration, file: String, columns: Int? = nil
  ) throws(ParlanceError) {
    let declared = try TokenizerFile(vocabularyText: vocabularyText, configuration, file: file)
    try self.init(
      declared, PieceVocabulary(declared.vocabulary, file: file),
      normalizer: configuration.applied(to: DeclaredNormalizer()), configuration: configuration, columns: columns,
      file: file)
  }

  private static func configuration(
    _ json: [UInt8]?, beside file: String
  ) throws(ParlanceError) -> TokenizerConfiguration {
    guard let json else { return TokenizerConfiguration() }
    let folder = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file[...$0]) } ?? ""
    return try TokenizerConfiguration(try JSONField.parse(json, file: folder + "tokenizer_config.json"))
  }

  private init(
    _ declared: TokenizerFile, _ vocabulary: PieceVocabulary, normalizer: Normalizer,
    configuration: TokenizerConfiguration, columns: Int?, file: String
  ) throws(ParlanceError) {
    func error(_ message: String, _ component: String) -> ParlanceError {
      ParlanceError(.badInput, message, at: .init(file: file, component: component))
    }
    let tables = UnicodeTables.shared
    self.tables = tables
    self.normalizer = normalizer
    byteClasses = ByteClasses(normalizer, tables: tables)
    continuationPrefix = declared.continuationPrefix
    maxScalarsPerWord = declared.maxScalarsPerWord
    truncation = declared.truncation
    modelMaxLength = configuration.modelMaxLength

    var names = vocabulary.names
    trie = vocabulary.trie
    continuation = trie.node(after: declared.continuationPrefix.utf8, from: trie.nodes[0])
    guard let unknown = trie.value(of: declared.unknown.utf8) else {
      throw error("the vocabulary lacks the unknown token \"\(declared.unknown)\"", "model.unk_token")
    }
    unknownID = Int32(unknown)

    // Ids of tokens that the vocabulary lacks follow it, in the order of the files, whatever these say.
    var nextID = Int32(names.count)
    var added: [AddedToken] = []
    var new: Set<[UInt8]> = []
    for (index, token) in declared.addedTokens.enumerated() where !token.content.isEmpty {
      let known = trie.value(of: token.content.utf8).map { Int32($0) }
      if known == nil, token.id == nil, let columns, nextID >= columns { continue }
      if known == nil, !new.insert(token.key).inserted {
        throw error("the token \"\(token.content)\" is added twice", "added_tokens[\(index)]")
      }
      let id = known ?? nextID
      if let stated = token.id, stated != id {
        throw error(
          "expected the id \(id) for the token \"\(token.content)\", found \(stated)", "added_tokens[\(index)]")
      }
      if known == nil {
        guard names.assign(token.content, to: id) else {
          throw error(
            "the id \(id) belongs to \"\(names[id])\" and to \"\(token.content)\"", "added_tokens[\(index)]")
        }
        nextID += 1
      }
      added.append(AddedToken(token, id: id))
    }
    let pieces = names.pieces
    self.pieces = pieces
    addedTokens = added.sorted { $0.id < $1.id }
    if let around = declared.around {
      let ids = try [around.classification, around.separator].map { token throws(ParlanceError) -> Int32 in
        let known = vocabulary.trie.value(of: token.utf8).map { Int32($0) }
        guard let id = known ?? added.first(where: { $0.content.utf8.elementsEqual(token.utf8) })?.id else {
          throw error("the vocabulary lacks the special token \"\(token)\"", "cls_token and sep_token")
        }
        return id
      }
      single = .bertSingle(cls: ids[0], sep: ids[1])
      pair = .bertPair(cls: ids[0], sep: ids[1])
    } else {
      single = declared.single
      pair = declared.pair
    }

    let patterns = try Self.patterns(of: addedTokens, normalizer, file: file)
    literalTokens = try Self.finder(addedTokens, patterns, isNormalized: false, configuration, file: file)
    normalizedTokens = try Self.finder(addedTokens, patterns, isNormalized: true, configuration, file: file)
    for template in [single, pair] {
      for case .special(let id, _) in template.parts where id >= pieces.count {
        throw error("the special token \(id) is not in the vocabulary of \(pieces.count)", "post_processor")
      }
    }
  }

  /// What to look for in the text, for each token.
  private static func patterns(
    of tokens: [AddedToken], _ normalizer: Normalizer, file: String
  ) throws(ParlanceError) -> [[UInt8]] {
    var patterns: [[UInt8]] = []
    var text = NormalizedText()
    for token in tokens {
      let content = Array(token.content.utf8)
      guard token.isNormalized else {
        patterns.append(content)
        continue
      }
      normalizer.normalize(content.span, 0..<content.count, segmentStart: 0, tables: .shared, into: &text)
      guard !text.bytes.isEmpty else {
        throw ParlanceError(
          .badInput, "nothing is left of the token \"\(token.content)\" after normalisation",
          at: .init(file: file, component: "added_tokens"))
      }
      patterns.append(text.bytes)
    }
    return patterns
  }

  private static func finder(
    _ tokens: [AddedToken], _ patterns: [[UInt8]], isNormalized: Bool, _ configuration: TokenizerConfiguration,
    file: String
  ) throws(ParlanceError) -> AddedTokenFinder {
    // Of those that normalise alike transformers finds one, any of them: here always the one with the lowest id.
    var seen: Set<[UInt8]> = []
    let indices = tokens.indices.filter {
      tokens[$0].isNormalized == isNormalized && (!isNormalized || seen.insert(patterns[$0]).inserted)
    }
    let chosen = indices.map { tokens[$0] }
    switch ByteTrie.make(indices.enumerated().map { (patterns[$1], UInt32($0)) }) {
    case .success(let trie):
      return AddedTokenFinder(chosen, trie: trie, ignoresSpecial: configuration.splitsSpecialTokens)
    case .failure(let fault):
      let message =
        switch fault {
        case .duplicate(let first, let second):
          "the added tokens \"\(chosen[Int(first)].content)\" and \"\(chosen[Int(second)].content)\" cannot be told "
            + "apart in the text"
        case .tooLarge: "the added tokens are too many and too long"
        }
      throw ParlanceError(.badInput, message, at: .init(file: file, component: "added_tokens"))
    }
  }
}

extension TokenizerFile {
  /// What transformers makes of a vocab.txt.
  fileprivate init(
    vocabularyText: [UInt8], _ configuration: TokenizerConfiguration, file: String
  ) throws(ParlanceError) {
    try configuration.checkClass(file, isTokenizerJSON: false)
    unknown = configuration.unknown
    continuationPrefix = Self.bertPrefix
    maxScalarsPerWord = Self.bertWordLimit
    var lines = vocabularyText.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    for (index, line) in lines.enumerated() {
      guard let text = String(validating: line, as: UTF8.self) else {
        throw ParlanceError(.badInput, "expected UTF-8", at: .init(file: file, line: index + 1))
      }
      vocabulary.append((Self.withoutTrailingSpace(text), Int32(index)))
    }
    guard !vocabulary.isEmpty else {
      throw ParlanceError(.badInput, "expected a piece a line, found an empty file", at: .init(file: file))
    }
    single = .bareFirst
    pair = .barePair
    around = (configuration.classification, configuration.separator)
    for token in [configuration.classification, configuration.separator, configuration.padding]
      + [configuration.unknown, configuration.mask]
    where !vocabulary.contains(where: { $0.piece.utf8.elementsEqual(token.utf8) }) {
      throw ParlanceError(
        .badInput, "the vocabulary lacks the special token \"\(token)\"; is this the vocab.txt of a BERT model?",
        at: .init(file: file))
    }
    addedTokens = configuration.tokens.all(.bert, file: [])
  }

  /// White space at the end of a line is no part of a piece.
  private static func withoutTrailingSpace(_ line: String) -> String {
    let tables = UnicodeTables.shared
    var scalars = line.unicodeScalars
    while let last = scalars.last, tables[last.value].flags.contains(.splitsWords) { scalars.removeLast() }
    return String(scalars)
  }
}
