import ArgumentParser
import Diagnostics

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
