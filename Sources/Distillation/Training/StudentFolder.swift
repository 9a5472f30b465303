import BinaryFiles
import Checkpoints
import Conversations
import Diagnostics
import SparseEncoder
import SparseVectors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes a student as a folder that `transformers`, sentence-transformers and Parlance load.
///
/// A new folder is made beside the old one and takes its place when it is whole.
struct StudentFolder: Sendable {
  /// What the student starts from: shape, head, tokenizer.
  let checkpoint: Checkpoint
  let recipe: Recipe
  let passageSpace: EncoderIdentity
  /// The frozen encoder of a residual student, which goes with it.
  let frozen: Checkpoint?
  /// What a passage encoder of its own started from, which learned and goes with it.
  var passages: Checkpoint?

  func write(
    _ student: StudentModel, pruning: TermPruning, card: String, to path: String
  ) throws(ParlanceError) {
    let fresh = path + ".new"
    FileNames.removeTree(fresh)
    let isShared = recipe.student.passages?.encoder == .shared
    let longest = max(recipe.student.maxLength, isShared ? recipe.student.passages?.maxLength ?? 0 : 0)
    try write(student.model, like: checkpoint, card: card, maxLength: longest, to: fresh)
    let files = FileManager.default
    if let frozen {
      let part = "/" + StudentDeclaration.Residual.frozenFolder
      // It does not change: the files of the student before are given a second name.
      if (try? files.linkItem(atPath: path + part, toPath: fresh + part)) == nil {
        try? files.removeItem(atPath: fresh + part)
        try frozen.copy(to: fresh + part, maxLength: min(recipe.student.maxLength, frozen.maxLength))
      }
    }
    // A shared encoder is an encoder like any other: for queries and passages of its own.
    if !isShared {
      let space = try writePassages(student, to: fresh) ?? passageSpace
      var declaration = StudentDeclaration(
        passageSpaceDigest: space.digest, passageSpaceName: space.name, form: recipe.student.form.rawValue,
        keptTerms: pruning.keptTerms, leastWeights: pruning.leastWeights)
      if let gate = student.gate { declaration.residual = .init(gate: try gate.value(), factors: student.factors) }
      try declaration.write(to: fresh)
    }
    try FileNames.replace(folder: path, by: fresh, faults: FaultLayer.current)
  }

  private func write(
    _ model: TrainableModel, like start: Checkpoint, card: String = "", maxLength: Int, to path: String
  ) throws(ParlanceError) {
    var writer = CheckpointWriter(like: start, modelCard: card)
    writer.maxLength = min(maxLength, start.maxLength)
    try writer.write(to: path) { role throws(ParlanceError) in try model.floats(role) }
  }

  /// Writes the passage encoder that learned, where there is one of its own.
  ///
  /// - Returns: the passage space that it is.
  private func writePassages(_ student: StudentModel, to folder: String) throws(ParlanceError) -> EncoderIdentity? {
    guard let passages, let learned = student.passages, let settings = recipe.student.passages else { return nil }
    let path = folder + "/" + StudentDeclaration.passagesFolder
    try write(learned.model, like: passages, maxLength: settings.maxLength, to: path)
    return try EncoderIdentity(
      checkpoint: Checkpoint(folder: path, name: passages.name + ", learned"),
      settings: EncoderSettings(maxLength: settings.maxLength, passageText: PassageText(settings.passageText)))
  }
}
