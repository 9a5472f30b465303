import ArgumentParser

/// `parlance bench`: how fast the parts are on this machine; one subcommand a part.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how fast encoding and searching are on this machine.",
    subcommands: [BenchEncodeCommand.self, BenchSearchCommand.self])
}
