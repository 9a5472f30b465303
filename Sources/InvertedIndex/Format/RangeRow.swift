/// What a range says of a term.
struct RangeRow: BitwiseCopyable {
  /// Where its postings lie among those of the range; those of common terms are counted from the first of them.
  var start, end: UInt32
  /// What its codes are parts of: the greatest weight that a passage of the range has, or had before a merge; 0 where it is not said.
  var greatest: Float

  /// That of a term that no passage has.
  static let empty = RangeRow(start: 0, end: 0, greatest: 0)
}

/// The rows of a range, those of rare or those of common terms.
///
/// Where the postings of a row begin and how much they weigh stand side by side: a search asks for hundreds of rows, and
/// waits for memory once for each.
struct RangeRowTable: ~Escapable {
  private let words: Span<UInt32>
  private let wordsPerRow: Int

  /// How many numbers of four bytes `rows` rows have, and where the last ones end.
  static func words(_ rows: Int, wordsPerRow: Int) -> Int { rows * wordsPerRow + 1 }

  /// - Parameter words: as many as `words(_:wordsPerRow:)` says.
  @_lifetime(copy words)
  init(_ words: Span<UInt32>, wordsPerRow: Int) {
    self.words = words
    self.wordsPerRow = wordsPerRow
  }

  /// Nothing is checked: in a forged file rows may end before they begin and weigh anything.
  @inline(__always)
  subscript(row: Int) -> RangeRow {
    let first = row * wordsPerRow
    return RangeRow(
      start: words[first], end: words[first + wordsPerRow],
      greatest: wordsPerRow == 1 ? 0 : Float(bitPattern: words[first + 1]))
  }
}
