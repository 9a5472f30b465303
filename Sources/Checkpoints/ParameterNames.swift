/// How Hugging Face's two families call their parameters.
///
/// A checkpoint may have the body under `bert.`, under nothing (saved from the bare model), or under a wrapper's prefix
/// such as `module.`; the place of the word embeddings tells.
struct ParameterNames {
  let family: Architecture.Family
  /// What stands before `embeddings.word_embeddings.weight`.
  let bodyPrefix: String

  /// What transformers writes.
  init(family: Architecture.Family) {
    self.family = family
    bodyPrefix = Self.ownPrefix(family)
  }

  /// The names of a file that has the word embeddings as `wordEmbeddings`.
  init(family: Architecture.Family, wordEmbeddings: String) {
    self.family = family
    bodyPrefix = String(wordEmbeddings.dropLast(Self.wordEmbeddings.count))
  }

  static let wordEmbeddings = "embeddings.word_embeddings.weight"

  private static func ownPrefix(_ family: Architecture.Family) -> String {
    switch family {
    case .bert: "bert."
    case .distilBERT: "distilbert."
    }
  }

  /// Names under which the parameter may stand, the one that transformers writes first.
  func candidates(for role: ParameterRole) -> [String] {
    switch role {
    case .wordEmbeddings: [bodyPrefix + Self.wordEmbeddings]
    case .positionEmbeddings: [bodyPrefix + "embeddings.position_embeddings.weight"]
    case .tokenTypeEmbeddings: [bodyPrefix + "embeddings.token_type_embeddings.weight"]
    case .embeddingNormWeight: norm(bodyPrefix + "embeddings.LayerNorm", bias: false)
    case .embeddingNormBias: norm(bodyPrefix + "embeddings.LayerNorm", bias: true)
    case .layer(let layer, let parameter): layerNames(layer, parameter)
    default: headPrefixes.flatMap { prefix in headNames(role).map { prefix + $0 } }
    }
  }

  /// The head stands beside the body: `x.bert.embeddings` has `x.cls`.
  private var headPrefixes: [String] {
    let own = Self.ownPrefix(family)
    return bodyPrefix.hasSuffix(own) ? [String(bodyPrefix.dropLast(own.count))] : [bodyPrefix]
  }

  private func headNames(_ role: ParameterRole) -> [String] {
    switch (family, role) {
    case (.bert, .transformWeight): ["cls.predictions.transform.dense.weight"]
    case (.bert, .transformBias): ["cls.predictions.transform.dense.bias"]
    case (.bert, .transformNormWeight): norm("cls.predictions.transform.LayerNorm", bias: false)
    case (.bert, .transformNormBias): norm("cls.predictions.transform.LayerNorm", bias: true)
    case (.bert, .decoderWeight): ["cls.predictions.decoder.weight"]
    case (.bert, .decoderBias): ["cls.predictions.bias", "cls.predictions.decoder.bias"]
    case (.distilBERT, .transformWeight): ["vocab_transform.weight"]
    case (.distilBERT, .transformBias): ["vocab_transform.bias"]
    case (.distilBERT, .transformNormWeight): norm("vocab_layer_norm", bias: false)
    case (.distilBERT, .transformNormBias): norm("vocab_layer_norm", bias: true)
    case (.distilBERT, .decoderWeight): ["vocab_projector.weight"]
    case (.distilBERT, .decoderBias): ["vocab_projector.bias"]
    default: []
    }
  }

  private func layerNames(_ layer: Int, _ parameter: ParameterRole.LayerParameter) -> [String] {
    let (part, isBias, isNorm) = place(of: parameter)
    let stem = bodyPrefix + (family == .bert ? "encoder.layer." : "transformer.layer.") + "\(layer)." + part
    return isNorm ? norm(stem, bias: isBias) : [stem + (isBias ? ".bias" : ".weight")]
  }

  private func place(of parameter: ParameterRole.LayerParameter) -> (part: String, isBias: Bool, isNorm: Bool) {
    let isBERT = family == .bert
    let query = isBERT ? "attention.self.query" : "attention.q_lin"
    let key = isBERT ? "attention.self.key" : "attention.k_lin"
    let value = isBERT ? "attention.self.value" : "attention.v_lin"
    let attentionOutput = isBERT ? "attention.output.dense" : "attention.out_lin"
    let attentionNorm = isBERT ? "attention.output.LayerNorm" : "sa_layer_norm"
    let intermediate = isBERT ? "intermediate.dense" : "ffn.lin1"
    let output = isBERT ? "output.dense" : "ffn.lin2"
    let outputNorm = isBERT ? "output.LayerNorm" : "output_layer_norm"
    return switch parameter {
    case .queryWeight: (query, false, false)
    case .queryBias: (query, true, false)
    case .keyWeight: (key, false, false)
    case .keyBias: (key, true, false)
    case .valueWeight: (value, false, false)
    case .valueBias: (value, true, false)
    case .attentionOutputWeight: (attentionOutput, false, false)
    case .attentionOutputBias: (attentionOutput, true, false)
    case .attentionNormWeight: (attentionNorm, false, true)
    case .attentionNormBias: (attentionNorm, true, true)
    case .intermediateWeight: (intermediate, false, false)
    case .intermediateBias: (intermediate, true, false)
    case .outputWeight: (output, false, false)
    case .outputBias: (output, true, false)
    case .outputNormWeight: (outputNorm, false, true)
    case .outputNormBias: (outputNorm, true, true)
    }
  }

  /// Layer normalisation was called gamma and beta in the first BERT files.
  private func norm(_ stem: String, bias: Bool) -> [String] {
    bias ? [stem + ".bias", stem + ".beta"] : [stem + ".weight", stem + ".gamma"]
  }
}
