/// The words of a Markdown paragraph: links, emphasis, code spans, inline HTML and references without their marks.
enum MarkdownInline {
  static func plain(_ source: String) -> String {
    guard source.utf8.contains(where: isMark) else { return source.collapsed }
    let text = Array(source.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < text.count { index = read(text, at: index, into: &result) }
    return String(decoding: result, as: UTF8.self).collapsed
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "["), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "<"),
      UInt8(ascii: "&"), UInt8(ascii: "\\"), UInt8(ascii: "!"), UInt8(ascii: "]"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// Appends what the mark at `index` stands for and gives the place after it.
  private static func read(_ text: [UInt8], at index: Int, into result: inout [UInt8]) -> Int {
    let byte = text[index]
    switch byte {
    case UInt8(ascii: "\\") where index + 1 < text.count && isPunctuation(text[index + 1]):
      result.append(text[index + 1])
      return index + 2
    case UInt8(ascii: "`"): return code(text, at: index, into: &result)
    case UInt8(ascii: "!") where index + 1 < text.count && text[index + 1] == UInt8(ascii: "["): return index + 1
    case UInt8(ascii: "["): return index + 1
    case UInt8(ascii: "]"): return afterLink(text, at: index, into: &result)
    case UInt8(ascii: "<"): return afterTag(text, at: index, into: &result)
    case UInt8(ascii: "&"):
      if let reference = CharacterReference.read(text, at: index, inAttribute: false) {
        result.append(contentsOf: reference.text.utf8)
        return reference.end
      }
    case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"):
      var end = index
      while end < text.count, text[end] == byte { end += 1 }
      if !isEmphasis(text, index..<end) { result.append(contentsOf: text[index..<end]) }
      return end
    default: break
    }
    result.append(byte)
    return index + 1
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && !byte.isLetter && !byte.isDigit
  }

  private static func code(_ text: [UInt8], at start: Int, into result: inout [UInt8]) -> Int {
    var open = start
    while open < text.count, text[open] == UInt8(ascii: "`") { open += 1 }
    let length = open - start
    var index = open
    while index < text.count {
      guard text[index] == UInt8(ascii: "`") else {
        index += 1
        continue
      }
      var end = index
      while end < text.count, text[end] == UInt8(ascii: "`") { end += 1 }
      if end - index == length {
        result.append(contentsOf: text[open..<index])
        return end
      }
      index = end
    }
    result.append(contentsOf: text[start..<open])
    return open
  }

  /// Drops `(target)` or `[reference]` after a link's text.
  private static func afterLink(_ text: [UInt8], at index: Int, into result: inout [UInt8]) -> Int {
    guard index + 1 < text.count else { return index + 1 }
    let closing: UInt8
    switch text[index + 1] {
    case UInt8(ascii: "("): closing = UInt8(ascii: ")")
    case UInt8(ascii: "["): closing = UInt8(ascii: "]")
    default: return index + 1
    }
    let limit = min(text.count, index + 2048)
    guard let end = text[(index + 2)..<limit].firstIndex(of: closing) else { return index + 1 }
    return end + 1
  }

  /// Drops a tag, keeps the address of `<https://…>`.
  private static func afterTag(_ text: [UInt8], at index: Int, into result: inout [UInt8]) -> Int {
    let next = index + 1 < text.count ? text[index + 1] : 0
    let limit = min(text.count, index + 2048)
    guard next.isLetter || next == UInt8(ascii: "/"), let end = text[index..<limit].firstIndex(of: UInt8(ascii: ">"))
    else {
      result.append(UInt8(ascii: "<"))
      return index + 1
    }
    let inside = text[(index + 1)..<end]
    if inside.contains(UInt8(ascii: ":")) || inside.contains(UInt8(ascii: "@")), !inside.contains(0x20) {
      result.append(contentsOf: inside)
    }
    return end + 1
  }

  /// Whether a run of marks stands at the edge of a word; one with white space on both sides is itself, and so is an
  /// underscore inside a name.
  private static func isEmphasis(_ text: [UInt8], _ run: Range<Int>) -> Bool {
    let before = run.lowerBound > 0 ? text[run.lowerBound - 1] : 0x20
    let after = run.upperBound < text.count ? text[run.upperBound] : 0x20
    if before.isWhiteSpace, after.isWhiteSpace { return false }
    if text[run.lowerBound] == UInt8(ascii: "~") { return run.count == 2 }
    guard text[run.lowerBound] == UInt8(ascii: "_") else { return run.count <= 3 }
    let isInside = { (byte: UInt8) in byte.isLetter || byte.isDigit || byte >= 0x80 || byte == UInt8(ascii: "_") }
    return !(isInside(before) && isInside(after))
  }
}
