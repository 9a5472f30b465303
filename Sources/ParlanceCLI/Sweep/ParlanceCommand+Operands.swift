import ArgumentParser

extension ParlanceCommand {
  /// The words of a command line behind the subcommand's name, such as `index build`.
  static func operands(of words: [String]) -> ArraySlice<String> {
    var rest = words[...]
    var subcommands = configuration.subcommands
    while let word = rest.first, let command = subcommands.first(where: { $0.configuration.commandName == word }) {
      rest = rest.dropFirst()
      subcommands = command.configuration.subcommands
    }
    return rest
  }
}
