/// The formats that can be cut into passages, from the most to the least telling about structure.
enum DocumentFormat: Int, Hashable, Sendable, CaseIterable, Comparable {
  case html
  case markdown
  case plainText

  /// - Parameter name: the file's name; `.gz` is looked through. Nil where the ending says nothing that we read.
  init?(fileName name: String) {
    switch DocumentFormat.split(name).ending {
    case "html", "htm", "xhtml": self = .html
    case "md", "markdown", "mkd": self = .markdown
    case "txt", "text": self = .plainText
    default: return nil
    }
  }

  /// A name's stem and its ending in lower case, both without `.gz`.
  static func split(_ name: String) -> (stem: String, ending: String) {
    var name = Substring(name)
    if name.lowercased().hasSuffix(".gz") { name = name.dropLast(3) }
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return (String(name), "") }
    return (String(name[..<dot]), name[name.index(after: dot)...].lowercased())
  }

  static func < (left: DocumentFormat, right: DocumentFormat) -> Bool { left.rawValue < right.rawValue }

  /// - Parameter fallbackTitle: the title of a document that names none.
  func read(_ text: [UInt8], fallbackTitle: String) -> StructuredDocument {
    switch self {
    case .html: HTMLReader.read(text, fallbackTitle: fallbackTitle)
    case .markdown: MarkdownReader.read(text, fallbackTitle: fallbackTitle)
    case .plainText: PlainTextReader.read(text, fallbackTitle: fallbackTitle)
    }
  }
}
