import Diagnostics
import SparseVectors

/// Finds the postings of a rare term within a range.
struct RangeDirectory: ~Escapable {
  private let range: PostingsRange
  /// Where the range lies in the section `postings`, in numbers of four bytes.
  static func place(of range: PostingsRange) -> (first: Int, count: Int) {
    (range.directory / 4, range.listedTerms + RangeRowTable.words(range.rows, wordsPerRow: range.wordsPerRow))
  }

  /// The terms that occur, ascending, where they are listed.
  private let terms: Span<UInt32>
  /// A row for each of them, or for each term of the vocabulary.
  let rows: RangeRowTable

  /// - Parameter entries: the numbers at `place(of:)`.
  @_lifetime(copy entries)
  init(_ range: PostingsRange, entries: Span<UInt32>) {
    self.range = range
    terms = entries.extracting(..<range.listedTerms)
    rows = RangeRowTable(entries.extracting(range.listedTerms...), wordsPerRow: range.wordsPerRow)
  }

  /// The term of a row; of a forged file it may be any number.
  func term(ofRow row: Int) -> UInt32 { range.layout == .listedTerms ? terms[row] : UInt32(row) }

  /// The row of `term`; empty where no passage has it and for a common term, `nil` where the directory points outside of the
  /// range.
  ///
  /// - Parameter position: where to search from; for terms that ascend from one call to the next it speeds up the search.
  func row(of term: TermID, from position: inout Int) -> RangeRow? {
    var row = Int(term.rawValue)
    if range.layout == .listedTerms {
      var (low, high) = (position, range.rows)
      while low < high {
        let middle = low + (high - low) / 2
        if terms[middle] < term.rawValue { low = middle + 1 } else { high = middle }
      }
      position = low
      guard low < range.rows, terms[low] == term.rawValue else { return .empty }
      row = low
    }
    guard row < range.rows else { return .empty }
    let found = rows[row]
    return found.start <= found.end && Int(found.end) <= range.numberedPostings ? found : nil
  }
}
