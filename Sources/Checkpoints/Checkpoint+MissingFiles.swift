public import Diagnostics

extension Checkpoint {
  /// What opening needs and the folder lacks: what a download that broke off has yet to bring.
  ///
  /// Files that only some models have, such as `modules.json`, are no part of it; those that they name are.
  ///
  /// - Returns: for each such file the paths, relative to the folder, any one of which would do; the usual one first.
  /// - Throws: `badInput` when a file that names others is not what it should be.
  public static func missingFiles(in folder: String) throws(ParlanceError) -> [[String]] {
    let modules: ModuleList?
    do throws(ParlanceError) {
      modules = try ModuleList(folder: folder)
    } catch {
      // What the missing router would name is not known yet.
      guard error.code == .noInput, let file = error.location?.file, file.hasPrefix(folder + "/") else { throw error }
      return [[String(file.dropFirst(folder.utf8.count + 1))]]
    }
    var search = Search(folder: folder)
    let transformer = modules?.passages.first?.path ?? ""
    search.need("config.json", in: transformer)
    if modules?.passages.first?.kind == "Transformer" {
      search.need("sentence_bert_config.json", "sentence_distilbert_config.json", in: transformer)
    }
    search.need("tokenizer.json", "vocab.txt", in: transformer)
    try search.needWeights(in: transformer)
    for module in modules?.passages.dropFirst() ?? [] { search.need("config.json", in: module.path) }
    if let path = modules?.staticQueryPath {
      search.need("tokenizer.json", "vocab.txt", in: path)
      try search.needWeights(in: path)
    }
    return search.missing
  }

  private struct Search {
    let folder: String
    var missing: [[String]] = []

    func has(_ path: String) -> Bool { FolderFile.exists(folder + "/" + path) }

    mutating func need(_ names: String..., in place: String) {
      let paths = names.map { place.isEmpty ? $0 : place + "/" + $0 }
      if !paths.contains(where: has) { missing.append(paths) }
    }

    mutating func needWeights(in place: String) throws(ParlanceError) {
      let base = place.isEmpty ? "" : place + "/"
      let single = base + "model.safetensors"
      let index = base + "model.safetensors.index.json"
      if has(single) { return }
      if has(index) {
        for shard in Set(try TensorStore.shards(index: folder + "/" + index).map(\.shard)).sorted() {
          need(shard, in: place)
        }
      } else if !TensorStore.pickles.contains(where: { has(base + $0) }) {
        // Pickled weights are there, in their way; opening tells what to do about them.
        missing.append([single, index])
      }
    }
  }
}
