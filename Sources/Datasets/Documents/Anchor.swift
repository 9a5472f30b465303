/// The part of a passage's id that names a section or a term: no white space, stable while the wording is.
struct Anchor: Hashable, Sendable {
  var name: String

  /// An id that the document gives; nil where a tool numbered it (`idm1783`), since it changes with every build.
  init?(given: String) {
    guard !given.isEmpty, !Anchor.isGenerated(given) else { return nil }
    name = Anchor.escaped(given)
  }

  /// The words of a heading, in lower case, joined by hyphens.
  init(heading: String) {
    name = Anchor.slug(heading.lowercased(), keeping: ["_"])
  }

  /// A term of a definition list, in its own case: `--patch`, `core.fileMode`.
  init(term: String) {
    name = Anchor.slug(term, keeping: ["_", ".", "-", "+", "/", "@", "$", ":", "="])
  }

  private static let longest = 48

  private static func slug(_ text: String, keeping kept: Set<Unicode.Scalar>) -> String {
    var result = ""
    var gap = false
    for scalar in text.unicodeScalars {
      let isWord = scalar.properties.isAlphabetic || scalar.properties.numericType != nil || kept.contains(scalar)
      guard isWord else {
        gap = true
        continue
      }
      if gap, !result.isEmpty { result.append("-") }
      gap = false
      result.unicodeScalars.append(scalar)
      if result.utf8.count >= longest { break }
    }
    while result.last == "." { result.removeLast() }
    return result.isEmpty ? "section" : result
  }

  private static func isGenerated(_ id: String) -> Bool {
    for prefix in ["idm", "idp", "id"] where id.hasPrefix(prefix) {
      let rest = id.dropFirst(prefix.count)
      if !rest.isEmpty, rest.allSatisfy({ $0.isASCII && $0.isNumber }) { return true }
    }
    return false
  }

  /// White space, control characters and `%` as percent escapes, everything else as it is.
  static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: needsEscape) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      guard needsEscape(scalar) else {
        result.unicodeScalars.append(scalar)
        continue
      }
      for byte in String(scalar).utf8 {
        let digits = String(byte, radix: 16, uppercase: true)
        result += (digits.count == 1 ? "%0" : "%") + digits
      }
    }
    return result
  }

  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "%" || scalar.properties.isWhitespace { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: return true
    default: return false
    }
  }
}
