/// A piece of markup.
enum HTMLToken: Hashable, Sendable {
  /// Text with its character references read.
  case text(String)
  case start(HTMLTag)
  case end(String)
}

struct HTMLTag: Hashable, Sendable {
  /// In lower case.
  var name: String
  var attributes: [String: String] = [:]
  /// Written `<name/>`, which only XHTML takes for an end.
  var isSelfClosing = false

  var classes: [Substring] { attributes["class", default: ""].split { $0.isWhitespace } }
}

/// Cuts HTML or XHTML into tokens after the tokenization rules of the HTML standard; no input is an error.
///
/// Left out on purpose, since a reader of text never sees the difference: the escaped states inside `script`, and
/// doctypes. Comments, doctypes and processing instructions give no token.
struct HTMLTokenizer {
  private let text: [UInt8]
  private var position = 0
  /// The element whose content is text up to its own end tag.
  private var rawElement: String?
  private let isXML: Bool

  /// - Parameter text: UTF-8.
  /// - Parameter isXML: `<a/>` ends an element and `<![CDATA[` is text.
  init(_ text: [UInt8], isXML: Bool) {
    self.text = text
    self.isXML = isXML
  }

  mutating func next() -> HTMLToken? {
    while position < text.count {
      if let rawElement {
        self.rawElement = nil
        if let raw = rawText(of: rawElement) { return raw }
        continue
      }
      if text[position] != UInt8(ascii: "<") { return characters() }
      if let token = markup() { return token }
    }
    return nil
  }

  // MARK: Text

  /// Text up to the next `<`.
  private mutating func characters() -> HTMLToken {
    let start = position
    position += 1
    while position < text.count, text[position] != UInt8(ascii: "<") { position += 1 }
    return .text(decoded(start..<position, inAttribute: false))
  }

