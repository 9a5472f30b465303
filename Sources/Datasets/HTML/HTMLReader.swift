/// Reads HTML or XHTML into sections of blocks: what a browser would show of the document's own text.
///
/// Keeps a stack of open elements with the standard's implied end tags and no tree. Broken markup is read as it stands;
/// no input is an error. Elements deeper than 512, a browser's limit, only pass their text on.
struct HTMLReader {
  private struct OpenElement {
    var name: String
    var isAdmonition: Bool
  }

  static let deepest = 512
  private static let cellSeparator = " | "

  private var open: [OpenElement] = []
  private var counts: [String: Int] = [:]
  /// The number of open elements at which leaving out began.
  private var leftOutFrom: Int?

  private(set) var outline = Outline()
  private var title = ""
  private var hasFirstHeading = false
  /// The first heading, where it says what the title says and therefore begins no section.
  private(set) var repeatedTitle: String?
  private var flow = HTMLFlow()
  private var heading: (level: Int, anchor: String?)?
  private var pendingAnchor: String?

  /// - Parameter text: UTF-8.
  static func read(_ text: [UInt8], fallbackTitle: String) -> StructuredDocument {
    let reader = HTMLReader(reading: text)
    let title = reader.title.collapsed
    return reader.outline.document(title: title.isEmpty ? reader.repeatedTitle ?? fallbackTitle : title)
  }

  init(reading text: [UInt8]) {
    let isXML = HTMLReader.isXHTML(text)
    var tokenizer = HTMLTokenizer(text, isXML: isXML)
    while let token = tokenizer.next() {
      switch token {
      case .text(let text): self.text(text)
      case .start(let tag): start(tag, isXML: isXML)
      case .end(let name): end(name)
      }
    }
    while !open.isEmpty { pop() }
    flush()
    emit(flow.endTable(separator: HTMLReader.cellSeparator))
    if let terms = flow.takeTerms() { emit([terms]) }
  }

  /// Whether the text says that it is XHTML, before its first 1,024 bytes are over.
  private static func isXHTML(_ text: [UInt8]) -> Bool {
    let start = String(decoding: text.prefix(1024), as: UTF8.self)
    return start.hasPrefix("<?xml") || start.contains("//DTD XHTML") || start.contains("http://www.w3.org/1999/xhtml")
  }

  // MARK: Tokens

  private mutating func text(_ text: String) {
    if open.last?.name == "title", counts["svg", default: 0] == 0 {
      title += text
    } else if leftOutFrom == nil {
      flow.text(text)
    }
  }

  private mutating func start(_ tag: HTMLTag, isXML: Bool) {
    if leftOutFrom == nil { impliedEnds(before: tag.name) }
    let isVoid =
      HTMLVocabulary.void.contains(tag.name) || (isXML && tag.isSelfClosing) || open.count >= HTMLReader.deepest
    if leftOutFrom == nil {
      if HTMLVocabulary.isLeftOut(tag) {
        if HTMLVocabulary.block.contains(tag.name) { flush() }
        if !isVoid { leftOutFrom = open.count }
      } else {
        opened(tag, isVoid: isVoid)
      }
    }
    guard !isVoid else { return }
    counts[tag.name, default: 0] += 1
    open.append(OpenElement(name: tag.name, isAdmonition: HTMLVocabulary.isAdmonition(tag)))
  }

  private mutating func end(_ name: String) {
    if name == "br" { return flow.lineBreak() }
    guard counts[name, default: 0] > 0, let index = openIndex(of: name) else { return }
    while open.count > index { pop() }
  }

  /// The innermost open element of a name, unless a table's border stands between.
  private func openIndex(of name: String) -> Int? {
    let isTablePart = HTMLVocabulary.endedByItem[name] != nil || HTMLVocabulary.scopes.contains(name)
    for index in open.indices.reversed() {
      if open[index].name == name { return index }
      if !isTablePart, HTMLVocabulary.scopes.contains(open[index].name) { return nil }
      if open[index].name == "table", name != "table", name != "body", name != "html" { return nil }
    }
    return nil
  }

