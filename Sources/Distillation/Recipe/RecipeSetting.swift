package import Diagnostics
package import Yams

/// `optimisation.epochs=5` of the command line: a value that wins over the recipe's file.
package struct RecipeSetting {
  private let text: String
  private let path: [Substring]
  private let value: Node

  /// - Throws: `usage` when it is no `key=value`.
  init(_ text: String) throws(ParlanceError) {
    self.text = text
    let (key, value) = try Self.parse(text)
    (path, self.value) = (key.split(separator: ".", omittingEmptySubsequences: false), value)
  }

  /// The two sides of a setting; nothing behind the sign is `null`.
  ///
  /// - Throws: `usage` when it is no `key=value` with YAML as value.
  package static func parse(_ text: String) throws(ParlanceError) -> (key: String, value: Node) {
    guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
      throw ParlanceError(.usage, "expected a setting such as optimisation.epochs=5, found \"\(text)\"")
    }
    let yaml = text[text.index(after: sign)...]
    let value = try? Yams.compose(yaml: yaml.allSatisfy(\.isWhitespace) ? "null" : String(yaml))
    guard let value else { throw ParlanceError(.usage, "expected YAML behind the = of the setting \"\(text)\"") }
    return (String(text[..<sign]), value)
  }

  /// - Throws: `usage` when the key goes through something that is neither a mapping nor a list with such a place.
  func apply(to root: inout Node) throws(ParlanceError) {
    root = try applied(to: root, path[...])
  }

  private func applied(to node: Node?, _ rest: ArraySlice<Substring>) throws(ParlanceError) -> Node {
    guard let key = rest.first else { return value }
    // A list begins at 0, and the place behind its last is a new one.
    let isNewList = node == nil && Int(key) == 0
    if case .sequence(var list)? = isNewList ? .sequence(Node.Sequence([])) : node {
      guard let place = Int(key), (0...list.count).contains(place) else {
        throw ParlanceError(.usage, "the recipe's list has \(list.count) places, \"\(text)\" names \(key)")
      }
      let entry = try applied(to: place < list.count ? list[place] : nil, rest.dropFirst())
      if place < list.count { list[place] = entry } else { list.append(entry) }
      return .sequence(list)
    }
    var mapping = Node.Mapping([])
    if case .mapping(let own)? = node { mapping = own }
    let name = Node(String(key))
    mapping[name] = try applied(to: mapping[name], rest.dropFirst())
    return .mapping(mapping)
  }
}
