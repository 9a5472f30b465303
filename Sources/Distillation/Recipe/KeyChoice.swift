/// A part of a recipe in which a name decides what other keys there are, such as `sampling` and its strategy.
struct KeyChoice {
  /// The key that holds the name.
  let key: String
  /// The name that the recipe has there.
  let chosen: String
  /// For each name the keys that go with it alone or with a few others.
  let keysOfNames: [(name: String, keys: [String])]

  init<Name: RawRepresentable<String> & CaseIterable>(_ key: String, _ chosen: Name, _ keys: (Name) -> [String]) {
    self.key = key
    self.chosen = chosen.rawValue
    keysOfNames = Name.allCases.map { ($0.rawValue, keys($0)) }
  }

  /// The keys of all names.
  var keys: [String] { keysOfNames.flatMap(\.keys) }

  /// Why a key cannot stand beside the chosen name; `nil` where it can, and for keys that do not depend on it.
  func fault(of name: String, at path: [String]) -> String? {
    let owners = keysOfNames.filter { $0.keys.contains(name) }.map(\.name)
    guard !owners.isEmpty, !owners.contains(chosen) else { return nil }
    let part = path.joined(separator: ".")
    let listed = owners.map { "`\($0)`" }.joined(separator: ", ")
    return "`\(part).\(name)` goes with \(listed); `\(part).\(key)` is `\(chosen)`"
  }
}

extension Recipe {
  /// By the dotted key of the part.
  var keyChoices: [String: KeyChoice] {
    [
      "sampling": KeyChoice("strategy", sampling.strategy.kind, \.keys),
      "regularisation.query": KeyChoice("kind", regularisation.query.kind, \.keys),
    ]
  }
}
