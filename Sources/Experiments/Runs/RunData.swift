import BinaryFiles
import Diagnostics
import Distillation
import StrictJSON

/// What a run reads, hashed and noted when it begins, so that data which change under it are told from those that do not.
struct RunData {
  let run: PlannedRun
  let recipe: Recipe
  let sweep: Sweep
  let folder: SweepFolder
  let noted: [RunResult.Fingerprint]

  /// A run without a state has learned nothing: its files are noted anew, whatever an attempt noted that failed.
  ///
  /// - Throws: `badInput` that names a file which is another than when the run began.
  init(of run: PlannedRun, _ recipe: Recipe, _ sweep: Sweep, in folder: SweepFolder) throws(ParlanceError) {
    (self.run, self.recipe, self.sweep, self.folder) = (run, recipe, sweep, folder)
    let path = folder.data(of: run.id)
    var prints = DataFingerprints()
    noted = try prints.of(recipe, in: sweep)
    let hasLearned = FileNames.exists(folder.state(of: run.id))
    let before = try hasLearned && FileNames.exists(path) ? Self.read(path) : []
    try compare(noted, with: before)
    if noted != before { try Self.write(noted, path) }
  }

  /// The same at the end of the run.
  ///
  /// - Throws: `badInput` that names a file which changed meanwhile.
  func fingerprints() throws(ParlanceError) -> [RunResult.Fingerprint] {
    var prints = DataFingerprints()
    try compare(prints.of(recipe, in: sweep), with: noted)
    return noted
  }

  /// The index of the recipe's vectors.
  var index: String {
    noted.first { $0.file == recipe.vectors }.map { folder.index(of: $0) } ?? ""
  }

  private func compare(
    _ found: [RunResult.Fingerprint], with before: [RunResult.Fingerprint]
  ) throws(ParlanceError) {
    // A file that was not noted, by a version that looked at fewer, tells nothing.
    let known = Dictionary(before.map { ($0.file, $0) }) { first, _ in first }
    for print in found where known[print.file].map({ $0 != print }) ?? false {
      throw ParlanceError(
        .badInput,
        "it changed while the run \(run.id) read it; parlance runs rm \(folder.path) \(run.id) lets it begin anew",
        at: .init(file: print.file))
    }
  }

  /// The file's form.
  private struct Note: Codable {
    var read: [RunResult.Fingerprint]
  }

  private static func read(_ path: String) throws(ParlanceError) -> [RunResult.Fingerprint] {
    try CodableJSON.read(Note.self, from: path, orSay: "expected the fingerprints of what the run read").read
  }

  private static func write(_ prints: [RunResult.Fingerprint], _ path: String) throws(ParlanceError) {
    try CodableJSON.write(Note(read: prints), to: path, orSay: "the fingerprints cannot be written as JSON")
  }
}
