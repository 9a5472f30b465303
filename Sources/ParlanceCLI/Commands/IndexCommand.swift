import ArgumentParser

/// `parlance index`: what is searched.
struct IndexCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Build an index, change it, say what it holds, check it, exchange it with other engines.",
    subcommands: [
      IndexBuildCommand.self, IndexAddCommand.self, IndexDeleteCommand.self, IndexMergeCommand.self,
      IndexInfoCommand.self, IndexVerifyCommand.self, IndexExportCommand.self, IndexImportCommand.self,
    ])
}
