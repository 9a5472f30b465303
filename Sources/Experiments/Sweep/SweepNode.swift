import Diagnostics
import Yams

/// A part of a sweep's YAML with its place, so that a fault names the file, the line and the key.
struct SweepNode {
  let node: Node
  let path: String
  let file: String

  func fault(_ message: String, at node: Node? = nil) -> ParlanceError {
    ParlanceError(.badInput, message, at: .init(file: file, line: (node ?? self.node).mark?.line))
  }

  private func inner(_ node: Node, _ name: String) -> SweepNode {
    SweepNode(node: node, path: path.isEmpty ? name : "\(path).\(name)", file: file)
  }

  /// The members of a mapping, in their order.
  ///
  /// - Throws: `badInput` for another kind of value, and for a key that is not among `names`.
  func members(_ names: [String]? = nil) throws(ParlanceError) -> [(key: String, value: SweepNode)] {
    guard let mapping = node.mapping else { throw fault("expected a mapping as `\(path)`") }
    var members: [(String, SweepNode)] = []
    for (key, value) in mapping {
      let name = key.string ?? ""
      if let names, !names.contains(name) {
        let whole = path.isEmpty ? name : "\(path).\(name)"
        let hint = NearestName.of(name, among: names, within: 2).map { "; did you mean `\($0)`?" } ?? ""
        throw fault("no sweep has the key `\(whole)`\(hint); there are \(names.joined(separator: ", "))", at: key)
      }
      members.append((name, inner(value, name)))
    }
    return members
  }

  func elements() throws(ParlanceError) -> [SweepNode] {
    guard let list = node.sequence else { throw fault("expected a list as `\(path)`") }
    return list.enumerated().map { inner($1, "\($0)") }
  }

  func text() throws(ParlanceError) -> String {
    guard let scalar = node.scalar, !scalar.string.isEmpty else { throw fault("expected a text as `\(path)`") }
    return scalar.string
  }

  func integer(from least: Int = 0) throws(ParlanceError) -> Int {
    guard let value = node.int, value >= least else {
      throw fault("expected a whole number of at least \(least) as `\(path)`")
    }
    return value
  }

  func number() throws(ParlanceError) -> Double {
    guard let value = node.float ?? node.int.map(Double.init), value.isFinite else {
      throw fault("expected a number as `\(path)`")
    }
    return value
  }

  func bool() throws(ParlanceError) -> Bool {
    guard let value = node.bool else { throw fault("expected true or false as `\(path)`") }
    return value
  }

  /// The value as YAML on one line, as the command line's settings take it.
  var flow: String { FlowYAML.text(of: node) }
}

/// YAML on one line, which stands in other YAML on one line.
enum FlowYAML {
  static func text(of node: Node) -> String {
    switch node {
    case .scalar(let scalar):
      return scalar.style == .plain && isPlain(scalar.string) ? scalar.string : quoted(scalar.string)
    case .sequence(let list): return "[" + list.map(text).joined(separator: ", ") + "]"
    case .mapping(let mapping):
      return "{" + mapping.map { "\(text(of: $0.key)): \(text(of: $0.value))" }.joined(separator: ", ") + "}"
    case .alias: return "null"
    }
  }

  /// Whether a plain scalar is the same one between brackets, too; what is not is always a text.
  private static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { !",[]{}\n".unicodeScalars.contains($0) } && !text.contains(": ")
      && !text.hasSuffix(":")
  }

  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
