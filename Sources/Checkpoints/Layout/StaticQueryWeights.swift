import Diagnostics
import StrictJSON
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

  /// The most tokens of a query, as the tokenizer has it; `nil` where it has no limit.
  package var maxLength: Int? { tokenizer.configuration.modelMaxLength }

  /// How many pieces have a weight below 0, as training without a bound can leave them.
  package var negativeCount: Int { weights.count { $0 < 0 } }

  /// Where models without `modules.json` have such weights.
  package static let looseTables = ["idf.json", "query_token_weights.txt"]

  /// What is wrong with a model that has one of `looseTables` and no `modules.json`.
  package static func refusal(of table: String) -> String {
    "\(table) weighs the words of queries, and there is no modules.json that says so; take a revision of the model that has "
      + "one, or save the model with sentence-transformers, as a Router of SparseStaticEmbedding and MLMTransformer + "
      + "SpladePooling"
  }

  /// - Parameters:
  ///   - model: the folder of `modules.json`.
  ///   - path: the module's folder in it.
  /// - Throws: `badInput` unless there is one finite weight for each of `vocabularySize` pieces.
  init(model: String, path: String, vocabularySize: Int) throws(ParlanceError) {
    let folder = model + "/" + path
    let conversion = TensorStore.conversion(ofModules: model)
    let files = ["model.safetensors", "model.safetensors.index.json"]
    if !files.contains(where: { FolderFile.exists(folder + "/" + $0) }),
      let table = try FolderFile.jsonIfPresent(folder + "/config.json")?["path"]?.string
    {
      throw ParlanceError(
        .badInput,
        "`path` has the weights of queries in \(table); Parlance reads them from model.safetensors, which Python writes: "
          + conversion, at: .init(file: folder + "/config.json"))
    }
    let store = try TensorStore(folder: folder, conversion: conversion)
    guard let entry = store.entry(named: "weight"), entry.shape == [vocabularySize] else {
      throw ParlanceError(
        .badInput, "expected a tensor `weight` with \(vocabularySize) numbers, one for each piece",
        at: .init(file: folder + "/model.safetensors"))
    }
    let weights = try store.floats(named: "weight")
    if let piece = weights.firstIndex(where: { !$0.isFinite }) {
      throw ParlanceError(
        .badInput, "the weight of piece \(piece) in queries is \(weights[piece]): the weights are damaged",
        at: .init(file: folder + "/model.safetensors"))
    }
    self.weights = weights
    tokenizer = try TokenizerFiles(folder: folder)
  }
}
