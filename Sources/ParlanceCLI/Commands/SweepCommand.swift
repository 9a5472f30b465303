import ArgumentParser
import Diagnostics
import Experiments
import TensorEngine

/// `parlance sweep`: many trainings that differ in what somebody wants to know about.
struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train many variants of a recipe side by side, and measure them.",
    discussion: """
      The sweep names a recipe and what is changed of it: arms with settings, a grid, random draws; each with every seed \
      and every fold. Documentation/experiments.md has all keys.

      A run is a process of its own, as many at a time as the budget of cores and memory lets in. DIR gets sweep.yaml, a \
      folder for each run, and runs.sqlite with resolved recipes, fingerprints of the data, figures by query and curves. \
      Stopped or killed at any moment, the same command goes on: what is finished stays, what was begun goes on from \
      where it was saved. What several runs need is made once.

      --reuse takes finished runs of other sweeps over that are the same: recipe, data byte for byte, what is measured, \
      program. --arms does the runs of some arms now and leaves the others for later.

      Examples:
        parlance sweep Recipes/findings/a-objective.yaml --dry-run --out runs/a
        parlance sweep Recipes/findings/a-objective.yaml --quick --out runs/a
        parlance sweep sweep.yaml --set optimisation.epochs=1 --out runs/short
        parlance sweep Recipes/findings/b-sampling.yaml --out runs/b --reuse runs/a \\
          --arms uniform hardest
      """)

  @Argument(help: "The sweep, a YAML file.")
  var sweep: String

  @Option(help: ArgumentHelp("The folder of the sweep.", valueName: "dir"))
  var out: String

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A value of the recipe for all runs; the arms' own win.", valueName: "key=value"))
  var settings: [String] = []

  @Flag(help: "Only what the sweep's part `quick` leaves.")
  var quick = false

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Only the runs of these arms now; the others wait. (default: all)", valueName: "name"))
  var arms: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Folders of sweeps whose finished runs are taken over where they are the same.", valueName: "dir"))
  var reuse: [String] = []

  @Flag(help: "Print the arms and how long they will take, and do nothing.")
  var dryRun = false

  @Option(help: ArgumentHelp("Cores in all. (default: the sweep's, else the machine's)", valueName: "n"))
  var cores: Int?

  @Option(help: ArgumentHelp("Memory in all. (default: the sweep's, else 3/4 of the machine's)", valueName: "GiB"))
  var memory: Double?

  @Option(help: "Where the models run: cpu, cuda, or cuda:N. (default: cpu)", transform: EncodingOptions.device)
  var device = Device.cpu

  @Flag(help: "Print one JSON document.")
  var json = false

  /// The parent's word to its children.
  @Option(name: .customLong("only-run"), help: .hidden)
  var run: String?

  /// The finished run that it goes on from.
  @Option(help: .hidden)
  var source: String?

  /// Whether others go on from it.
  @Flag(help: .hidden)
  var keepState = false

  func validate() throws {
    if let cores, cores < 1 { throw ValidationError("expected --cores of at least 1, found \(cores)") }
    if let memory, !(memory > 0 && memory.isFinite) {
      throw ValidationError("expected --memory above 0, found \(memory)")
    }
  }

  func run() async throws {
    if let run {
      try await SweepChild(
        out: out, run: run, source: source, keepsState: keepState, cores: cores ?? 1, device: device
      ).finish()
      return
    }
    #if Storage
      try await SweepJob(command: self).run()
    #else
      throw ParlanceError.withoutStorage
    #endif
  }
}

extension ParlanceError {
  /// What a program says that was built without SQLite.
  static let withoutStorage = ParlanceError(
    .unavailable,
    "this program was built without SQLite, which keeps a sweep's runs; build it with the trait Storage, which is on by default"
  )
}
