import ArgumentParser
import Diagnostics

/// Tells a subcommand that does not exist from arguments that do not belong, and names the one that was meant.
enum MistypedSubcommand {
  /// - Throws: `ValidationError` when a word stands where a subcommand belongs, of `parlance` or of a group such as `index`,
  ///   and is none.
  static func check(_ arguments: ArraySlice<String>) throws(ValidationError) {
    var words = arguments.first == "help" ? arguments.dropFirst() : arguments
    var names = ["help"]
    var subcommands = ParlanceCommand.configuration.subcommands
    while let word = words.popFirst(), !word.hasPrefix("-"), !subcommands.isEmpty {
      names += subcommands.map { $0.configuration.commandName ?? "" }
      guard names.contains(word) else { throw unknown(word, among: names) }
      subcommands = subcommands.first { $0.configuration.commandName == word }?.configuration.subcommands ?? []
      names = []
    }
  }

  private static func unknown(_ word: String, among names: [String]) -> ValidationError {
    let hint = NearestName.of(word, among: names, within: 2).map { "; did you mean \"\($0)\"?" } ?? ""
    return ValidationError("there is no subcommand \"\(word)\"\(hint)")
  }
}
