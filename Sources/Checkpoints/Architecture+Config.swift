public import Diagnostics
import StrictJSON

extension Architecture {
  /// Reads the text of a `config.json`; keys that are absent have transformers' defaults.
  ///
  /// - Throws: `badInput` when the model is of another kind, or a value makes no sense.
  public init(config bytes: [UInt8], file: String) throws(ParlanceError) {
    let reader = ConfigReader(node: try JSONValue(parsing: bytes, file: file), file: file)
    let family = try reader.family()
    let (hidden, layers, heads, intermediate, activation): (String, String, String, String, String) =
      switch family {
      case .bert: ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act")
      case .distilBERT: ("dim", "n_layers", "n_heads", "hidden_dim", "activation")
      }
    let isBERT = family == .bert
    self.init(
      family: family,
      vocabularySize: try reader.size("vocab_size", default: 30522, upTo: 1 << 24),
      hiddenSize: try reader.size(hidden, default: 768, upTo: 1 << 16),
      layers: try reader.size(layers, default: isBERT ? 12 : 6, upTo: 1000),
      heads: try reader.size(heads, default: 12, upTo: 1 << 16),
      intermediateSize: try reader.size(intermediate, default: 3072, upTo: 1 << 20),
      maxPositions: try reader.size("max_position_embeddings", default: 512, upTo: 1 << 20),
      tokenTypes: isBERT ? try reader.size("type_vocab_size", default: 2, upTo: 1 << 16) : 0,
      activation: try reader.activation(activation),
      layerNormEpsilon: isBERT ? try reader.epsilon("layer_norm_eps", default: 1e-12) : 1e-12,
      tiesDecoder: try reader.flag("tie_word_embeddings", default: true))
    if !hiddenSize.isMultiple(of: self.heads) {
      throw reader.fault("`\(hidden)` \(hiddenSize) is not a multiple of `\(heads)` \(self.heads)")
    }
    if isBERT, try reader.flag("is_decoder", default: false) {
      throw reader.fault("`is_decoder` is true; Parlance reads encoders")
    }
    if let kind = reader.node["position_embedding_type"]?.string, kind != "absolute" {
      throw reader.fault("`position_embedding_type` is \(kind); Parlance reads absolute")
    }
  }
}

/// Takes typed values out of a `config.json` and says which key is wrong.
private struct ConfigReader {
  let node: JSONValue
  let file: String

  func fault(_ message: String) -> ParlanceError {
    ParlanceError(.badInput, message, at: .init(file: file))
  }

  func family() throws(ParlanceError) -> Architecture.Family {
    guard node.object != nil else { throw fault("expected a JSON object, found \(node.kind)") }
    let known = "Parlance reads BertForMaskedLM and DistilBertForMaskedLM"
    if let architecture = node["architectures"]?.array?.first?.string {
      if let family = Architecture.Family(rawValue: architecture) { return family }
      if architecture == "BertModel" || architecture == "DistilBertModel" {
        throw fault(
          "the model is a \(architecture), which has no masked-language-model head and so no SPLADE vectors; \(known)")
      }
      throw fault("the model is a \(architecture); \(known)")
    }
    switch node["model_type"]?.string {
    case "bert": return .bert
    case "distilbert": return .distilBERT
    case let type?: throw fault("the model is of type \(type); \(known)")
    case nil: throw fault("neither `architectures` nor `model_type` says what the model is; \(known)")
    }
  }

  func size(_ key: String, default fallback: Int, upTo limit: Int) throws(ParlanceError) -> Int {
    guard let value = node[key], !value.isNull else { return fallback }
    guard let size = value.integer, size > 0, size <= limit else {
      throw fault("`\(key)` must be a whole number from 1 to \(limit)")
    }
    return size
  }

  func flag(_ key: String, default fallback: Bool) throws(ParlanceError) -> Bool {
    guard let value = node[key], !value.isNull else { return fallback }
    guard let flag = value.bool else { throw fault("`\(key)` must be true or false, found \(value.kind)") }
    return flag
  }

  func epsilon(_ key: String, default fallback: Double) throws(ParlanceError) -> Double {
    guard let value = node[key], !value.isNull else { return fallback }
    guard let number = value.double, number > 0, number < 1 else {
      throw fault("`\(key)` must be a number between 0 and 1")
    }
    return number
  }

  func activation(_ key: String) throws(ParlanceError) -> Architecture.Activation {
    guard let value = node[key], !value.isNull else { return .gelu }
    switch value.string {
    case "gelu", "gelu_python": return .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
    case "relu": return .relu
    case let name?: throw fault("`\(key)` is \(name); Parlance computes gelu, gelu_new and relu")
    case nil: throw fault("`\(key)` must be a string, found \(value.kind)")
    }
  }
}
