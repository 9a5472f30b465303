package import Checkpoints
package import Diagnostics
package import TensorEngine

/// A SPLADE model whose parameters change: what a student is while it learns.
///
/// Lives on one engine thread that records gradients. The weights of its rows carry their history; the loss is computed
/// elsewhere, and `Tensor.backward(_:from:)` brings its derivative back.
package final class TrainableModel {
  /// Every parameter, in the order of the forward pass; a tied decoder is the word embeddings.
  package let parameters: [(role: ParameterRole, tensor: Tensor)]
  package let vocabularySize: Int
  /// How its logits become weights.
  package let head: SparseHead
  private let model: SpladeModel
  private let engine: TensorEngine
  private let device: Device

  /// - Throws: `badInput` for a damaged checkpoint, `unavailable` for a device that is not there.
  package init(_ checkpoint: Checkpoint, engine: TensorEngine, device: Device = .cpu) throws(ParlanceError) {
    try engine.check(device)
    let weights = ModelWeights(checkpoint: checkpoint, engine: engine, device: device)
    var model = try SpladeModel(weights)
    if device == .cpu { try model.projection.enableScreening() }
    self.model = model
    self.engine = engine
    self.device = device
    parameters = weights.loaded
    vocabularySize = checkpoint.architecture.vocabularySize
    head = checkpoint.head
    for parameter in parameters { try parameter.tensor.setRequiresGradient() }
  }

  /// - Parameters:
  ///   - dropout: the probability with which a number is dropped, after embeddings, attention and dense layers as in BERT; 0
  ///     for validation.
  ///   - precision: of products, and of those that bring the gradients back.
  package func callAsFunction(
    _ batch: PackedBatch, dropout: Double, precision: TensorEngine.Precision = .float32
  ) throws(ParlanceError) -> SpladeProjection.Rows {
    try engine.with(precision, on: device) { () throws(ParlanceError) in try model(batch, dropout: dropout) }
  }

  /// Gives a vocabulary column that no text uses a row of zeros and a bias: its logit is then the bias for every token.
  package func overwrite(column: Int, bias: Float) throws(ParlanceError) {
    for (role, tensor) in parameters where [.wordEmbeddings, .decoderWeight, .decoderBias].contains(role) {
      let width = role == .decoderBias ? 1 : try tensor.shape()[1]
      var numbers = try tensor.floats()
      numbers.replaceSubrange(
        column * width..<(column + 1) * width,
        with: repeatElement(role == .decoderBias ? bias : 0, count: width))
      try tensor.assign(tensor.engine.tensor(numbers, shape: tensor.shape()))
    }
  }

  /// The numbers of a parameter, as `CheckpointWriter` asks for them.
  package func floats(_ role: ParameterRole) throws(ParlanceError) -> [Float] {
    guard let parameter = parameters.first(where: { $0.role == role }) else {
      throw ParlanceError(.internalFault, "the model has no parameter \(role)")
    }
    return try parameter.tensor.floats()
  }
}
