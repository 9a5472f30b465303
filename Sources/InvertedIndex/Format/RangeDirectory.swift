import Diagnostics
import SparseVectors

/// Finds the postings of a rare term within a range.
struct RangeDirectory: ~Escapable {
  private let range: PostingsRange
  /// Where the range lies in the section `postings`, in numbers of four bytes.
  static func place(of range: PostingsRange) -> (first: Int, count: Int) {
    (range.directory / 4, range.listedTerms + range.rows + 1)
  }

  /// The terms that occur, ascending; then where the postings of each begin, and where the last ones end.
  private let entries: Span<UInt32>

  /// - Parameter entries: the numbers at `place(of:)`.
  @_lifetime(copy entries)
  init(_ range: PostingsRange, entries: Span<UInt32>) {
    self.range = range
    self.entries = entries
  }

  /// Where the postings of `term` lie among those of the range; empty where no passage has it and for a common term, `nil` where the directory
  /// points outside of the range.
  ///
  /// - Parameter position: where to search from; for terms that ascend from one call to the next it speeds up the search.
  func row(of term: TermID, from position: inout Int) -> Range<Int>? {
    var row = Int(term.rawValue)
    if range.layout == .listedTerms {
      var (low, high) = (position, range.rows)
      while low < high {
        let middle = low + (high - low) / 2
        if entries[middle] < term.rawValue { low = middle + 1 } else { high = middle }
      }
      position = low
      guard low < range.rows, entries[low] == term.rawValue else { return 0..<0 }
      row = low
    }
    guard row < range.rows else { return 0..<0 }
    let (start, end) = (Int(entries[range.listedTerms + row]), Int(entries[range.listedTerms + row + 1]))
    return start <= end && end <= range.numberedPostings ? start..<end : nil
  }
}
