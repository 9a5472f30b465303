import Checkpoints
import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the cache has of a model before the hub is asked. Other tools bring files one by one and may have stopped, or
/// wanted fewer, so that a snapshot that is there need not be whole.
struct CachedSnapshot: Sendable {
  let folder: String
  /// What loading needs and the snapshot lacks.
  let missing: [[String]]

  /// - Throws: `badInput` when a file of it that names others is damaged.
  init?(_ name: HubName, in cache: HubCache) throws(ParlanceError) {
    guard let folder = cache.existingSnapshot(of: name.revision) else { return nil }
    self.folder = folder
    missing = try Checkpoint.missingFiles(in: folder)
  }

  var isWhole: Bool { missing.isEmpty }

  /// Files that change vectors where a model has them; which of them it has, only the hub can tell.
  private static let optional = [
    "modules.json", "config_sentence_transformers.json", "sentence_bert_config.json", "tokenizer_config.json",
  ]

  /// Whether the hub could bring nothing more.
  var isComplete: Bool {
    isWhole && Self.optional.allSatisfy { FileManager.default.fileExists(atPath: folder + "/" + $0) }
  }

  /// `a, b or c`: each missing file by the name that it usually has.
  static func names(_ missing: [[String]]) -> String {
    missing.map { $0.joined(separator: " or ") }.joined(separator: ", ")
  }
}
