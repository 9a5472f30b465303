import BinaryFiles
package import Diagnostics
import LineFiles
import StrictJSON

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Trainer {
  /// Gives a new run the steps that another one took, by a recipe with the same ``Recipe/steps``: to resume it is to let the
  /// student leave as this recipe has it, and to take the steps that are missing.
  ///
  /// - Parameters:
  ///   - other: the folder of the run, with its `training.state`.
  ///   - folder: made where it is not there; it has no state yet.
  /// - Throws: `badInput` for a run of other steps; `noInput` without a state; `cannotWrite`.
  package func takeSteps(of other: String, into folder: String) throws(ParlanceError) {
    let (theirs, ours) = (try RunFolder(path: other, resuming: true), try RunFolder(path: folder, resuming: true))
    guard let steps = recipe.steps, try Recipe(reading: theirs.recipe).steps == steps else {
      throw ParlanceError(.badInput, "its steps are those of another recipe", at: .init(file: other))
    }
    var memory = try TrainingState.memory(at: theirs.state)
    memory.recipe = try ours.digest(of: recipe)
    (memory.best, memory.validationsWithoutProgress) = (nil, 0)
    memory.stepsOf = memory.stepsOf ?? other
    let metrics = try Self.withoutValidations(theirs.metrics)
    try AtomicFile.write(metrics, to: ours.metrics)
    // Last: a folder without a state is a run that was not begun.
    try TrainingState.copy(theirs.state, with: memory, to: ours.state)
  }

  /// The lines of a log that do not tell how good the student was that would have left.
  private static func withoutValidations(_ path: String) throws(ParlanceError) -> [UInt8] {
    let reader = try LineReader(path: path)
    var kept: [UInt8] = []
    while let line = try reader.nextString() {
      guard let json = try? JSONValue(parsing: Array(line.utf8), file: path), let members = json.object else { break }
      if !members.contains(where: { $0.0.hasPrefix("validation ") }) { kept += Array((line + "\n").utf8) }
    }
    return kept
  }
}