  private mutating func impliedEnds(before name: String) {
    if HTMLVocabulary.endsParagraph.contains(name), counts["p", default: 0] > 0, let index = openIndex(of: "p") {
      while open.count > index { pop() }
    }
    if HTMLVocabulary.headings[name] != nil, let last = open.last, HTMLVocabulary.headings[last.name] != nil { pop() }
    guard let (ended, limit) = HTMLVocabulary.endedByItem[name] else { return }
    for index in open.indices.reversed() {
      if ended.contains(open[index].name) {
        while open.count > index { pop() }
        return
      }
      if limit.contains(open[index].name) { return }
    }
  }

  // MARK: Elements

  private mutating func opened(_ tag: HTMLTag, isVoid: Bool) {
    let name = tag.name
    if HTMLVocabulary.block.contains(name) { flush() }
    let id = (tag.attributes["id"] ?? (name == "a" ? tag.attributes["name"] : nil)).flatMap {
      Anchor(given: $0) == nil ? nil : $0
    }
    if let id {
      if let (level, anchor) = heading { heading = (level, anchor ?? id) } else { pendingAnchor = id }
    }
    if name == "br" { return flow.lineBreak() }
    if let level = HTMLVocabulary.headings[name], startsSection {
      heading = (level, id)
      return
    }
    if isVoid { return }
    switch name {
    case "li": flow.beginItem()
    case "dt": flow.beginTerm()
    case "dd": flow.beginDefinition()
    case "td", "th": flow.beginCell()
    case "tr": flow.beginRow()
    case "table": flow.beginTable()
    default:
      if HTMLVocabulary.lists.contains(name) { flow.beginList() }
      if HTMLVocabulary.preformatted.contains(name) { flow.preformattedDepth += 1 }
    }
  }

  /// Whether a heading here begins a section: not inside a table or a box.
  private var startsSection: Bool {
    counts["td", default: 0] == 0 && counts["th", default: 0] == 0 && !open.contains(where: \.isAdmonition)
  }

  private mutating func pop() {
    guard let element = open.popLast() else { return }
    counts[element.name, default: 1] -= 1
    if let start = leftOutFrom {
      if open.count <= start { leftOutFrom = nil }
      return
    }
    if HTMLVocabulary.block.contains(element.name) { flush() }
    let separator = open.contains(where: \.isAdmonition) ? ": " : HTMLReader.cellSeparator
    switch element.name {
    case "li": flow.endItem()
    case "dt": flow.endTerm()
    case "dd": if let block = flow.endDefinition() { emit([block]) }
    case "td", "th": flow.endCell()
    case "tr": emit(flow.endRow(separator: separator))
    case "table": emit(flow.endTable(separator: separator))
    default:
      if HTMLVocabulary.lists.contains(element.name), let block = flow.endList() { emit([block]) }
      if HTMLVocabulary.preformatted.contains(element.name) { flow.preformattedDepth -= 1 }
    }
  }

  // MARK: Blocks

  /// Ends the run of text at a block's border.
  private mutating func flush() {
    if let (level, anchor) = heading {
      guard let text = flow.takeHeading() else { return }
      heading = nil
      place(heading: text, level: level, anchor: anchor ?? pendingAnchor)
      pendingAnchor = nil
    } else if let block = flow.takeBlock() {
      pendingAnchor = nil
      emit([block])
    }
  }

  /// The first heading that repeats the title names the document and no section of it.
  private mutating func place(heading text: String, level: Int, anchor: String?) {
    if !hasFirstHeading, level == 1 {
      hasFirstHeading = true
      let title = title.collapsed.lowercased()
      let name = text.lowercased()
      if title.isEmpty || title.contains(name) || name.contains(title) {
        repeatedTitle = text
        return outline.unnamedSection()
      }
    }
    outline.heading(text, level: level, anchor: anchor)
  }

  private mutating func emit(_ blocks: [Block]) {
    for block in blocks { outline.append(block) }
  }
}
