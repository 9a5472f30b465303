import Diagnostics
import StrictJSON

/// tokenizer.json of a BERT model, read and checked.
struct TokenizerFile {
  var vocabulary: [(piece: String, id: Int32)] = []
  var unknown: String
  var continuationPrefix: String
  var maxScalarsPerWord: Int
  /// Nil where the file declares no normaliser.
  var normalizer: DeclaredNormalizer?
  var addedTokens: [DeclaredToken] = []
  var single: SequenceTemplate
  var pair: SequenceTemplate
  /// The tokens that BERT's tokenizer puts around a text, where the templates give way to them.
  var around: (classification: String, separator: String)?
  var truncation: Truncation?

  static let maxID = 1 << 24

  init(_ json: JSONField) throws(ParlanceError) {
    if let version = try json.optional("version") {
      let text = try version.string()
      guard text == "1.0" else { throw version.error("expected version \"1.0\", found \"\(text)\"") }
    }
    let model = try json.required("model")
    if let type = try model.optional("type") {
      let name = try type.string()
      guard name == "WordPiece" else { throw type.error("expected the model WordPiece, found \(name)") }
    }
    unknown = try model.required("unk_token").string()
    continuationPrefix = try model.required("continuing_subword_prefix").string()
    maxScalarsPerWord = try model.required("max_input_chars_per_word").integer(upTo: .max >> 11)
    let vocabularyField = try model.required("vocab")
    for (piece, value) in try vocabularyField.members() {
      let field = JSONField(value: value, path: "model.vocab[\"\(piece)\"]", file: json.file)
      vocabulary.append((piece, Int32(try field.integer(upTo: Self.maxID))))
    }
    normalizer = try Self.normalizer(json)
    try Self.checkPreTokenizer(json)
    for field in try json.optional("added_tokens")?.elements() ?? [] {
      addedTokens.append(try Self.addedToken(field))
    }
    (single, pair) = try Self.templates(json)
    truncation = try Self.truncation(json)
  }

  private static func normalizer(_ json: JSONField) throws(ParlanceError) -> DeclaredNormalizer? {
    guard let field = try json.optional("normalizer") else { return nil }
    let type = try field.required("type").string()
    guard type == "BertNormalizer" else {
      throw field.error("expected the normaliser BertNormalizer, found \(type)")
    }
    return DeclaredNormalizer(
      cleanText: try field.required("clean_text").bool(),
      handleChineseCharacters: try field.required("handle_chinese_chars").bool(),
      stripAccents: try field.optional("strip_accents")?.bool(),
      lowercase: try field.required("lowercase").bool())
  }

  private static func checkPreTokenizer(_ json: JSONField) throws(ParlanceError) {
    guard let field = try json.optional("pre_tokenizer") else {
      throw json.error("expected the pre_tokenizer BertPreTokenizer, found none")
    }
    let type = try field.required("type").string()
    guard type == "BertPreTokenizer" else {
      throw field.error("expected the pre_tokenizer BertPreTokenizer, found \(type)")
    }
  }

  private static func addedToken(_ field: JSONField) throws(ParlanceError) -> DeclaredToken {
    DeclaredToken(
      content: try field.required("content").string(),
      id: Int32(try field.required("id").integer(upTo: maxID)),
      isSingleWord: try field.required("single_word").bool(), stripsLeft: try field.required("lstrip").bool(),
      stripsRight: try field.required("rstrip").bool(), isNormalized: try field.required("normalized").bool(),
      isSpecial: try field.required("special").bool())
  }

  private static func truncation(_ json: JSONField) throws(ParlanceError) -> Truncation? {
    guard let field = try json.optional("truncation") else { return nil }
    var truncation = Truncation(maxLength: try field.required("max_length").integer(upTo: maxID))
    let strategy = try field.required("strategy")
    switch try strategy.string() {
    case "LongestFirst": truncation.strategy = .longestFirst
    case "OnlyFirst": truncation.strategy = .onlyFirst
    case "OnlySecond": truncation.strategy = .onlySecond
    case let name: throw strategy.error("expected LongestFirst, OnlyFirst or OnlySecond, found \(name)")
    }
    if let direction = try field.optional("direction") {
      switch try direction.string() {
      case "Right": truncation.side = .right
      case "Left": truncation.side = .left
      case let name: throw direction.error("expected Left or Right, found \(name)")
      }
    }
    return truncation
  }
}

extension TokenizerFile {
  private static func templates(
    _ json: JSONField
  ) throws(ParlanceError) -> (single: SequenceTemplate, pair: SequenceTemplate) {
    guard let field = try json.optional("post_processor") else { return (.bareFirst, .barePair) }
    let type = try field.required("type")
    switch try type.string() {
    case "TemplateProcessing":
      let special = try field.required("special_tokens")
      let single = try template(try field.required("single"), special)
      let pair = try template(try field.required("pair"), special)
      try check(single, firsts: 1, seconds: 0, try field.required("single"))
      try check(pair, firsts: 1, seconds: 1, try field.required("pair"))
      return (single, pair)
    case "BertProcessing":
      let cls = try bertToken(try field.required("cls"))
      let sep = try bertToken(try field.required("sep"))
      return (.bertSingle(cls: cls, sep: sep), .bertPair(cls: cls, sep: sep))
    case let name:
      throw type.error("expected the post_processor TemplateProcessing or BertProcessing, found \(name)")
    }
  }

  private static func template(_ field: JSONField, _ special: JSONField) throws(ParlanceError) -> SequenceTemplate {
    var parts: [SequenceTemplate.Part] = []
    for element in try field.elements() {
      if let sequence = try element.optional("Sequence") {
        let typeID = Int32(try sequence.required("type_id").integer(upTo: maxID))
        let id = try sequence.required("id")
        switch try id.string() {
        case "A": parts.append(.first(typeID: typeID))
        case "B": parts.append(.second(typeID: typeID))
        case let name: throw id.error("expected A or B, found \(name)")
        }
      } else {
        let token = try element.required("SpecialToken")
        let typeID = Int32(try token.required("type_id").integer(upTo: maxID))
        let name = try token.required("id").string()
        for id in try special.required(name).required("ids").elements() {
          parts.append(.special(id: Int32(try id.integer(upTo: maxID)), typeID: typeID))
        }
      }
    }
    return SequenceTemplate(parts: parts)
  }

  private static func check(
    _ template: SequenceTemplate, firsts: Int, seconds: Int, _ field: JSONField
  ) throws(ParlanceError) {
    let foundFirsts = template.parts.count { if case .first = $0 { true } else { false } }
    let foundSeconds = template.parts.count { if case .second = $0 { true } else { false } }
    guard foundFirsts == firsts, foundSeconds == seconds else {
      throw field.error(
        "expected the sequence A once\(seconds == 0 ? "" : " and B once"), found A \(foundFirsts) and B \(foundSeconds) times"
      )
    }
  }

  /// `["[SEP]", 102]`
  private static func bertToken(_ field: JSONField) throws(ParlanceError) -> Int32 {
    let elements = try field.elements()
    guard elements.count == 2 else { throw field.error("expected a token and its id") }
    return Int32(try elements[1].integer(upTo: maxID))
  }
}
