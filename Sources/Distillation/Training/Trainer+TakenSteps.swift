import BinaryFiles
package import Diagnostics
import LineFiles
import StrictJSON

extension Trainer {
  /// Gives a new run the steps that another one took, by a recipe with the same ``Recipe/trainingPart``: to resume it is to take
  /// the steps that are missing, and to let the student leave as this recipe has it.
  ///
  /// Validations of the other's student are no part of it, nor is what was sampled.
  ///
  /// - Parameters:
  ///   - other: the folder of the run, with its `training.state`.
  ///   - folder: made where it is not there; it has no state yet.
  /// - Throws: `badInput` for a run of another training and for a damaged state; `noInput` without one; `cannotWrite`.
  package func takeSteps(of other: String, into folder: String) throws(ParlanceError) {
    let theirs = RunFolder(other)
    // By the text: it has fewer digits than a number may have.
    guard let part = try recipe.trainingPart?.yaml(),
      try Recipe(reading: theirs.recipe).trainingPart?.yaml() == part
    else { throw ParlanceError(.badInput, "its steps are those of another recipe", at: .init(file: other)) }
    var memory = try TrainingState.memory(at: theirs.state)
    let ours = RunFolder(folder)
    try ours.make()
    memory.recipe = try ours.digest(of: recipe)
    (memory.best, memory.validationsWithoutProgress, memory.owesValidation) = (nil, 0, nil)
    // Factors are of how a student leaves.
    memory.spoken = nil
    memory.stepsOf = memory.stepsOf ?? other
    try AtomicFile.write(try Self.withoutValidations(theirs.metrics), to: ours.metrics)
    // Last: a folder without a state is a run that was not begun.
    try TrainingState.copy(theirs.state, with: memory, to: ours.state)
  }

  private static func withoutValidations(_ path: String) throws(ParlanceError) -> [UInt8] {
    let reader = try LineReader(path: path)
    var kept: [UInt8] = []
    while let line = try reader.nextString() {
      guard let json = try? JSONValue(parsing: Array(line.utf8), file: path) else { break }
      if !StepLog.isValidation(json) { kept += Array((line + "\n").utf8) }
    }
    return kept
  }
}
