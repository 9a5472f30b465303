/// Reads Markdown (CommonMark with pipe tables) into sections of blocks: headings, paragraphs, list items, code, rows.
struct MarkdownReader {
  private let lines: [TextLine]
  private var outline = Outline()
  private var title: String?
  private var run: [Substring] = []
  private var kind = Block.Kind.paragraph
  /// The columns at which the content of the open items begins.
  private var items: [Int] = []

  static func read(_ text: [UInt8], fallbackTitle: String) -> StructuredDocument {
    var reader = MarkdownReader(lines: TextLine.lines(of: text))
    reader.read()
    return reader.outline.document(title: reader.title ?? fallbackTitle)
  }

  private init(lines: [TextLine]) {
    self.lines = lines
  }

  private mutating func read() {
    var index = frontMatterEnd()
    while index < lines.count { index = read(at: index) }
    flush()
  }

  /// Settings between two lines of `---` at the very beginning are no text; a title among them is the document's.
  private mutating func frontMatterEnd() -> Int {
    guard lines.first?.text == "---", let end = lines.dropFirst().firstIndex(where: { $0.text == "---" }) else {
      return 0
    }
    for line in lines[1..<end] where line.text.hasPrefix("title:") {
      title = line.text.dropFirst(6).collapsed.trimmed(of: "\"")
    }
    return end + 1
  }

  private mutating func read(at index: Int) -> Int {
    let line = lines[index]
    if line.isBlank {
      flush()
      return index + 1
    }
    if run.isEmpty {
      while let column = items.last, line.indent < column, line.itemMarker == nil || line.indent < column - 1 {
        items.removeLast()
      }
    }
    if let end = codeFence(at: index) ?? indentedCode(at: index) { return end }
    if let end = heading(at: index) { return end }
    if line.ruleCharacter == "-" || line.ruleCharacter == "*" || line.ruleCharacter == "_" {
      flush()
      return index + 1
    }
    if line.content.hasPrefix("<!--") {
      flush()
      return (lines[index...].firstIndex { $0.text.contains("-->") } ?? lines.count - 1) + 1
    }
    if line.content.first == "|" || isTableHead(index) { return table(at: index) }
    var content = line.content
    while content.first == ">" { content = content.dropFirst().drop { $0 == " " } }
    if let marker = line.itemMarker {
      flush()
      while let column = items.last, line.indent < column { items.removeLast() }
      items.append(line.indent + marker)
      kind = .listItem
      content = content.dropFirst(marker)
    }
    run.append(content)
    return index + 1
  }

  private mutating func codeFence(at index: Int) -> Int? {
    let content = lines[index].content
    guard let fence = ["```", "~~~"].first(where: { content.hasPrefix($0) }) else { return nil }
    flush()
    let end = lines[(index + 1)...].firstIndex { $0.content.hasPrefix(fence) } ?? lines.count
    appendCode(lines[(index + 1)..<end])
    return end + 1
  }

  private mutating func indentedCode(at index: Int) -> Int? {
    guard run.isEmpty, lines[index].indent >= (items.last ?? 0) + 4 else { return nil }
    let margin = (items.last ?? 0) + 4
    var end = lines[index...].firstIndex { !$0.isBlank && $0.indent < margin } ?? lines.count
    while end > index, lines[end - 1].isBlank { end -= 1 }
    appendCode(lines[index..<end])
    return end
  }

  private mutating func appendCode(_ lines: ArraySlice<TextLine>) {
    let margin = lines.filter { !$0.isBlank }.map(\.indent).min() ?? 0
    let text = lines.map { String($0.text.dropFirst(margin)) }.joined(separator: "\n")
    outline.append(Block(kind: .preformatted, text: HTMLFlow.trimmedLines(text), depth: items.count))
  }

  // MARK: Headings

  private mutating func heading(at index: Int) -> Int? {
    let content = lines[index].content
    let hashes = content.prefix { $0 == "#" }.count
    if hashes > 0, hashes <= 6, content.count == hashes || content.dropFirst(hashes).first == " " {
      flush()
      place(String(content.dropFirst(hashes)).trimmed(of: "#"), level: hashes)
      return index + 1
    }
    guard run.isEmpty, lines[index].itemMarker == nil, index + 1 < lines.count,
      let rule = lines[index + 1].ruleCharacter,
      rule == "=" || rule == "-"
    else { return nil }
    place(String(content), level: rule == "=" ? 1 : 2)
    return index + 2
  }

  private mutating func place(_ text: String, level: Int) {
    items = []
    let text = MarkdownInline.plain(text)
    if level == 1, title == nil, outline.sections.count == 1, outline.sections[0].blocks.isEmpty {
      title = text
    } else {
      outline.heading(text, level: level, anchor: nil)
    }
  }

  // MARK: Tables and paragraphs

  private func isTableHead(_ index: Int) -> Bool {
    guard run.isEmpty, lines[index].text.contains("|"), index + 1 < lines.count else { return false }
    return isDelimiterRow(lines[index + 1].content)
  }

  private func isDelimiterRow(_ content: Substring) -> Bool {
    content.contains("-") && content.contains("|") && content.allSatisfy { "-:| ".contains($0) }
  }

  private mutating func table(at start: Int) -> Int {
    flush()
    var index = start
    while index < lines.count, lines[index].text.contains("|") {
      if !isDelimiterRow(lines[index].content) {
        let cells = lines[index].content.split(separator: "|").map { MarkdownInline.plain(String($0)) }
        outline.append(
          Block(kind: .tableRow, text: cells.filter { !$0.isEmpty }.joined(separator: " | "), depth: items.count))
      }
      index += 1
    }
    return index
  }

  private mutating func flush() {
    let text = MarkdownInline.plain(run.joined(separator: "\n"))
    outline.append(Block(kind: kind, text: text, depth: items.count))
    run = []
    kind = .paragraph
  }
}
