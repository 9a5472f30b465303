import BinaryFiles
import CKernels

/// Where the postings of one range of passages lie, and in which form.
///
/// Postings of rare terms come first, each with the number of its passage; those of common terms follow, whose passages
/// are bits.
struct PostingsRange: Sendable {
  /// How the directory finds the postings of a rare term; whichever is smaller is written.
  enum Layout: UInt32, Sendable {
    /// A row for every term of the vocabulary; those of common ones are empty.
    case everyTerm = 0
    /// The rare terms that occur, ascending, then a row for each of them.
    case listedTerms = 1
  }

  /// The number of the range's first passage in the segment.
  var firstPassage: UInt32
  var passages: Int
  var layout: Layout
  /// How many terms the directory has.
  var rows: Int
  /// How many numbers of four bytes it has for each (`PostingsFormat.wordsPerRow`).
  var wordsPerRow: Int
  /// How many of them are named.
  var listedTerms: Int
  /// All of them, of rare and common terms.
  var postings: Int
  /// How many of them are of rare terms.
  var numberedPostings: Int
  /// Where the directory begins in the section `postings`.
  var directory: Int
  /// Where the rows of common terms begin.
  var commonDirectory: Int
  /// Where the bitmaps begin, one for each common term.
  var bitmaps: Int
  /// How many numbers of 64 bits a bitmap has.
  var bitmapWords: Int
  /// Where the passage numbers begin.
  var numbers: Int
  /// Where the weights begin.
  var weights: Int
  /// Where the range ends.
  var end: Int

  /// The bytes of a range in the section `ranges`.
  static let recordSize = 24

  /// - Parameters:
  ///   - bitmapPostings: how many of `postings` are of common terms.
  ///   - commonTerms: how many common terms the segment has.
  ///   - wordsPerRow: `PostingsFormat.wordsPerRow`.
  init(
    firstPassage: UInt32, passages: Int, layout: Layout, rows: Int, postings: Int, bitmapPostings: Int,
    commonTerms: Int, offset: Int, bytesPerWeight: Int, wordsPerRow: Int
  ) {
    self.firstPassage = firstPassage
    self.passages = passages
    self.layout = layout
    self.rows = rows
    self.postings = postings
    numberedPostings = postings - bitmapPostings
    directory = offset
    self.wordsPerRow = wordsPerRow
    listedTerms = layout == .listedTerms ? rows : 0
    commonDirectory = directory + 4 * (listedTerms + RangeRowTable.words(rows, wordsPerRow: wordsPerRow))
    let step = Int(PARLANCE_POSTINGS_STEP)
    bitmapWords = (passages + step - 1) / step * (step / 64)
    bitmaps = PostingsFormat.aligned(
      commonDirectory + (commonTerms > 0 ? 4 * RangeRowTable.words(commonTerms, wordsPerRow: wordsPerRow) : 0))
    numbers = PostingsFormat.aligned(bitmaps + 8 * bitmapWords * commonTerms)
    weights = PostingsFormat.aligned(numbers + 2 * numberedPostings)
    end = PostingsFormat.aligned(
      weights + bytesPerWeight * postings + (commonTerms > 0 ? Int(PARLANCE_POSTINGS_MARGIN) : 0))
  }

  /// A range of the section `ranges`.
  ///
  /// - Parameters:
  ///   - record: its `recordSize` bytes.
  ///   - offset: where it has to begin.
  ///   - passages: how many the segment has.
  /// - Returns: `nil` where the record contradicts itself or begins elsewhere.
  init?(
    record: RawSpan, number: Int, offset: Int, passages: Int, perRange: Int, commonTerms: Int, bytesPerWeight: Int,
    wordsPerRow: Int
  ) {
    let first = number * perRange
    let postings = Int(record.load(UInt32.self, at: 12))
    let bitmapPostings = Int(record.load(UInt32.self, at: 20))
    guard first < passages, let layout = Layout(rawValue: record.load(UInt32.self, at: 16)),
      record.load(UInt64.self, at: 0) == UInt64(offset),
      bitmapPostings <= (commonTerms > 0 ? postings : 0)
    else { return nil }
    self.init(
      firstPassage: UInt32(first), passages: min(perRange, passages - first), layout: layout,
      rows: Int(record.load(UInt32.self, at: 8)), postings: postings, bitmapPostings: bitmapPostings,
      commonTerms: commonTerms, offset: offset, bytesPerWeight: bytesPerWeight, wordsPerRow: wordsPerRow)
  }

  /// The smaller of the two layouts for a range in which `rows` rare terms of a vocabulary occur.
  static func smallerLayout(rows: Int, vocabularySize: Int, wordsPerRow: Int) -> Layout {
    wordsPerRow * vocabularySize <= (wordsPerRow + 1) * rows ? .everyTerm : .listedTerms
  }
}
