/// The running text between two block borders, and the lists, definitions and table rows around it.
struct HTMLFlow {
  var preformattedDepth = 0

  private var run = ""
  private var listDepth = 0
  /// What the next block of each open item begins with; nil once a block has begun it.
  private var items: [Item] = []
  private var terms: [String] = []
  private var isTerm = false
  private var definitionTerms: [String?] = []
  /// The open rows, and in each the finished cells; a table may stand in a cell.
  private var rows: [Row] = []
  /// How many rows were open when each open table began.
  private var tables: [Int] = []

  private enum Item { case fresh, begun, definition(String) }

  private struct Row {
    var cells: [[Block]] = []
    var isInCell = false
  }

  mutating func text(_ text: String) { run += text }

  mutating func lineBreak() { run += "\n" }

  mutating func takeHeading() -> String? {
    let text = run.collapsed
    run = ""
    return text.isEmpty ? nil : text
  }

  /// The block that the run makes; nil where it went into a term or a cell, or was white space.
  mutating func takeBlock() -> Block? {
    let isPreformatted = preformattedDepth > 0
    let text = isPreformatted ? HTMLFlow.trimmedLines(run) : run.collapsed
    run = ""
    guard !text.isEmpty else { return nil }
    if isTerm {
      terms.append(text.collapsed)
      return nil
    }
    var block = Block(
      kind: isPreformatted ? .preformatted : .paragraph, text: text, depth: listDepth,
      term: definitionTerms.lazy.compactMap { $0 }.first)
    if let item = items.last, case .fresh = item, !isPreformatted { block.kind = .listItem }
    let announced = takePendingTerms()
    if !announced.isEmpty {
      block.kind = .definition
      block.text = announced.hasSuffix(":") ? "\(announced) \(text)" : "\(announced): \(text)"
    }
    if let last = rows.indices.last, rows[last].isInCell {
      rows[last].cells[rows[last].cells.count - 1].append(block)
      return nil
    }
    return block
  }

  /// The terms of the open definitions that no block has begun yet; a definition may begin with a list.
  private mutating func takePendingTerms() -> String {
    var terms: [String] = []
    for index in items.indices {
      if case .definition(let joined) = items[index] { terms.append(joined) }
      items[index] = .begun
    }
    return terms.joined(separator: ": ")
  }

  /// Without blank lines at both ends and white space at the ends of lines.
  static func trimmedLines(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var line = line
      while let last = line.last, last.isWhitespace { line.removeLast() }
      return line
    }
    while let last = lines.last, last.isEmpty { lines.removeLast() }
    return lines.drop(while: \.isEmpty).joined(separator: "\n")
  }

  // MARK: Lists

  mutating func beginList() { listDepth += 1 }

  /// Ends a list and gives the terms that nothing defined.
  mutating func endList() -> Block? {
    defer { listDepth = max(0, listDepth - 1) }
    return takeTerms()
  }

  /// The terms that are still without a definition, as a block.
  mutating func takeTerms() -> Block? {
    guard !terms.isEmpty else { return nil }
    isTerm = false
    run = terms.joined(separator: ", ")
    terms = []
    return takeBlock()
  }

  mutating func beginItem() { items.append(.fresh) }
  mutating func endItem() { _ = items.popLast() }

  mutating func beginTerm() { isTerm = true }
  mutating func endTerm() { isTerm = false }

  mutating func beginDefinition() {
    isTerm = false
    let joined = terms.joined(separator: ", ")
    definitionTerms.append(terms.map(HTMLFlow.name(ofTerm:)).max { $0.utf8.count < $1.utf8.count })
    items.append(joined.isEmpty ? .fresh : .definition(joined))
    terms = []
  }

  /// A term without the arguments that follow it: `--word-diff[=<mode>]` is `--word-diff`, `push [-p]` is `push`.
  static func name(ofTerm term: String) -> String {
    var previous: Character = " "
    for index in term.indices.dropFirst() {
      let rest = term[index...]
      let opens = "[<(".contains(term[index])
      if (opens && (previous == " " || previous == "=")) || rest.hasPrefix("[=") {
        return term[..<index].drop { $0 == " " }.trimmed(of: "=")
      }
      previous = term[index]
    }
    return term
  }

  /// Ends a definition and gives its terms where it was empty.
  mutating func endDefinition() -> Block? {
    _ = definitionTerms.popLast()
    guard case .definition(let joined)? = items.popLast() else { return nil }
    terms.append(joined)
    return takeTerms()
  }

  // MARK: Tables

  mutating func beginTable() { tables.append(rows.count) }

  /// Ends a table and gives the rows that no end tag ended.
  mutating func endTable(separator: String) -> [Block] {
    let outer = tables.popLast() ?? 0
    var blocks: [Block] = []
    while rows.count > outer { blocks = endRow(separator: separator) + blocks }
    return blocks
  }

  mutating func beginRow() { rows.append(Row()) }

  mutating func beginCell() {
    if rows.count <= tables.last ?? 0 { rows.append(Row()) }
    rows[rows.count - 1].cells.append([])
    rows[rows.count - 1].isInCell = true
  }

  mutating func endCell() {
    guard let last = rows.indices.last else { return }
    rows[last].isInCell = false
  }

  /// One line for a row of short cells; a row that lays out paragraphs, lists or code gives these.
  mutating func endRow(separator: String) -> [Block] {
    guard let row = rows.popLast() else { return [] }
    var blocks: [Block]
    let isData = row.cells.allSatisfy { $0.count <= 1 && $0.allSatisfy { $0.kind == .paragraph } }
    if isData {
      let line = row.cells.compactMap { $0.first?.text }.joined(separator: separator)
      blocks = line.isEmpty ? [] : [Block(kind: .tableRow, text: line, depth: listDepth)]
    } else {
      blocks = row.cells.flatMap { $0 }
    }
    if let last = rows.indices.last, rows[last].isInCell {
      rows[last].cells[rows[last].cells.count - 1].append(contentsOf: blocks)
      return []
    }
    return blocks
  }
}
