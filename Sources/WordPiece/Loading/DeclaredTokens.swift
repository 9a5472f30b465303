import Diagnostics
import StrictJSON

/// The tokens that tokenizer_config.json, special_tokens_map.json and added_tokens.json declare beside those of tokenizer.json or
/// vocab.txt, read as transformers 5 reads them.
struct DeclaredTokens: Sendable, Hashable {
  /// A token with a part of its own in the model, by the key that gives it the part: `mask_token`.
  struct Role: Sendable, Hashable {
    var name: String
    var token: DeclaredToken
  }

  /// `added_tokens_decoder`, or what older folders have in added_tokens.json. The ids only order them.
  private(set) var numbered: [Int32: DeclaredToken] = [:]
  /// Whether there is an `added_tokens_decoder`, beside which the two other files count for nothing.
  private(set) var isWhole = false
  /// The known ones first, in the order of `knownRoles`.
  private(set) var roles: [Role] = []
  /// `additional_special_tokens`, or as it is called now `extra_special_tokens`; nil where neither is there.
  private(set) var others: [DeclaredToken]?
  /// Those of special_tokens_map.json, which count where there are no `others`.
  private(set) var mapped: [DeclaredToken] = []

  /// The roles that every tokenizer knows, in the order in which their tokens are added.
  private static let knownRoles = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]
  private static let suffix = "_token"

  init() {}

  /// - Parameter json: tokenizer_config.json.
  init(_ json: JSONField) throws(ParlanceError) {
    try takeRoles(json) { $0.hasSuffix(Self.suffix) }
    let extra = try json.optional("extra_special_tokens")
    if let extra, extra.value.object != nil { try takeRoles(extra) { _ in true } }
    if let extra, extra.value.array?.isEmpty == false {
      others = try Self.tokens(extra)
    } else if json.value["additional_special_tokens"] != nil {
      others = []
      if let additional = try json.optional("additional_special_tokens") { others = try Self.tokens(additional) }
    } else if extra?.value.array != nil {
      others = []
    }
    guard let decoder = try json.optional("added_tokens_decoder") else { return }
    isWhole = true
    for (key, value) in try decoder.members() {
      let field = JSONField(value: value, path: "added_tokens_decoder[\"\(key)\"]", file: json.file)
      guard let id = Int32(key), 0...Int32(TokenizerFile.maxID) ~= id else {
        throw field.error("expected an id as the key, found \"\(key)\"")
      }
      numbered[id] = try DeclaredToken(field)
    }
  }

  /// Takes special_tokens_map.json in: its roles win.
  mutating func take(specialTokensMap json: JSONField) throws(ParlanceError) {
    try takeRoles(json, isSpecial: true) { $0.hasSuffix(Self.suffix) }
    if let extra = try json.optional("extra_special_tokens") {
      if extra.value.object != nil {
        try takeRoles(extra) { _ in true }
      } else {
        let known = Set((others ?? []).map(\.key))
        others = (others ?? []) + (try Self.tokens(extra, isSpecial: true)).filter { !known.contains($0.key) }
      }
    }
    if let additional = try json.optional("additional_special_tokens") { mapped = try Self.tokens(additional) }
  }

  /// Takes added_tokens.json in, each token with its id.
  mutating func take(addedTokens json: JSONField) throws(ParlanceError) {
    let special = Set(
      roles.filter { Self.knownRoles.contains($0.name) }.map(\.token.key) + (others ?? []).map(\.key))
    for (content, value) in try json.members() {
      let field = JSONField(value: value, path: content, file: json.file)
      let id = Int32(try field.integer(upTo: TokenizerFile.maxID))
      let isSpecial = special.contains(Array(content.utf8))
      numbered[id] = DeclaredToken(content: content, isNormalized: !isSpecial, isSpecial: isSpecial)
    }
  }

  private mutating func takeRoles(
    _ json: JSONField, isSpecial: Bool? = nil, where isRole: (String) -> Bool
  ) throws(ParlanceError) {
    for (name, value) in try json.members() where isRole(name) && !value.isNull {
      let path = json.path.isEmpty ? name : json.path + "." + name
      let field = JSONField(value: value, path: path, file: json.file)
      // `add_bos_token` and its like are no tokens.
      guard Self.knownRoles.contains(name) || value.string != nil || value["content"]?.string != nil else { continue }
      let role = Role(name: name, token: try DeclaredToken(field, isSpecial: isSpecial))
      if let place = roles.firstIndex(where: { $0.name == name }) { roles[place] = role } else { roles.append(role) }
    }
    roles = Self.ordered(roles)
  }

  /// The known roles in their order, then the others in theirs.
  private static func ordered(_ roles: [Role]) -> [Role] {
    knownRoles.compactMap { name in roles.first { $0.name == name } } + roles.filter { !knownRoles.contains($0.name) }
  }

  private static func tokens(_ field: JSONField, isSpecial: Bool? = nil) throws(ParlanceError) -> [DeclaredToken] {
    var tokens: [DeclaredToken] = []
    for element in try field.elements() { tokens.append(try DeclaredToken(element, isSpecial: isSpecial)) }
    return tokens
  }
}

