/// The shape of a transformer encoder with a masked-language-model head: what `config.json` says.
public struct Architecture: Sendable, Hashable {
  /// The two families whose SPLADE checkpoints Parlance reads. They differ in names, and DistilBERT has no token types.
  public enum Family: String, Sendable, Hashable, CaseIterable {
    case bert = "BertForMaskedLM"
    case distilBERT = "DistilBertForMaskedLM"
  }

  /// The non-linearity of the feed-forward layers and of the head's transform.
  public enum Activation: String, Sendable, Hashable, CaseIterable {
    /// `x Phi(x)`, by the error function.
    case gelu
    /// The tanh approximation of GELU; also called `gelu_pytorch_tanh` and `gelu_fast`.
    case geluTanh = "gelu_new"
    case relu
  }

  public var family: Family
  /// V
  public var vocabularySize: Int
  /// H
  public var hiddenSize: Int
  public var layers: Int
  public var heads: Int
  /// The width of the feed-forward layers.
  public var intermediateSize: Int
  /// The most tokens of a sequence, `[CLS]` and `[SEP]` included.
  public var maxPositions: Int
  /// Rows of the token type table; 0 for DistilBERT, which has none.
  public var tokenTypes: Int
  public var activation: Activation
  public var layerNormEpsilon: Double
  /// Whether the decoder's matrix is the word embedding table.
  public var tiesDecoder: Bool

  public init(
    family: Family = .bert, vocabularySize: Int, hiddenSize: Int, layers: Int, heads: Int, intermediateSize: Int,
    maxPositions: Int = 512, tokenTypes: Int = 2, activation: Activation = .gelu, layerNormEpsilon: Double = 1e-12,
    tiesDecoder: Bool = true
  ) {
    self.family = family
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.layers = layers
    self.heads = heads
    self.intermediateSize = intermediateSize
    self.maxPositions = maxPositions
    self.tokenTypes = family == .distilBERT ? 0 : tokenTypes
    self.activation = activation
    self.layerNormEpsilon = layerNormEpsilon
    self.tiesDecoder = tiesDecoder
  }

  /// How many numbers the model has, the tied decoder counted once.
  package var parameterCount: Int {
    parameters.reduce(0) { sum, role in
      role == .decoderWeight && tiesDecoder ? sum : sum + shape(of: role).reduce(1, *)
    }
  }
}
