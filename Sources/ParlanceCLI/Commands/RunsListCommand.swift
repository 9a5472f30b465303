import ArgumentParser
import Diagnostics

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
