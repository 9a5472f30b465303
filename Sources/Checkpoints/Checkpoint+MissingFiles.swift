public import Diagnostics
import StrictJSON

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
    if let pair = modules?.pair {
      // A plain student has no frozen encoder that could stand in for the passages' own.
      let document =
        try declaration(in: folder + "/" + pair.query)?.hasFrozen == true ? pair.document : StudentPair.documentFolder
      return try missingFiles(in: folder, part: pair.query)
        + (document.hasPrefix(pair.query + "/") ? [] : missingFiles(in: folder, part: document))
    }
    var search = Search(folder: folder)
    try search.needEncoder(modules?.passages ?? [])
    if let queries = modules?.queries, !queries.isEmpty { try search.needEncoder(queries) }
    if let path = modules?.staticQueryPath {
      search.need("tokenizer.json", "vocab.txt", in: path)
      try search.needWeights(in: path)
    }
    guard let student = try declaration(in: folder) else { return search.missing }
    for file in student.files { search.need(file, in: "") }
    var missing = search.missing
    if student.hasFrozen { missing += try missingFiles(in: folder, part: StudentDeclaration.Residual.frozenFolder) }
    // Only some have it, and nothing but the folder tells which.
    if search.has(StudentDeclaration.passagesFolder) {
      missing += try missingFiles(in: folder, part: StudentDeclaration.passagesFolder)
    }
    return missing
  }

  /// The same of a model in a folder of the model's.
  private static func missingFiles(in folder: String, part: String) throws(ParlanceError) -> [[String]] {
    try missingFiles(in: folder + "/" + part).map { $0.map { part + "/" + $0 } }
  }

  /// What a student's declaration names; `nil` where there is none.
  private static func declaration(
    in folder: String
  ) throws(ParlanceError) -> (files: [String], hasFrozen: Bool)? {
    guard let node = try FolderFile.jsonIfPresent(folder + "/" + StudentDeclaration.fileName) else { return nil }
    let residual = node["residual"].flatMap { $0.isNull ? nil : $0 }
    // What stands there is a name only where the file is one of ours.
    let files = [residual?["gate"]?.string, node["least_weights"]?.string].compactMap(\.self)
    return (files.filter { $0.hasSuffix(".safetensors") && !$0.contains("/") }, residual != nil)
  }

  private struct Search {
    let folder: String
    var missing: [[String]] = []

    func has(_ path: String) -> Bool { FolderFile.exists(folder + "/" + path) }

    mutating func need(_ names: String..., in place: String) {
      let paths = names.map { place.isEmpty ? $0 : place + "/" + $0 }
      if !paths.contains(where: has) { missing.append(paths) }
    }

    /// A transformer's files and those of the modules behind it; of the folder itself where there are no modules.
    mutating func needEncoder(_ modules: [ModuleList.Module]) throws(ParlanceError) {
      let transformer = modules.first?.path ?? ""
      need("config.json", in: transformer)
      if modules.first?.kind == "Transformer" {
        need("sentence_bert_config.json", "sentence_distilbert_config.json", in: transformer)
      }
      need("tokenizer.json", "vocab.txt", in: transformer)
      try needWeights(in: transformer)
      for module in modules.dropFirst() { need("config.json", in: module.path) }
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
