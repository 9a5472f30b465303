import ArgumentParser
import Diagnostics
import Experiments
import Reports

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
