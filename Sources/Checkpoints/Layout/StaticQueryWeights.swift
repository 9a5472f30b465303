import Diagnostics
public import WordPiece

/// The query side of an inference-free model: one weight for each piece, no forward pass.
///
/// A query's vector has the weight of each of its pieces once, however often the piece occurs (sentence-transformers'
/// `SparseStaticEmbedding`; arXiv 2411.04403).
public struct StaticQueryWeights: Sendable {
  /// V weights.
  public let weights: [Float]
  /// The query side's own tokenizer.
  public let tokenizer: TokenizerFiles

  /// - Throws: `badInput` unless there is one weight for each of `vocabularySize` pieces.
  init(folder: String, vocabularySize: Int) throws(ParlanceError) {
    let store = try TensorStore(folder: folder)
    guard let entry = store.entry(named: "weight"), entry.shape == [vocabularySize] else {
      throw ParlanceError(
        .badInput, "expected a tensor `weight` with \(vocabularySize) numbers, one for each piece",
        at: .init(file: folder + "/model.safetensors"))
    }
    weights = try store.floats(named: "weight")
    tokenizer = try TokenizerFiles(folder: folder)
  }
}
