/// A line of a plain text or Markdown document and what its first characters say.
struct TextLine {
  /// The line with tabs as spaces, without trailing white space.
  let text: Substring
  /// How many spaces it begins with.
  let indent: Int
  /// The line without its indent.
  var content: Substring { text.dropFirst(indent) }
  var isBlank: Bool { text.isEmpty }

  init(_ line: Substring) {
    var expanded = ""
    for character in line {
      if character == "\t" {
        repeat { expanded.append(" ") } while expanded.utf8.count % 8 != 0
      } else {
        expanded.append(character)
      }
    }
    while let last = expanded.last, last.isWhitespace { expanded.removeLast() }
    text = Substring(expanded)
    indent = expanded.prefix { $0 == " " }.count
  }

  static func lines(of text: [UInt8]) -> [TextLine] {
    String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(TextLine.init)
  }

  /// The length of the marker (`-`, `*`, `+`, `•`, `o`, `1.`, `(a)`) and the space after it, for a line that begins a
  /// list item.
  var itemMarker: Int? {
    let marker = content.prefix { !$0.isWhitespace }
    let rest = content[marker.endIndex...]
    guard let next = rest.first(where: { $0 != " " }), !next.isWhitespace, !rest.isEmpty else { return nil }
    let isBullet = marker.count == 1 && "-*+•·".contains(marker)
    guard isBullet || TextLine.isNumber(marker) else { return nil }
    return marker.count + rest.prefix { $0 == " " }.count
  }

  private static func isNumber(_ marker: Substring) -> Bool {
    guard marker.count >= 2, marker.count <= 5, let last = marker.last else { return false }
    if marker.first == "(" {
      let inner = marker.dropFirst().dropLast()
      return last == ")" && !inner.isEmpty && (inner.allSatisfy(\.isNumber) || inner.count == 1)
    }
    guard last == "." || last == ")" else { return false }
    return marker.dropLast().allSatisfy { $0.isASCII && $0.isNumber }
  }

  /// Whether two spaces or more stand inside the line other than after the end of a sentence, as between columns.
  var hasGap: Bool {
    var previous: (Character, Character) = (".", ".")
    for character in content {
      if character == " ", previous.1 == " ", !".!?:".contains(previous.0) { return true }
      previous = (previous.1, character)
    }
    return false
  }

  /// The character that a line of at least three of one kind is made of.
  var ruleCharacter: Character? {
    guard let first = content.first, content.count >= 3, content.allSatisfy({ $0 == first }) else { return nil }
    return "=-~^+*_#`\"'.:<>".contains(first) ? first : nil
  }
}