  private func decoded(_ range: Range<Int>, inAttribute: Bool) -> String {
    guard text[range].contains(UInt8(ascii: "&")) else { return String(decoding: text[range], as: UTF8.self) }
    var result: [UInt8] = []
    var position = range.lowerBound
    while position < range.upperBound {
      if text[position] == UInt8(ascii: "&"),
        let reference = CharacterReference.read(text, at: position, inAttribute: inAttribute),
        reference.end <= range.upperBound
      {
        result.append(contentsOf: reference.text.utf8)
        position = reference.end
      } else {
        result.append(text[position])
        position += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static let rawElements: Set<String> = [
    "script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title", "plaintext",
  ]

  /// The content of a raw element; its end tag is left for the next token.
  private mutating func rawText(of name: String) -> HTMLToken? {
    let start = position
    if name == "plaintext" {
      position = text.count
    } else {
      while position < text.count, !isEndTag(of: name, at: position) { position += 1 }
    }
    guard position > start else { return nil }
    if name == "title" || name == "textarea" { return .text(decoded(start..<position, inAttribute: false)) }
    return .text(String(decoding: text[start..<position], as: UTF8.self))
  }

  private func isEndTag(of name: String, at start: Int) -> Bool {
    let end = start + 2 + name.utf8.count
    guard text[start] == UInt8(ascii: "<"), end < text.count, text[start + 1] == UInt8(ascii: "/") else { return false }
    let next = text[end]
    guard next.isWhiteSpace || next == UInt8(ascii: "/") || next == UInt8(ascii: ">") else { return false }
    return zip(text[(start + 2)..<end], name.utf8).allSatisfy { $0.lowercase == $1 }
  }

  // MARK: Markup

  /// What begins at the `<` at `position`; nil for what gives no token.
  private mutating func markup() -> HTMLToken? {
    let next = position + 1 < text.count ? text[position + 1] : 0
    if next.isLetter { return tag(nameAt: position + 1, isEnd: false) }
    switch next {
    case UInt8(ascii: "/"):
      guard position + 2 < text.count else { return characters() }
      if text[position + 2].isLetter { return tag(nameAt: position + 2, isEnd: true) }
      skip(past: UInt8(ascii: ">"))
      return nil
    case UInt8(ascii: "!"):
      if starts(with: "<!--") {
        skipComment()
      } else if isXML, starts(with: "<![CDATA[") {
        return characterData()
      } else {
        skip(past: UInt8(ascii: ">"))
      }
      return nil
    case UInt8(ascii: "?"):
      skip(past: UInt8(ascii: ">"))
      return nil
    default:
      return characters()
    }
  }

  private func starts(with prefix: String) -> Bool {
    prefix.utf8.enumerated().allSatisfy { offset, byte in
      position + offset < text.count && text[position + offset] == byte
    }
  }

  private mutating func skip(past byte: UInt8) {
    while position < text.count, text[position] != byte { position += 1 }
    position = min(position + 1, text.count)
  }

  /// A comment ends at `-->` or `--!>`; `<!-->` and `<!--->` are whole ones.
  private mutating func skipComment() {
    position += 4
    if starts(with: ">") || starts(with: "->") { return skip(past: UInt8(ascii: ">")) }
    while position < text.count {
      if starts(with: "-->") || starts(with: "--!>") { return skip(past: UInt8(ascii: ">")) }
      position += 1
    }
  }

  private mutating func characterData() -> HTMLToken? {
    position += 9
    let start = position
    while position < text.count, !starts(with: "]]>") { position += 1 }
    let content = start..<position
    position = min(position + 3, text.count)
    return content.isEmpty ? nil : .text(String(decoding: text[content], as: UTF8.self))
  }

  private mutating func tag(nameAt start: Int, isEnd: Bool) -> HTMLToken? {
    position = start
    while position < text.count, !endsName(text[position]) { position += 1 }
    var tag = HTMLTag(name: lowercased(start..<position))
    guard readAttributes(of: &tag) else { return nil }
    if isEnd { return .end(tag.name) }
    if HTMLTokenizer.rawElements.contains(tag.name), !(isXML && tag.isSelfClosing) { rawElement = tag.name }
    return .start(tag)
  }

  private func endsName(_ byte: UInt8) -> Bool {
    byte.isWhiteSpace || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
  }

  private func lowercased(_ range: Range<Int>) -> String {
    String(decoding: text[range].map(\.lowercase), as: UTF8.self)
  }

  /// Reads up to and with the `>`; false where the text ends first, which drops the tag.
  private mutating func readAttributes(of tag: inout HTMLTag) -> Bool {
    while position < text.count {
      let byte = text[position]
      if byte == UInt8(ascii: ">") {
        position += 1
        return true
      }
      if byte == UInt8(ascii: "/") {
        position += 1
        tag.isSelfClosing = position < text.count && text[position] == UInt8(ascii: ">")
      } else if byte.isWhiteSpace {
        position += 1
      } else {
        readAttribute(of: &tag)
      }
    }
    return false
  }

  private mutating func readAttribute(of tag: inout HTMLTag) {
    let start = position
    position += 1
    while position < text.count, !endsName(text[position]), text[position] != UInt8(ascii: "=") { position += 1 }
    let name = lowercased(start..<position)
    skipWhiteSpace()
    var value = ""
    if position < text.count, text[position] == UInt8(ascii: "=") {
      position += 1
      skipWhiteSpace()
      value = attributeValue()
    }
    if tag.attributes[name] == nil { tag.attributes[name] = value }
  }

  private mutating func skipWhiteSpace() {
    while position < text.count, text[position].isWhiteSpace { position += 1 }
  }

  private mutating func attributeValue() -> String {
    guard position < text.count else { return "" }
    let quote = text[position]
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      position += 1
      let start = position
      while position < text.count, text[position] != quote { position += 1 }
      let value = decoded(start..<position, inAttribute: true)
      position = min(position + 1, text.count)
      return value
    }
    let start = position
    while position < text.count, !text[position].isWhiteSpace, text[position] != UInt8(ascii: ">") { position += 1 }
    return decoded(start..<position, inAttribute: true)
  }
}
