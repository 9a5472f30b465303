import BinaryFiles
import Diagnostics

/// Rows of postings that a search may trust: it adds to the sums of passages without asking.
extension SegmentPostings {
  /// Sees to it that the postings of a row, which is not empty, name passages of their range, each once: a search adds to the
  /// sums of passages without asking, and sums overflow where a passage comes more than once. Like checksums, they are checked
  /// when they are first read.
  ///
  /// - Throws: `badInput`.
  func checkNumbers(of row: Range<Int>, inRange index: Int) throws(ParlanceError) {
    let range = ranges[index]
    for piece in row.lowerBound / Self.pieceSize...(row.upperBound - 1) / Self.pieceSize
    where !checkedPieces.contains(firstPieces[index] + piece) {
      let first = piece * Self.pieceSize
      let blocks = blocks
      let numbers = try blocks.values(
        UInt16.self, from: range.numbers / 2 + first, count: min(Self.pieceSize, range.numberedPostings - first))
      var greatest: UInt16 = 0
      for posting in numbers.indices { greatest = max(greatest, numbers[posting]) }
      guard greatest < range.passages, try ascend(numbers, from: first, in: range) else {
        throw Self.contradiction("the passages of range \(index)", path)
      }
      checkedPieces.insert(firstPieces[index] + piece)
    }
  }

  /// Whether passages ascend within each row: a piece's numbers, and those before it that begin the same row.
  ///
  /// - Parameter first: the number of the piece's first posting within the range.
  private func ascend(_ numbers: Span<UInt16>, from first: Int, in range: PostingsRange) throws(ParlanceError) -> Bool {
    let blocks = blocks
    let place = RangeDirectory.place(of: range)
    let entries = try blocks.values(UInt32.self, from: place.first, count: place.count)
    let rows = RangeDirectory(range, entries: entries).rows
    var before = 0
    for row in 0..<range.rows {
      let (start, end) = (Int(rows[row].start), Int(rows[row].end))
      guard start == before, start <= end else { return false }
      before = end
      // What of the row lies in the piece, with the posting before where the row began in another.
      let own = max(start + 1, first)..<max(max(start + 1, first), min(end, first + numbers.count))
      for posting in own {
        let last =
          posting > first
          ? numbers[posting - 1 - first] : try blocks.value(UInt16.self, at: range.numbers / 2 + posting - 1)
        guard last < numbers[posting - first] else { return false }
      }
    }
    return before == range.numberedPostings
  }

  /// The rows of the common terms in a range.
  @_lifetime(borrow self)
  func commonRows(of range: PostingsRange) throws(ParlanceError) -> RangeRowTable {
    let blocks = blocks
    let words = try blocks.values(
      UInt32.self, from: range.commonDirectory / 4,
      count: common.count == 0 ? 0 : RangeRowTable.words(common.count, wordsPerRow: range.wordsPerRow))
    return unsafe _overrideLifetime(RangeRowTable(words, wordsPerRow: range.wordsPerRow), borrowing: self)
  }

  /// Where the weights of a common term lie among those of range `index`, which has them behind those of rare terms. Sees to
  /// it that the term's bitmap has as many bits, none behind the range: a search reads as many weights as there are bits.
  /// Like checksums, they are checked when they are first read.
  ///
  /// - Parameter postings: its row of `commonRows(of:)`.
  /// - Throws: `badInput`.
  func checkedPostings(
    ofCommonTerm row: Int, _ postings: RangeRow, inRange index: Int
  ) throws(ParlanceError) -> Range<Int> {
    let range = ranges[index]
    let (start, end) = (range.numberedPostings + Int(postings.start), range.numberedPostings + Int(postings.end))
    guard start <= end, end <= range.postings else {
      throw Self.contradiction("the bitmaps of range \(index)", path)
    }
    if !checkedBitmaps.contains(index * common.count + row) {
      let words = try bitmap(ofCommonTerm: row, in: range)
      var (bits, bitsBehind) = (0, 0)
      for word in words.indices {
        bits += words[word].nonzeroBitCount
        let own = min(64, max(0, range.passages - 64 * word))
        if own < 64 { bitsBehind += (words[word] >> UInt64(own)).nonzeroBitCount }
      }
      guard bits == end - start, bitsBehind == 0 else {
        throw Self.contradiction("the bitmaps of range \(index)", path)
      }
      checkedBitmaps.insert(index * common.count + row)
    }
    return start..<end
  }

  /// A bit for each passage of the range, from the least of each number on.
  @_lifetime(borrow self)
  func bitmap(ofCommonTerm row: Int, in range: PostingsRange) throws(ParlanceError) -> Span<UInt64> {
    let blocks = blocks
    let words = try blocks.values(
      UInt64.self, from: range.bitmaps / 8 + row * range.bitmapWords, count: range.bitmapWords)
    return unsafe _overrideLifetime(words, borrowing: self)
  }
}
