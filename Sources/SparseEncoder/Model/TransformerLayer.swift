import Checkpoints
import Diagnostics
import TensorEngine

/// One layer of BERT (arXiv 1810.04805): self-attention and feed-forward, each added to its input and normalised.
struct TransformerLayer {
  let query, key, value, attentionOutput: Linear
  let attentionNorm: LayerNorm
  let intermediate, output: Linear
  let outputNorm: LayerNorm
  let heads: Int
  let activation: Architecture.Activation

  init(_ index: Int, of weights: ModelWeights) throws(ParlanceError) {
    func linear(
      _ weight: ParameterRole.LayerParameter, _ bias: ParameterRole.LayerParameter
    ) throws(ParlanceError) -> Linear {
      try weights.linear(.layer(index, weight), .layer(index, bias))
    }
    query = try linear(.queryWeight, .queryBias)
    key = try linear(.keyWeight, .keyBias)
    value = try linear(.valueWeight, .valueBias)
    attentionOutput = try linear(.attentionOutputWeight, .attentionOutputBias)
    attentionNorm = try weights.layerNorm(.layer(index, .attentionNormWeight), .layer(index, .attentionNormBias))
    intermediate = try linear(.intermediateWeight, .intermediateBias)
    output = try linear(.outputWeight, .outputBias)
    outputNorm = try weights.layerNorm(.layer(index, .outputNormWeight), .layer(index, .outputNormBias))
    heads = weights.checkpoint.architecture.heads
    activation = weights.checkpoint.architecture.activation
  }

  /// - Parameter dropout: the probability with which a number is dropped; 0 outside of training.
  func callAsFunction(_ hidden_TH: Tensor, starts: [Int32], dropout: Double) throws(ParlanceError) -> Tensor {
    let mixed_TH = try query(hidden_TH).packedAttention(
      keys: key(hidden_TH), values: value(hidden_TH), starts: starts, heads: heads, dropout: dropout)
    let attended_TH = try attentionNorm(attentionOutput(mixed_TH).dropout(dropout).adding(hidden_TH))
    let widened_TI = try activation(intermediate(attended_TH))
    return try outputNorm(output(widened_TI).dropout(dropout).adding(attended_TH))
  }
}
