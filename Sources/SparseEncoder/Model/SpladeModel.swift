import Checkpoints
import Diagnostics
import TensorEngine

/// A transformer with the head that SPLADE reads its vectors from (arXiv 2205.04733).
///
/// The head is BERT's for masked tokens: dense, activation, layer norm, then the product with the vocabulary, which
/// `SpladeProjection` pools as it is made.
struct SpladeModel {
  let encoder: TransformerEncoder
  let transform: Linear
  let transformNorm: LayerNorm
  let activation: Architecture.Activation
  var projection: SpladeProjection

  init(_ weights: ModelWeights) throws(ParlanceError) {
    try weights.checkpoint.checkDecoder()
    encoder = try TransformerEncoder(weights)
    transform = try weights.linear(.transformWeight, .transformBias)
    transformNorm = try weights.layerNorm(.transformNormWeight, .transformNormBias)
    activation = weights.checkpoint.architecture.activation
    let isTied = weights.checkpoint.architecture.tiesDecoder
    projection = SpladeProjection(
      weight: isTied ? encoder.wordEmbeddings.table : try weights.tensor(.decoderWeight),
      bias: try weights.tensor(.decoderBias),
      pooling: weights.checkpoint.head.pooling == .max ? .max : .sum,
      activation: weights.checkpoint.head.activation == .relu ? .log1pReLU : .log1pLog1pReLU)
  }

  func callAsFunction(_ batch: PackedBatch, dropout: Double = 0) throws(ParlanceError) -> SpladeProjection.Rows {
    let hidden_TH = try encoder(batch, dropout: dropout)
    let transformed_TH = try transformNorm(activation(transform(hidden_TH)))
    return try projection(transformed_TH, starts: batch.starts)
  }
}
