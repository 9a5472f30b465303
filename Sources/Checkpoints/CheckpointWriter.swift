import BinaryFiles
public import Diagnostics
import StrictJSON
public import WordPiece

/// Writes a folder that `transformers`, sentence-transformers' `SparseEncoder` (5.x and 6.x) and `Checkpoint` load.
///
/// The module paths are those of sentence-transformers 5, which version 6 still reads (a folder saved by 6 itself does
/// not load in 5).
public struct CheckpointWriter: Sendable {
  public var architecture: Architecture
  public var head: SparseHead
  /// `max_seq_length`, in tokens.
  public var maxLength: Int
  public var prompts: Prompts
  /// The files of the tokenizer, which are copied.
  public var tokenizer: TokenizerFiles
  /// The text of README.md; its front matter should name the licence. None is written when it is empty.
  public var modelCard: String

  public init(
    architecture: Architecture, head: SparseHead, maxLength: Int, prompts: Prompts = Prompts(),
    tokenizer: TokenizerFiles, modelCard: String = ""
  ) {
    self.architecture = architecture
    self.head = head
    self.maxLength = maxLength
    self.prompts = prompts
    self.tokenizer = tokenizer
    self.modelCard = modelCard
  }

  /// A writer of models with the shape, head and tokenizer of `checkpoint`, such as a student of it.
  public init(like checkpoint: Checkpoint, modelCard: String = "") {
    self.init(
      architecture: checkpoint.architecture, head: checkpoint.head, maxLength: checkpoint.maxLength,
      prompts: checkpoint.prompts, tokenizer: checkpoint.tokenizer, modelCard: modelCard)
  }

  /// Writes the folder; `config.json` comes last, so that a folder cut off in the middle is not taken for a model.
  ///
  /// - Parameter floats: gives a parameter's numbers; a tied decoder is not asked for.
  /// - Throws: `cannotWrite`, and what `floats` throws.
  public func write(
    to folder: String, floats: (ParameterRole) throws(ParlanceError) -> [Float]
  ) throws(ParlanceError) {
    try writeLayout(to: folder)
    let parameters = stored
    let weights = try SafetensorsWriter(
      path: folder + "/model.safetensors",
      tensors: parameters.map { .init(name: $0.name, shape: architecture.shape(of: $0.role)) })
    for parameter in parameters { try weights.append(try floats(parameter.role)) }
    try weights.finish()
    if !modelCard.isEmpty { try write(modelCard, to: folder + "/README.md") }
    try write(config, to: folder + "/config.json")
  }

