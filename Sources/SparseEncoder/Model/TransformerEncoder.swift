import Checkpoints
import Diagnostics
import TensorEngine

/// BERT or DistilBERT without its head: token ids in, one hidden state a token out.
///
/// DistilBERT (arXiv 1910.01108) is BERT without token types; what else differs are the names in the files.
struct TransformerEncoder {
  let wordEmbeddings, positionEmbeddings: Embedding
  /// All tokens of a single text are of type 0; `nil` for DistilBERT.
  let tokenTypeEmbeddings: Tensor?
  let embeddingNorm: LayerNorm
  let layers: [TransformerLayer]

  init(_ weights: ModelWeights) throws(ParlanceError) {
    wordEmbeddings = Embedding(table: try weights.tensor(.wordEmbeddings))
    positionEmbeddings = Embedding(table: try weights.tensor(.positionEmbeddings))
    let architecture = weights.checkpoint.architecture
    tokenTypeEmbeddings = architecture.family == .bert ? try weights.tensor(.tokenTypeEmbeddings) : nil
    embeddingNorm = try weights.layerNorm(.embeddingNormWeight, .embeddingNormBias)
    var layers: [TransformerLayer] = []
    for index in 0..<architecture.layers { layers.append(try TransformerLayer(index, of: weights)) }
    self.layers = layers
  }

  func callAsFunction(_ batch: PackedBatch, dropout: Double = 0) throws(ParlanceError) -> Tensor {
    let engine = wordEmbeddings.table.engine
    let device = try wordEmbeddings.table.device()
    let tokens_T = try engine.tensor(batch.tokens.map(Int64.init), shape: [batch.tokens.count], on: device)
    let positions_T = try engine.tensor(batch.positions, shape: [batch.tokens.count], on: device)
    // As transformers adds them: words, then token types, then positions.
    var hidden_TH = try wordEmbeddings(tokens_T)
    if let tokenTypeEmbeddings { hidden_TH = try hidden_TH.adding(tokenTypeEmbeddings.narrowed(0, to: 0..<1)) }
    hidden_TH = try embeddingNorm(hidden_TH.adding(positionEmbeddings(positions_T))).dropout(dropout)
    for layer in layers { hidden_TH = try layer(hidden_TH, starts: batch.starts, dropout: dropout) }
    return hidden_TH
  }
}

extension PackedBatch {
  /// For each token how many precede it in its sequence.
  fileprivate var positions: [Int64] {
    var positions: [Int64] = []
    positions.reserveCapacity(tokens.count)
    for index in 0..<count { positions.append(contentsOf: 0..<Int64(length(of: index))) }
    return positions
  }
}
