import ArgumentParser

/// `parlance student`: what is done with a student once it is trained.
struct StudentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "student",
    abstract: "Hand a trained student on to other tools.",
    subcommands: [StudentExportCommand.self])
}