  /// Writes what stands beside the weights: the tokenizer, the modules, how they pool. `config.json` is still missing.
  func writeLayout(to folder: String) throws(ParlanceError) {
    try FileNames.makeFolder(folder + "/1_SpladePooling")
    for source in [tokenizer.tokenizerJSON, tokenizer.vocabulary].compactMap({ $0 }) + tokenizer.companions {
      try AtomicFile.write(try FolderFile.bytes(source), to: folder + "/" + fileName(of: source))
    }
    try write(tokenizerConfig, to: folder + "/tokenizer_config.json")
    try write(poolingConfig, to: folder + "/1_SpladePooling/config.json")
    try write(#"{"max_seq_length": \#(maxLength), "do_lower_case": false}"#, to: folder + "/sentence_bert_config.json")
    try write(sparseEncoderConfig, to: folder + "/config_sentence_transformers.json")
    try write(modules, to: folder + "/modules.json")
  }

  /// What the file holds under which name.
  private var stored: [(name: String, role: ParameterRole)] {
    let names = ParameterNames(family: architecture.family)
    var parameters: [(name: String, role: ParameterRole)] = []
    for role in architecture.parameters where role != .decoderWeight || !architecture.tiesDecoder {
      parameters.append((names.candidates(for: role)[0], role))
    }
    // transformers 5 takes the bias of an untied decoder for a parameter of its own and wants both names.
    if architecture.family == .bert, !architecture.tiesDecoder {
      parameters.append(("cls.predictions.decoder.bias", .decoderBias))
    }
    return parameters
  }

  private func write(_ text: String, to path: String) throws(ParlanceError) {
    try AtomicFile.write(Array((text.hasSuffix("\n") ? text : text + "\n").utf8), to: path)
  }

  private var config: String {
    let own: [(String, String)] =
      switch architecture.family {
      case .bert:
        [
          ("model_type", #""bert""#),
          ("hidden_size", "\(architecture.hiddenSize)"),
          ("num_hidden_layers", "\(architecture.layers)"),
          ("num_attention_heads", "\(architecture.heads)"),
          ("intermediate_size", "\(architecture.intermediateSize)"),
          ("hidden_act", "\"\(architecture.activation.rawValue)\""),
          ("type_vocab_size", "\(architecture.tokenTypes)"),
          ("layer_norm_eps", "\(architecture.layerNormEpsilon)"),
          ("hidden_dropout_prob", "0.1"),
          ("attention_probs_dropout_prob", "0.1"),
          ("position_embedding_type", #""absolute""#),
        ]
      case .distilBERT:
        [
          ("model_type", #""distilbert""#),
          ("dim", "\(architecture.hiddenSize)"),
          ("n_layers", "\(architecture.layers)"),
          ("n_heads", "\(architecture.heads)"),
          ("hidden_dim", "\(architecture.intermediateSize)"),
          ("activation", "\"\(architecture.activation.rawValue)\""),
          ("dropout", "0.1"),
          ("attention_dropout", "0.1"),
          ("sinusoidal_pos_embds", "false"),
        ]
      }
    return Self.object(
      [("architectures", "[\"\(architecture.family.rawValue)\"]")] + own + [
        ("vocab_size", "\(architecture.vocabularySize)"),
        ("max_position_embeddings", "\(architecture.maxPositions)"),
        ("pad_token_id", "0"),
        ("initializer_range", "0.02"),
        ("tie_word_embeddings", "\(architecture.tiesDecoder)"),
        ("torch_dtype", #""float32""#),
      ])
  }

  private var poolingConfig: String {
    Self.object([
      ("pooling_strategy", "\"\(head.pooling.rawValue)\""),
      ("activation_function", "\"\(head.activation.rawValue)\""),
      ("word_embedding_dimension", "\(architecture.vocabularySize)"),
    ])
  }

  private var modules: String {
    let types = "sentence_transformers.sparse_encoder.models"
    return """
      [
        {"idx": 0, "name": "0", "path": "", "type": "\(types).MLMTransformer"},
        {"idx": 1, "name": "1", "path": "1_SpladePooling", "type": "\(types).SpladePooling"}
      ]
      """
  }

  private var sparseEncoderConfig: String {
    Self.object([
      ("model_type", #""SparseEncoder""#),
      ("__version__", #"{"sentence_transformers": "5.0.0"}"#),
      (
        "prompts",
        #"{"query": \#(JSONValue.string(prompts.query).text), "document": \#(JSONValue.string(prompts.passage).text)}"#
      ),
      ("default_prompt_name", "null"),
      ("similarity_fn_name", #""dot""#),
    ])
  }

  /// What the tokenizer's own configuration says, and nothing that it leaves to tokenizer.json.
  private var tokenizerConfig: String {
    let own = tokenizer.configuration
    func string(_ text: String) -> String { JSONValue.string(text).text }
    var members = [("tokenizer_class", string(own.tokenizerClass ?? usualClass))]
    let normalizer = [
      ("do_lower_case", own.lowercase), ("strip_accents", own.stripAccents),
      ("tokenize_chinese_chars", own.handleChineseCharacters),
    ]
    for case (let key, let value?) in normalizer { members.append((key, "\(value)")) }
    if own.splitsSpecialTokens { members.append(("split_special_tokens", "true")) }
    if let side = own.truncationSide { members.append(("truncation_side", string(side.rawValue))) }
    members.append(("model_max_length", "\(own.modelMaxLength ?? architecture.maxPositions)"))
    for (key, value) in own.tokenMembers { members.append((key, value.text)) }
    // Without a token to fill up with, transformers reads no two texts at once.
    if own.kind == .declared, !members.contains(where: { $0.0 == "pad_token" }), hasToken(own.padding) {
      members.append(("pad_token", string(own.padding)))
    }
    return Self.object(members)
  }

  private func hasToken(_ token: String) -> Bool {
    (try? WordPieceTokenizer(tokenizer))?.addedTokens.contains { $0.content == token } == true
  }

  /// The class that makes of the files what is made of the original's, which names none.
  private var usualClass: String {
    if tokenizer.tokenizerJSON != nil, tokenizer.configuration.kind == .declared { return "PreTrainedTokenizerFast" }
    return architecture.family == .bert ? "BertTokenizer" : "DistilBertTokenizer"
  }

  private static func object(_ members: [(String, String)]) -> String {
    "{\n" + members.map { "  \"\($0)\": \($1)" }.joined(separator: ",\n") + "\n}"
  }
}
