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

  func write(
    _ student: StudentModel, pruning: TermPruning, card: String, to path: String
  ) throws(ParlanceError) {
    let fresh = path + ".new"
    FileNames.removeTree(fresh)
    var writer = CheckpointWriter(like: checkpoint, modelCard: card)
    writer.maxLength = min(recipe.student.maxLength, checkpoint.maxLength)
    try writer.write(to: fresh) { role throws(ParlanceError) in try student.model.floats(role) }
    var declaration = StudentDeclaration(
      passageSpaceDigest: passageSpace.digest, passageSpaceName: passageSpace.name,
      form: recipe.student.form.rawValue, keptTerms: pruning.keptTerms, leastWeights: pruning.leastWeights)
    if let gate = student.gate { declaration.residual = .init(gate: try gate.value()) }
    let files = FileManager.default
    if let frozen {
      let part = "/" + StudentDeclaration.Residual.frozenFolder
      // It does not change: the files of the student before are given a second name.
      if (try? files.linkItem(atPath: path + part, toPath: fresh + part)) == nil {
        try? files.removeItem(atPath: fresh + part)
        try frozen.copy(to: fresh + part, maxLength: min(recipe.student.maxLength, frozen.maxLength))
      }
    }
    try declaration.write(to: fresh)
    try FileNames.replace(folder: path, by: fresh, faults: FaultLayer.current)
  }
}
