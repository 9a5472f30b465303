import ArgumentParser

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
    let nearest = names.map { (name: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
    let hint = nearest.flatMap { $0.distance <= 2 ? "; did you mean \"\($0.name)\"?" : nil } ?? ""
    return ValidationError("there is no subcommand \"\(word)\"\(hint)")
  }

  /// How many characters have to be put in, left out, replaced or swapped with their neighbour to make one word of the
  /// other: the optimal string alignment distance.
  static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left), Array(right))
    var rows = [Array(0...right.count)]
    for (i, a) in left.enumerated() {
      var row = [i + 1]
      for (j, b) in right.enumerated() {
        var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (a == b ? 0 : 1))
        if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
