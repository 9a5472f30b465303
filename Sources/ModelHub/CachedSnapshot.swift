import Checkpoints
import Diagnostics

/// What the cache has of a model before the hub is asked. Other tools bring files one by one and may have stopped, or
/// wanted fewer, so that a snapshot that is there need not be whole.
struct CachedSnapshot: Sendable {
  let folder: String
  /// What loading needs and the snapshot lacks.
  let missing: [[String]]
  /// Whether the hub could bring nothing more.
  let isComplete: Bool

  /// - Throws: `badInput` when a file of it that names others is damaged.
  init?(_ name: HubName, in cache: HubCache) throws(ParlanceError) {
    guard let folder = cache.existingSnapshot(of: name.revision) else { return nil }
    self.folder = folder
    let missing = try Checkpoint.missingFiles(in: folder)
    self.missing = missing
    let commit = folder.split(separator: "/").last.map(String.init) ?? ""
    let isModular = cache.has("modules.json", commit: commit)
    isComplete =
      missing.isEmpty
      && Self.optional.allSatisfy { path in
        cache.has(path, commit: commit) || cache.isAbsent(path, commit: commit)
          || (isModular && StaticQueryWeights.looseTables.contains(path))
      }
  }

  var isWhole: Bool { missing.isEmpty }

  /// Files that change vectors where a model has them, or without which it is refused; which of them it has, only the hub can
  /// tell.
  static let optional =
    ["modules.json", "config_sentence_transformers.json", "sentence_bert_config.json", "tokenizer_config.json"]
    + StaticQueryWeights.looseTables

  /// `a, b or c`: each missing file by the name that it usually has.
  static func names(_ missing: [[String]]) -> String {
    missing.map { $0.joined(separator: " or ") }.joined(separator: ", ")
  }
}
