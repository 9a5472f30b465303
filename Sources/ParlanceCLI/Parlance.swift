import ArgumentParser

@main
struct ParlanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parlance",
    abstract: "Learned-sparse conversational search: train, measure, index, search.",
    version: "0.1.0")
}