extension DeclaredTokens {
  /// What the token with this role looks like, where it is said.
  func content(of role: String) -> String? { roles.first { $0.name == role }?.token.content }

  /// All tokens in the order in which transformers adds them, each once.
  ///
  /// - Parameters:
  ///   - kind: where tokenizer.json stands as it is, its own tokens come first.
  ///   - file: what tokenizer.json adds.
  func all(_ kind: TokenizerKind, file: [DeclaredToken]) -> [DeclaredToken] {
    let named = (kind == .bert ? Self.ordered(roles + Self.bertRoles) : roles).map(\.token)
    let special = Set(named.map(\.key))
    var numbered = numbered
    if !isWhole { for token in file { if let id = token.id { numbered[id] = token } } }

    var list = TokenList()
    if kind == .declared { for token in file { list.put(token) } }
    for (_, token) in numbered.sorted(by: { $0.key < $1.key }) {
      var token = token
      if special.contains(token.key) { token.isSpecial = true }
      list.put(token)
    }
    for token in named {
      var token = token
      token.isSpecial = true
      list.add(token)
    }
    for token in others ?? mapped { list.add(token) }
    return list.tokens
  }

  /// The tokens that BERT's tokenizer has when nobody gives it others.
  private static let bertRoles = [
    ("unk_token", "[UNK]"), ("sep_token", "[SEP]"), ("pad_token", "[PAD]"), ("cls_token", "[CLS]"),
    ("mask_token", "[MASK]"),
  ].map { Role(name: $0, token: DeclaredToken(content: $1)) }

  /// Tokens in their order, told apart by their bytes.
  private struct TokenList {
    private(set) var tokens: [DeclaredToken] = []
    private var places: [[UInt8]: Int] = [:]

    /// Of one that is there only its place stays, and an id that it has to have.
    mutating func put(_ token: DeclaredToken) {
      guard let place = places[token.key] else { return add(token) }
      let id = token.id ?? tokens[place].id
      tokens[place] = token
      tokens[place].id = id
    }

    /// One that is there stays as it is.
    mutating func add(_ token: DeclaredToken) {
      guard places[token.key] == nil else { return }
      places[token.key] = tokens.count
      tokens.append(token)
    }
  }
}

extension DeclaredTokens {
  /// What tokenizer_config.json says of tokens, to be written again; special_tokens_map.json and added_tokens.json go with it.
  var members: [(key: String, value: JSONValue)] {
    func value(_ token: DeclaredToken) -> JSONValue {
      if token == DeclaredToken(content: token.content) { return .string(token.content) }
      var object = token.json
      object["__type"] = "AddedToken"
      return .object(object)
    }
    let usual = ["cls_token", "sep_token", "pad_token", "unk_token", "mask_token"]
    let ordered =
      usual.compactMap { name in roles.first { $0.name == name } } + roles.filter { !usual.contains($0.name) }
    var members: [(key: String, value: JSONValue)] = []
    var unnamed = JSONObject()
    for role in ordered {
      if role.name.hasSuffix(Self.suffix) {
        members.append((role.name, value(role.token)))
      } else {
        unnamed[role.name] = value(role.token)
      }
    }
    if !unnamed.isEmpty { members.append(("extra_special_tokens", .object(unnamed))) }
    if let others { members.append(("additional_special_tokens", .array(others.map(value)))) }
    if isWhole {
      var decoder = JSONObject()
      for (id, token) in numbered.sorted(by: { $0.key < $1.key }) { decoder["\(id)"] = .object(token.json) }
      members.append(("added_tokens_decoder", .object(decoder)))
    }
    return members
  }
}
