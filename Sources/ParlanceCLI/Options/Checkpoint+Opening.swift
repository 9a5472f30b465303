import Checkpoints
import Diagnostics
import ModelHub

extension Checkpoint {
  /// A model by what the user calls it: a folder, or `hf:owner/name`, brought here where it is missing.
  static func open(_ model: String, _ bar: ProgressBar) async throws(ParlanceError) -> Checkpoint {
    let found = try await ModelHub().resolve(
      model, progress: bar.handler, interruption: Console.standard.interruption)
    bar.finish()
    for line in found.notes { Console.standard.note(line) }
    return try Checkpoint(folder: found.folder, name: found.name)
  }
}
