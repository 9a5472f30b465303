import Checkpoints

/// Which files of a repository a SPLADE model needs; repositories also hold ONNX files, pickles and optimiser states.
enum NeededFiles {
  /// Files at the top, and in the folders of sentence-transformers' modules.
  private static let names: Set<String> = [
    "config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json",
    "added_tokens.json", "modules.json", "router_config.json", "sentence_bert_config.json",
    "sentence_distilbert_config.json", "config_sentence_transformers.json", "model.safetensors",
    "model.safetensors.index.json", "README.md", "LICENSE", "LICENSE.txt", "LICENSE.md", "parlance.json",
    "gate.safetensors", "least_weights.safetensors",
  ]
  /// The folders of whole models inside a student's.
  private static let parts: Set<Substring> = ["frozen", "passages", "query", "document"]

  /// - Parameter all: every path of the repository.
  /// - Returns: the paths to bring, small files first.
  static func select(from all: [String]) -> [String] {
    let needed = all.filter { path in
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      guard let name = parts.last, isSafe(parts) else { return false }
      // Modules stand in a model's folder, and whole models in a student's.
      let folders = parts.dropLast().drop { Self.parts.contains($0) }
      return folders.count <= 1 && folders.allSatisfy(isModuleFolder) && (names.contains(String(name)) || isShard(name))
    }
    // One file with all weights and shards of the same weights: the one file is enough.
    let hasWhole = needed.contains("model.safetensors")
    let kept = needed.filter { !hasWhole || !$0.hasPrefix("model-") && $0 != "model.safetensors.index.json" }
    return kept.sorted { (isWeights($0) ? 1 : 0, $0) < (isWeights($1) ? 1 : 0, $1) }
  }

  static func isWeights(_ path: String) -> Bool { path.hasSuffix(".safetensors") }

  /// Whether the repository has weights at all, and if not whether it has pickled ones.
  static func pickledWeights(in all: [String]) -> String? {
    if all.contains(where: { isWeights($0) && !$0.contains("/") }) { return nil }
    return all.first(where: TensorStore.pickles.contains)
  }

  /// Pickled weights in a folder that lacks others.
  ///
  /// - Parameter missing: what opening needs and nobody has.
  static func pickledWeights(in all: [String], instead missing: [[String]]) -> String? {
    let single = "model.safetensors"
    return missing.joined().lazy.filter { $0.hasSuffix("/" + single) }
      .flatMap { path in TensorStore.pickles.map { String(path.dropLast(single.count)) + $0 } }
      .first(where: all.contains)
  }

  /// `1_SpladePooling`, `query_0_SparseStaticEmbedding`, `0_MLMTransformer`
  private static func isModuleFolder(_ name: Substring) -> Bool {
    let pieces = name.split(separator: "_")
    return pieces.count >= 2 && pieces.prefix(2).contains { $0.allSatisfy(\.isNumber) }
  }

  private static func isShard(_ name: Substring) -> Bool {
    name.hasPrefix("model-") && name.hasSuffix(".safetensors")
  }

  private static func isSafe(_ parts: [Substring]) -> Bool {
    parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && !$0.contains("\\") && !$0.contains("\0") }
  }
}
