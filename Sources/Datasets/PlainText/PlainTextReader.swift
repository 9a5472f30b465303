/// Reads plain text into sections of blocks by what people do in it: underlined, numbered or `==` headings, blank lines
/// between paragraphs, list markers, and indentation for code and tables.
struct PlainTextReader {
  private let lines: [TextLine]
  /// For each line the next one that is blank, itself perhaps, or the end.
  private let ends: [Int]
  private var outline = Outline()
  private var title: String?
  /// Underline characters in the order of their first use, which is the order of levels.
  private var underlines: [Character] = []
  private var hasHeadings = false

  static func read(_ text: [UInt8], fallbackTitle: String) -> StructuredDocument {
    var reader = PlainTextReader(lines: TextLine.lines(of: text))
    return reader.read(fallbackTitle: fallbackTitle)
  }

  private init(lines: [TextLine]) {
    self.lines = lines
    var ends = [Int](repeating: lines.count, count: lines.count)
    for index in lines.indices.reversed() {
      ends[index] = lines[index].isBlank ? index : index + 1 < lines.count ? ends[index + 1] : lines.count
    }
    self.ends = ends
  }

  private mutating func read(fallbackTitle: String) -> StructuredDocument {
    var index = 0
    while index < lines.count {
      if lines[index].isBlank {
        index += 1
      } else if let next = fenced(at: index) ?? heading(at: index) {
        index = next
      } else {
        let end = ends[index]
        let stop = (index + 1..<max(end, index + 1)).first { isUnderlined($0) } ?? end
        paragraph(lines[index..<stop])
        index = stop
      }
    }
    return outline.document(title: title ?? fallbackTitle)
  }

  // MARK: Headings

  /// The underline's character, for a line whose next line underlines it: about as long, at most two off.
  private func underline(of index: Int) -> Character? {
    guard index + 1 < lines.count, lines[index].indent == lines[index + 1].indent, lines[index].ruleCharacter == nil,
      let character = lines[index + 1].ruleCharacter, "=-~^+*#\"'".contains(character)
    else { return nil }
    return abs(lines[index].text.count - lines[index + 1].text.count) <= 2 ? character : nil
  }

  private func isUnderlined(_ index: Int) -> Bool { underline(of: index) != nil }

  /// Reads a heading and says which line follows it.
  private mutating func heading(at index: Int) -> Int? {
    let line = lines[index]
    if let character = underline(of: index) {
      if !underlines.contains(character) { underlines.append(character) }
      place(line.content.collapsed, level: (underlines.firstIndex(of: character) ?? 0) + 1)
      return index + 2
    }
    guard line.indent == 0 else { return nil }
    let equals = line.text.prefix { $0 == "=" }.count
    if equals > 0, equals <= 6, line.text.dropFirst(equals).first == " " {
      place(line.text.dropFirst(equals).collapsed.trimmed(of: "="), level: equals)
      return index + 1
    }
    return numberedHeading(at: index)
  }

  /// `1.5. What is …`, up to three lines, between blank lines and before something indented: as documentation tools
  /// print a section's title.
  private mutating func numberedHeading(at index: Int) -> Int? {
    let end = ends[index]
    guard end - index <= 3, index == 0 || lines[index - 1].isBlank else { return nil }
    let text = lines[index..<end].map { String($0.text) }.joined(separator: " ")
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard number.contains("."), number.first?.isNumber == true, text[number.endIndex...].first == " ",
      lines[index..<end].allSatisfy({ $0.indent == 0 }), number.split(separator: ".").count > 1 || number.count <= 3,
      let next = lines[end...].first(where: { !$0.isBlank }), next.indent > 0 || next.text.first?.isNumber == true
    else { return nil }
    place(text.collapsed, level: number.split(separator: ".").count)
    return end
  }

  private mutating func place(_ text: String, level: Int) {
    if !hasHeadings, title == nil, level == 1, outline.sections.allSatisfy(\.blocks.isEmpty) {
      title = text
    } else {
      outline.heading(text, level: level, anchor: nil)
    }
    hasHeadings = true
  }

  // MARK: Blocks

  /// Code between two lines of `----`, `....`, `****` or backquotes.
  private mutating func fenced(at index: Int) -> Int? {
    guard let rule = lines[index].ruleCharacter, "-.*`".contains(rule), index == 0 || !isUnderlined(index - 1),
      let end = lines[(index + 1)...].firstIndex(where: { $0.text == lines[index].text }), end - index <= 400,
      !lines[index + 1].isBlank || rule != "*"
    else { return lines[index].ruleCharacter == nil ? nil : index + 1 }
    append(
      HTMLFlow.trimmedLines(lines[(index + 1)..<end].map { String($0.text) }.joined(separator: "\n")), .preformatted)
    return end + 1
  }

  private mutating func paragraph(_ lines: ArraySlice<TextLine>) {
    let lines = lines.filter { $0.ruleCharacter == nil && $0.text != "+" }
    guard let first = lines.first else { return }
    if PlainTextReader.isLaidOut(lines) {
      let margin = lines.map(\.indent).min() ?? 0
      append(lines.map { String($0.text.dropFirst(margin)) }.joined(separator: "\n"), .preformatted)
      return
    }
    var run = ""
    var kind = first.itemMarker == nil ? Block.Kind.paragraph : .listItem
    for line in lines {
      if line.itemMarker != nil, kind == .listItem || line.indent >= first.indent {
        if !run.isEmpty { append(run.collapsed, kind) }
        run = ""
        kind = .listItem
      }
      run += " " + line.content.dropFirst(line.itemMarker ?? 0)
    }
    append(run.collapsed, kind)
  }

  /// Whether columns or ragged indents show that the line breaks mean something.
  private static func isLaidOut(_ lines: [TextLine]) -> Bool {
    if lines.contains(where: { $0.itemMarker != nil }) { return false }
    let columns = lines.count { $0.hasGap || $0.content.hasPrefix("$ ") }
    if columns * 2 > lines.count || (lines.count == 1 && columns == 1) { return true }
    guard let margin = lines.dropFirst().map(\.indent).min(), lines.count > 2 else { return false }
    return lines.dropFirst().count { $0.indent > margin } * 3 > lines.count
  }

  private mutating func append(_ text: String, _ kind: Block.Kind) {
    outline.append(Block(kind: kind, text: text, depth: kind == .listItem ? 1 : 0))
  }
}

extension StringProtocol {
  /// Without a character and white space at both ends.
  func trimmed(of character: Character) -> String {
    var rest = Substring(self)
    while let last = rest.last, last == character || last.isWhitespace { rest.removeLast() }
    while let first = rest.first, first == character || first.isWhitespace { rest.removeFirst() }
    return String(rest)
  }
}
