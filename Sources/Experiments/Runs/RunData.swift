import BinaryFiles
import Diagnostics
import Distillation

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a run reads, hashed and noted when it begins, so that data which change under it are told from those that do not.
struct RunData {
  let run: PlannedRun
  let recipe: Recipe
  let sweep: Sweep
  let folder: SweepFolder
  let noted: [RunResult.Fingerprint]

  /// - Throws: `badInput` that names a file which is another than when the run began.
  init(of run: PlannedRun, _ recipe: Recipe, _ sweep: Sweep, in folder: SweepFolder) throws(ParlanceError) {
    (self.run, self.recipe, self.sweep, self.folder) = (run, recipe, sweep, folder)
    let path = folder.data(of: run.id)
    var prints = DataFingerprints()
    let found = try prints.of(recipe, in: sweep)
    if !FileNames.exists(path) { try Self.write(found, path) }
    noted = try Self.read(path)
    try compare(found)
  }

  /// The same at the end of the run.
  ///
  /// - Throws: `badInput` that names a file which changed meanwhile.
  func fingerprints() throws(ParlanceError) -> [RunResult.Fingerprint] {
    var prints = DataFingerprints()
    try compare(prints.of(recipe, in: sweep))
    return noted
  }

  /// The index of the recipe's vectors.
  var index: String {
    noted.first { $0.file == recipe.vectors }.map { folder.index(of: $0) } ?? ""
  }

  private func compare(_ found: [RunResult.Fingerprint]) throws(ParlanceError) {
    // A file that was not noted, by a version that looked at fewer, tells nothing.
    let known = Dictionary(noted.map { ($0.file, $0) }) { first, _ in first }
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
    let file = try MappedFile(path: path)
    guard let note = try? JSONDecoder().decode(Note.self, from: Data(file.bytes.array())) else {
      throw ParlanceError(.badInput, "expected the fingerprints of what the run read", at: .init(file: path))
    }
    return note.read
  }

  private static func write(_ prints: [RunResult.Fingerprint], _ path: String) throws(ParlanceError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(Note(read: prints)) else {
      throw ParlanceError(.internalFault, "the fingerprints cannot be written as JSON", at: .init(file: path))
    }
    try AtomicFile.write(Array(data), to: path)
  }
}
