import ArgumentParser

/// `parlance data`: what concerns a folder of conversations, rewrites, passages and judgments as a whole.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Check a folder of conversations, rewrites, passages and judgments; split conversations.",
    subcommands: [DataCheckCommand.self, DataSplitCommand.self])
}
