import BinaryFiles
public import Diagnostics
public import Distillation
import Evaluation

/// Where everything of a sweep lies: `sweep.yaml` as it was read, `runs.sqlite`, `runs/NAME/` for each run, `shared/` for what
/// is made once.
public struct SweepFolder: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var sweep: String { path + "/sweep.yaml" }
  public var store: String { path + "/runs.sqlite" }
  public var lock: String { path + "/.lock" }
  public var shared: String { path + "/shared" }

  public func folder(of run: String) -> String { path + "/runs/" + run }
  public func result(of run: String) -> String { folder(of: run) + "/result.json" }
  public func log(of run: String) -> String { folder(of: run) + "/log" }
  /// Held by the process that trains and measures the run.
  public func lock(of run: String) -> String { folder(of: run) + "/.run" }
  /// What a run goes on from; a finished one has none, but where others take its steps.
  func state(of run: String) -> String { folder(of: run) + "/training.state" }
  /// What the run was begun by, every default filled in.
  func recipe(of run: String) -> String { folder(of: run) + "/recipe.yaml" }
  public func metrics(of run: String) -> String { folder(of: run) + "/metrics.jsonl" }
  public func ranking(of run: String, on set: String) -> String {
    folder(of: run) + "/" + Sweep.folderName(set) + ".trec"
  }
  public func queries(of run: String, on set: String) -> String {
    folder(of: run) + "/" + Sweep.folderName(set) + ".vectors"
  }
  /// Where a run's folder is put together that is taken over from another sweep.
  func fresh(of run: String) -> String { path + "/runs/." + run + ".taken" }
  /// What the run read, noted when it began.
  func data(of run: String) -> String { folder(of: run) + "/data.json" }
  /// The recipe as it was when the sweep began, so that runs that wait are trained by it.
  public var recipe: String { path + "/recipe.yaml" }
  /// What the prepared files were made of.
  var prepared: String { path + "/prepared.json" }
  /// What is said of a path where no sweep is.
  public var missing: ParlanceError {
    ParlanceError(
      .noInput, "expected the folder of a sweep, with sweep.yaml and runs.sqlite in it", at: .init(file: path))
  }
  /// The index of a file of vectors, with their exact weights; of what is in the file, whatever it was called.
  public func index(of vectors: RunResult.Fingerprint) -> String { shared + "/index-" + vectors.sha256.prefix(12) }
}

extension PlannedRun {
  /// The recipe with all settings applied.
  ///
  /// - Throws: as `Recipe`, with the arm's name.
  public func recipe(of sweep: Sweep) throws(ParlanceError) -> Recipe {
    do {
      return try Recipe(reading: sweep.recipe, settings: settings.map(\.text))
    } catch {
      throw ParlanceError(error.code, "\(error.message) (in the arm \(arm))", at: error.location)
    }
  }

  /// Tells a run from one by another recipe or measured otherwise.
  public func digest(of recipe: Recipe, in sweep: Sweep) throws(ParlanceError) -> String {
    var text = try recipe.yaml()
    for set in sweep.evaluate {
      text += "\n\(set.name) \(set.conversations) \(set.qrels) \(set.index ?? "") \(set.heldOut)"
    }
    text += "\n\(sweep.measures.map(\.description).joined(separator: " ")) \(sweep.depth)"
    return SHA256.digest(of: Array(text.utf8)).hexadecimal
  }
}

extension Sweep {
  /// What tells each run from one by another recipe or measured otherwise, by the runs' names.
  public func digests() throws(ParlanceError) -> [String: String] {
    var digests: [String: String] = [:]
    for run in try runs() { digests[run.id] = try run.digest(of: run.recipe(of: self), in: self) }
    return digests
  }
}
