import ArgumentParser
import Diagnostics

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
