import BinaryFiles
package import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Checkpoint {
  /// What a folder has beside what sentence-transformers' layout names, where it has it.
  private static let companions = [
    "special_tokens_map.json", "added_tokens.json", "LICENSE", "LICENSE.txt", "LICENSE.md", "NOTICE", "README.md",
  ]

  /// Copies the model with every byte of its weights and its tokenizer, so that the copy is the same encoder: a flat folder as
  /// `CheckpointWriter` makes them, with what a student declares and its frozen encoder.
  ///
  /// - Parameters:
  ///   - folder: a new one, or an empty one.
  ///   - maxLength: what the copy says of its longest text, in tokens; the model's own when `nil`.
  /// - Throws: `cannotWrite`; `badInput` for an inference-free model, whose two sides a flat folder cannot hold.
  package func copy(to folder: String, maxLength: Int? = nil) throws(ParlanceError) {
    guard staticQueries == nil else {
      throw ParlanceError(
        .badInput, "expected a model whose queries go through its encoder, this one weighs their words by a table",
        at: .init(file: self.folder))
    }
    var writer = CheckpointWriter(like: self)
    writer.maxLength = maxLength ?? self.maxLength
    try writer.writeLayout(to: folder)
    let weights = tensors.files.map(\.path)
    let isWhole = weights.map { fileName(of: $0) } == ["model.safetensors"]
    let index = isWhole ? [] : [ownFolder + "/model.safetensors.index.json"]
    for source in weights + index { try Self.copyFile(source, to: folder + "/" + fileName(of: source)) }
    for name in Self.companions + ["tokenizer_config.json"] where FolderFile.exists(ownFolder + "/" + name) {
      try Self.copyFile(ownFolder + "/" + name, to: folder + "/" + name)
    }
    if let student { try student.write(to: folder) }
    try frozenPart()?.copy(to: folder + "/" + StudentDeclaration.Residual.frozenFolder)
    try Self.copyFile(ownFolder + "/config.json", to: folder + "/config.json")
  }

  /// Copies what is behind a name, which may be a link as in a hub's cache.
  private static func copyFile(_ source: String, to target: String) throws(ParlanceError) {
    do {
      if FolderFile.exists(target) { try FileManager.default.removeItem(atPath: target) }
      try FileManager.default.copyItem(atPath: FileNames.target(of: source), toPath: target)
    } catch {
      throw ParlanceError(.cannotWrite, "\(source) cannot be copied here: \(error)", at: .init(file: target))
    }
  }
}
