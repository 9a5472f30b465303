import Yams

/// What is wrong with a text that is no YAML: in one line, with the place and the words around it, for the one who wrote it.
package struct YAMLFault {
  package let words: String
  /// Counted from 1.
  package let line: Int?

  package init(_ error: any Error) {
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, let yaml), .parser(let context, let problem, let mark, let yaml),
      .composer(let context, let problem, let mark, let yaml):
      let reason = context.map { " \($0.text) that begins in line \($0.mark.line)" } ?? ""
      self.init(problem + reason, mark.line, mark.column, in: yaml)
    case .reader(let problem, let offset?, _, let yaml):
      let before = yaml.prefix(offset)
      let line = 1 + before.count(where: \.isNewline)
      let column = 1 + (before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).last?.count ?? 0)
      self.init(problem, line, column, in: yaml)
    case .duplicatedKeysInMapping(let keys, let context):
      let named = keys.sorted().map { "`\($0.excerpt())`" }.joined(separator: ", ")
      self.init(words: "expected each key once, found \(named) twice", line: context.mark.line)
    default:
      let text = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
      self.init(words: "expected YAML: " + text.excerpt(200), line: nil)
    }
  }

  private init(_ problem: String, _ line: Int, _ column: Int, in yaml: String) {
    let lines = yaml.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    var words = "expected YAML: \(problem)"
    if lines.indices.contains(line - 1) {
      let text = String(lines[line - 1]).excerpt(around: column - 1)
      if !text.isEmpty { words += ", in column \(column): `\(text)`" }
    }
    self.init(words: words, line: line)
  }

  private init(words: String, line: Int?) {
    (self.words, self.line) = (words, line)
  }
}

extension String {
  /// A part of a long text that fits into a line, whatever the text is: control characters are shown as spaces.
  ///
  /// - Parameters:
  ///   - place: the scalar that the part is around, from 0.
  ///   - length: the most scalars of it.
  func excerpt(_ length: Int = 60, around place: Int = 0) -> String {
    let scalars = Array(unicodeScalars)
    let first = max(0, min(place - length / 2, scalars.count - length))
    let part = scalars[first..<min(scalars.count, first + length)]
      .map { $0.properties.generalCategory == .control ? " " : $0 }
    var text = String.UnicodeScalarView(part)
    if first > 0 { text.insert("…", at: text.startIndex) }
    if first + length < scalars.count { text.append("…") }
    return String(text)
  }
}
