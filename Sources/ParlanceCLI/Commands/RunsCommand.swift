import ArgumentParser

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
