/// A piece of a section that is never cut: a block, or one sentence or line of a block that is too long for a passage.
struct Atom: Hashable, Sendable {
  var text: String
  var words: Int
  /// What stands between it and the atom before.
  var separator: String
  /// How much is lost by a passage that begins here: 0 nothing, 1 as much as by a passage of twice the target.
  var breakCost: Double
  /// The outermost definition that it belongs to, and whether it begins it.
  var term: String?
  var beginsTerm: Bool
}

extension Atom {
  /// The atoms of a section's blocks.
  static func atoms(of blocks: [Block], maximumWords: Int) -> [Atom] {
    var atoms: [Atom] = []
    var previous: Block?
    var rowsAbove = 0
    for block in blocks {
      let separator = previous.map { Atom.separator(between: $0, block) } ?? ""
      let cost = previous.map { Atom.breakCost(between: $0, block, rowsAbove: rowsAbove) } ?? 0
      rowsAbove = block.kind == .tableRow ? rowsAbove + 1 : 0
      let pieces = Atom.pieces(of: block, maximumWords: maximumWords)
      for (index, piece) in pieces.enumerated() {
        atoms.append(
          Atom(
            text: piece, words: piece.wordCount,
            separator: index == 0 ? separator : (block.kind == .preformatted ? "\n" : " "),
            breakCost: index == 0 ? cost : 0.6, term: block.term,
            beginsTerm: index == 0 && block.kind == .definition && block.depth <= 1))
      }
      previous = block
    }
    return atoms
  }

  private static func pieces(of block: Block, maximumWords: Int) -> [String] {
    let text = block.kind == .listItem ? "- " + block.text : block.text
    if text.wordCount <= maximumWords { return [text] }
    let units = block.kind == .preformatted ? lines(of: text) : Sentences.split(text)
    return units.flatMap { unit in
      unit.wordCount > maximumWords ? Sentences.pieces(of: unit.collapsed, limit: maximumWords) : [unit]
    }
  }

  /// The lines of a preformatted text, blank ones behind the line above them: no number of words would bound how many of them a
  /// passage may have.
  private static func lines(of text: String) -> [String] {
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if !lines.isEmpty, line.wordCount == 0 {
        lines[lines.count - 1] += "\n\(line)"
      } else {
        lines.append(String(line))
      }
    }
    return lines
  }

  private static func separator(between above: Block, _ below: Block) -> String {
    switch (above.kind, below.kind) {
    case (.listItem, .listItem), (.tableRow, .tableRow): "\n"
    default: "\n\n"
    }
  }

  /// - Parameter rowsAbove: how many rows of the same table stand above; the first is likely to name the columns.
  private static func breakCost(between above: Block, _ below: Block, rowsAbove: Int) -> Double {
    let introduces = above.text.hasSuffix(":") && above.kind != .preformatted
    switch below.kind {
    case .definition: return below.depth <= 1 ? (introduces ? 0.2 : 0) : 0.3
    case .listItem: return below.depth <= 1 ? (introduces ? 0.6 : 0.15) : 0.3
    case .tableRow: return rowsAbove > 1 ? 0.15 : 0.6
    case .preformatted: return introduces ? 0.8 : 0.4
    case .paragraph:
      if below.depth > 0 { return introduces ? 0.8 : 0.35 }
      return introduces ? 0.6 : 0.08
    }
  }
}
