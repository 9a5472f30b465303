/// What a tensor of a checkpoint is for, whatever the file calls it.
///
/// Matrices are stored as PyTorch's `Linear` has them: rows are outputs, columns inputs.
public enum ParameterRole: Sendable, Hashable {
  /// V x H
  case wordEmbeddings
  /// positions x H
  case positionEmbeddings
  /// token types x H; not in DistilBERT
  case tokenTypeEmbeddings
  case embeddingNormWeight
  case embeddingNormBias
  case layer(Int, LayerParameter)
  /// H x H, the dense layer before the decoder.
  case transformWeight
  case transformBias
  case transformNormWeight
  case transformNormBias
  /// V x H, the word embeddings again where they are tied.
  case decoderWeight
  /// V
  case decoderBias

  /// The parameters of one transformer layer.
  public enum LayerParameter: Sendable, Hashable, CaseIterable {
    case queryWeight, queryBias
    case keyWeight, keyBias
    case valueWeight, valueBias
    case attentionOutputWeight, attentionOutputBias
    case attentionNormWeight, attentionNormBias
    case intermediateWeight, intermediateBias
    case outputWeight, outputBias
    case outputNormWeight, outputNormBias
  }
}

extension Architecture {
  /// Every parameter of the model, in the order of the forward pass.
  public var parameters: [ParameterRole] {
    var roles: [ParameterRole] = [.wordEmbeddings, .positionEmbeddings]
    if family == .bert { roles.append(.tokenTypeEmbeddings) }
    roles += [.embeddingNormWeight, .embeddingNormBias]
    for layer in 0..<layers {
      roles += ParameterRole.LayerParameter.allCases.map { .layer(layer, $0) }
    }
    roles += [.transformWeight, .transformBias, .transformNormWeight, .transformNormBias]
    return roles + [.decoderWeight, .decoderBias]
  }

  /// The sizes of a parameter's dimensions, outputs first.
  public func shape(of role: ParameterRole) -> [Int] {
    switch role {
    case .wordEmbeddings, .decoderWeight: [vocabularySize, hiddenSize]
    case .positionEmbeddings: [maxPositions, hiddenSize]
    case .tokenTypeEmbeddings: [tokenTypes, hiddenSize]
    case .transformWeight: [hiddenSize, hiddenSize]
    case .decoderBias: [vocabularySize]
    case .embeddingNormWeight, .embeddingNormBias, .transformBias, .transformNormWeight, .transformNormBias:
      [hiddenSize]
    case .layer(_, let parameter):
      switch parameter {
      case .queryWeight, .keyWeight, .valueWeight, .attentionOutputWeight: [hiddenSize, hiddenSize]
      case .intermediateWeight: [intermediateSize, hiddenSize]
      case .outputWeight: [hiddenSize, intermediateSize]
      case .intermediateBias: [intermediateSize]
      default: [hiddenSize]
      }
    }
  }
}
