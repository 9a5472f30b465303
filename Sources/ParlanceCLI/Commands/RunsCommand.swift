import ArgumentParser
import BinaryFiles
import Diagnostics
import Experiments
import Reports

/// `parlance runs`: what a sweep's runs came to.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List, show, compare and remove the runs of a sweep.",
    discussion: """
      Examples:
        parlance runs list runs/a
        parlance runs show runs/a kld-alone-s123-f0
        parlance runs compare runs/a "KLD alone" "w .1"
        parlance runs rm runs/a w-.1-s123-f0
      """,
    subcommands: [RunsListCommand.self, RunsShowCommand.self, RunsCompareCommand.self, RunsRemoveCommand.self])
}

struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "One row for each run.",
    discussion: """
      Examples:
        parlance runs list runs/a
        parlance runs list runs/a --json
      """)

  @Argument(help: ArgumentHelp("The folder of a sweep.", valueName: "dir"))
  var folder: String

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    #if Storage
      try StoredRuns(folder).list(json: json)
    #else
      throw ParlanceError.withoutStorage
    #endif
  }
}

struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "A run's figures, the data it read, and its whole recipe.",
    discussion: """
      Examples:
        parlance runs show runs/a kld-alone-s123-f0
      """)

  @Argument(help: ArgumentHelp("The folder of a sweep.", valueName: "dir"))
  var folder: String

  @Argument(help: "The run's name, as list has it.")
  var name: String

  func run() throws {
    #if Storage
      try StoredRuns(folder).show(name)
    #else
      throw ParlanceError.withoutStorage
    #endif
  }
}

struct RunsCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Arms against the first one named: differences, intervals, tests.",
    discussion: """
      Folds are put together and seeds averaged turn by turn before anything is tested; tests are by conversation.

      Examples:
        parlance runs compare runs/a "KLD alone" "w .1"
        parlance runs compare runs/a
        parlance runs compare runs/test --leave-out leaks.json
      """)

  @Argument(help: ArgumentHelp("The folder of a sweep.", valueName: "dir"))
  var folder: String

  @Argument(help: "Arms, the baseline first. (default: all that are finished, and the sweep's baseline)")
  var arms: [String] = []

  @Option(help: LeftOutTurns.help)
  var leaveOut: String?

  @OptionGroup(title: "Significance")
  var significance: SignificanceOptions

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    #if Storage
      let runs = try StoredRuns(folder)
      let compared = try arms.isEmpty ? runs.sweep.expanded().count : arms.count
      if let fault = significance.fault(hasBaseline: compared > 1, need: "a second arm") {
        throw ParlanceError(.usage, fault)
      }
      let tables = try SweepTables(
        sweep: runs.sweep, store: runs.store, arms: arms.isEmpty ? nil : arms, baseline: arms.first,
        leavingOut: LeftOutTurns(leaveOut), configuration: significance.configuration(hasConversations: true))
      let console = Console.standard
      if json { try console.print(json: tables.json) } else { try console.print(tables: tables.tables) }
    #else
      throw ParlanceError.withoutStorage
    #endif
  }
}

struct RunsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove runs with all that they left; the sweep makes them anew.",
    discussion: """
      Examples:
        parlance runs rm runs/a kld-alone-s123-f0
      """)

  @Argument(help: ArgumentHelp("The folder of a sweep.", valueName: "dir"))
  var folder: String

  @Argument(help: "The runs' names, as list has them.")
  var names: [String]

  func run() throws {
    #if Storage
      try StoredRuns(folder).remove(names)
    #else
      throw ParlanceError.withoutStorage
    #endif
  }
}
