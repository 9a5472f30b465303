import BinaryFiles
import Checkpoints
import Diagnostics
import SparseEncoder
import SparseVectors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The folder of a training run: `recipe.yaml`, `metrics.jsonl`, `training.state`, and the best student so far as a
/// Hugging Face folder, `student/`.
struct RunFolder: Sendable {
  let path: String

  var recipe: String { path + "/recipe.yaml" }
  var metrics: String { path + "/metrics.jsonl" }
  var samples: String { path + "/samples.jsonl" }
  var state: String { path + "/training.state" }
  var student: String { path + "/student" }
  /// The validator's index of the collection; removed when the run is done.
  var index: String { path + "/validation-index" }
  /// What it is made of where the passage encoder learns; removed likewise.
  var validationVectors: String { path + "/validation.vectors" }

  /// Of a run that is there, or will be.
  init(_ path: String) { self.path = path }

  /// Refuses to train over a run, before anything is read or made.
  ///
  /// - Throws: `cannotWrite` when a run is there and `resuming` is off.
  func check(resuming: Bool) throws(ParlanceError) {
    if !resuming, FileNames.exists(state) || FileNames.exists(student) {
      throw ParlanceError(
        .cannotWrite, "a training run is there already; --resume goes on with it, or train into another folder",
        at: .init(file: path))
    }
  }

  /// Makes the folder, if it is not there.
  ///
  /// - Throws: `cannotWrite`.
  func make() throws(ParlanceError) { try FileNames.makeFolder(path) }

  /// Makes the folder, keeps other processes out of it, and mends what a kill left.
  ///
  /// - Throws: `tryAgain` while another process trains there; `cannotWrite`, also as `check(resuming:)`.
  func take(resuming: Bool) throws(ParlanceError) -> FileLock {
    try make()
    let lock = try FileLock(path: path + "/.lock")
    try check(resuming: resuming)
    try recover()
    return lock
  }

  /// Puts a student back that a kill caught between two names, and clears away what belongs to no state.
  private func recover() throws(ParlanceError) {
    let files = FileManager.default
    let replaced = FileNames.replacedFolder(student)
    if !FileNames.exists(student), FileNames.exists(replaced) { try? files.moveItem(atPath: replaced, toPath: student) }
    guard !FileNames.exists(state) else { return }
    guard !FileNames.exists(student) else {
      throw ParlanceError(
        .cannotWrite, "there is a student and no training.state to go on from; train into another folder",
        at: .init(file: path))
    }
    try? files.removeItem(atPath: index)
  }

  func removeIndex() {
    for path in [index, validationVectors] { try? FileManager.default.removeItem(atPath: path) }
  }

  /// What tells one resolved recipe from another.
  func digest(of recipe: Recipe) throws(ParlanceError) -> String {
    SHA256.digest(of: Array(try recipe.yaml().utf8)).hexadecimal
  }

  /// What the run remembers: where it stands if it was saved, and else only what it is of.
  ///
  /// - Parameter spoken: of the words that factors are fitted to, where they are.
  /// - Throws: `badInput` when the run that is there is of another recipe or of other data.
  func memory(
    of recipe: Recipe, data digest: String, spoken: String?
  ) throws(ParlanceError) -> TrainingState.Memory {
    let own = try self.digest(of: recipe)
    guard FileNames.exists(state) else { return TrainingState.Memory(recipe: own, data: digest, spoken: spoken) }
    var memory = try TrainingState.memory(at: state)
    guard memory.recipe == own else {
      throw ParlanceError(
        .badInput,
        "the run that is there has another recipe; train into another folder, or give it the recipe in its recipe.yaml",
        at: .init(file: path))
    }
    guard memory.data == digest, memory.spoken == nil || memory.spoken == spoken else {
      throw ParlanceError(
        .badInput,
        "the run that is there was begun with other data: conversations, judgments, teachers or vectors changed since, or "
          + "another version of Parlance began it; train into another folder", at: .init(file: path))
    }
    memory.spoken = spoken
    return memory
  }
}
