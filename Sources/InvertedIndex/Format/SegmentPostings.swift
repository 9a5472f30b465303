import BinaryFiles
import Diagnostics
import SparseVectors

/// The mapped postings of one segment.
///
/// Opening reads the shape and the table of ranges and checks that they fit each other and the file; a block of postings
/// is checked when it is first read.
final class SegmentPostings: Sendable {
  let path: String
  let weights: StoredWeights
  let passages: Int
  let vocabularySize: Int
  let postings: Int
  let passagesPerRange: Int
  let ranges: [PostingsRange]
  let common: CommonTerms
  /// Whether weights are parts of the greatest of their range, and not of that of the segment.
  let hasRangeScales: Bool
  let file: SectionedFile

  /// The section `postings`.
  let blocks: Section

  private let terms: Section

  /// The passage numbers of a range are checked in pieces of so many.
  static let pieceSize = 1 << 15
  /// The number of each range's first piece.
  let firstPieces: [Int]
  let checkedPieces: CheckedBlocks
  /// For each range, then for each common term.
  let checkedBitmaps: CheckedBlocks

  /// - Throws: `noInput`, `badInput` as `SectionedFile`, and where the tables contradict each other.
  init(path: String) throws(ParlanceError) {
    let file = try SectionedFile(path: path, format: PostingsFormat.format)
    let shape = try file.section(PostingsFormat.shape)
    guard shape.count == 40 else { throw Self.contradiction("its shape", path) }
    let numbers = try (0..<5).map { index throws(ParlanceError) in try shape.value(UInt64.self, at: index) }
    guard let passages = Int(exactly: numbers[0]), passages <= UInt32.max,
      let vocabularySize = Int(exactly: numbers[1]), vocabularySize <= UInt32.max,
      let postings = Int(exactly: numbers[2]),
      let passagesPerRange = Int(exactly: numbers[3]), (1...65_536).contains(passagesPerRange),
      let weights = PostingsFormat.weights(code: numbers[4])
    else { throw Self.contradiction("its shape", path) }
    terms = try file.section(PostingsFormat.terms)
    blocks = try file.section(PostingsFormat.postings)
    guard terms.count == vocabularySize * MemoryLayout<TermStatistics>.stride else {
      throw Self.contradiction("the number of its terms", path)
    }
    self.path = path
    self.weights = weights
    self.passages = passages
    self.vocabularySize = vocabularySize
    self.postings = postings
    self.passagesPerRange = passagesPerRange
    self.file = file
    common = try Self.commonTerms(of: file, vocabularySize: vocabularySize)
    let wordsPerRow = PostingsFormat.wordsPerRow(weights, file.version)
    hasRangeScales = wordsPerRow > 1
    let table = try file.section(PostingsFormat.ranges)
    ranges = try Self.ranges(
      table.bytes(), passages: passages, perRange: passagesPerRange, commonTerms: common.count,
      bytesPerWeight: weights.bytesPerWeight, wordsPerRow: wordsPerRow, end: blocks.count, path: path)
    guard ranges.reduce(0, { $0 + $1.postings }) == postings,
      ranges.allSatisfy({ $0.layout == .listedTerms || $0.rows == vocabularySize })
    else { throw Self.contradiction("the number of its postings", path) }
    var pieces = 0
    var firstPieces: [Int] = []
    for range in ranges {
      firstPieces.append(pieces)
      pieces += (range.numberedPostings + Self.pieceSize - 1) / Self.pieceSize
    }
    self.firstPieces = firstPieces
    checkedPieces = CheckedBlocks(count: pieces)
    checkedBitmaps = CheckedBlocks(count: ranges.count * common.count)
  }

  private static func commonTerms(
    of file: SectionedFile, vocabularySize: Int
  ) throws(ParlanceError) -> CommonTerms {
    var listed: [UInt32] = []
    if file.version.major >= 2 {
      let section = try file.section(PostingsFormat.common)
      let values = try section.values(UInt32.self)
      for index in values.indices { listed.append(values[index]) }
    }
    guard let terms = CommonTerms(listed, vocabularySize: vocabularySize) else {
      throw contradiction("its common terms", file.path)
    }
    return terms
  }

  private static func ranges(
    _ table: RawSpan, passages: Int, perRange: Int, commonTerms: Int, bytesPerWeight: Int, wordsPerRow: Int, end: Int,
    path: String
  ) throws(ParlanceError) -> [PostingsRange] {
    let count = (passages + perRange - 1) / perRange
    guard table.byteCount == count * PostingsRange.recordSize else {
      throw contradiction("the number of its ranges", path)
    }
    var ranges: [PostingsRange] = []
    ranges.reserveCapacity(count)
    var free = 0
    for index in 0..<count {
      let record = table.extracting(index * PostingsRange.recordSize..<(index + 1) * PostingsRange.recordSize)
      guard
        let range = PostingsRange(
          record: record, number: index, offset: free, passages: passages, perRange: perRange,
          commonTerms: commonTerms, bytesPerWeight: bytesPerWeight, wordsPerRow: wordsPerRow)
      else { throw contradiction("range \(index)", path) }
      guard range.end <= end else { throw contradiction("range \(index)", path) }
      free = range.end
      ranges.append(range)
    }
    guard free == end else { throw contradiction("the length of its postings", path) }
    return ranges
  }

  /// How often a term occurs in the segment, and how much it weighs at most.
  ///
  /// - Throws: `badInput` for a damaged block, and for a weight that no passage can have.
  func statistics(of term: TermID) throws(ParlanceError) -> TermStatistics {
    let section = terms
    return try checked(section.values(TermStatistics.self, from: Int(term.rawValue), count: 1)[0], of: term)
  }

  /// The same of many terms, which ascend and are of the vocabulary.
  func statistics(of terms: [TermID]) throws(ParlanceError) -> [TermStatistics] {
    guard let first = terms.first, let last = terms.last else { return [] }
    let section = self.terms
    let values = try section.values(
      TermStatistics.self, from: Int(first.rawValue), count: Int(last.rawValue - first.rawValue) + 1)
    var found: [TermStatistics] = []
    found.reserveCapacity(terms.count)
    for term in terms { found.append(try checked(values[Int(term.rawValue - first.rawValue)], of: term)) }
    return found
  }

  /// What a code of 1 stands for in a row that is not empty, where weights are bytes.
  ///
  /// - Throws: as `greatest`.
  @inline(__always)
  func scale(
    of row: RangeRow, _ statistics: TermStatistics, inRange index: Int
  ) throws(ParlanceError) -> Float {
    ByteWeights.scale(maximum: try greatest(of: row, statistics, inRange: index))
  }

  /// The weight that the codes of a row that is not empty are parts of.
  ///
  /// - Parameter statistics: those of the term.
  /// - Throws: `badInput` for a row of a term that no passage is said to have, and for a greatest weight of the range that is none,
  ///   or above the segment's: what a query's terms are multiplied with is chosen such that sums of weights up to the latter fit
  ///   their bits.
  @inline(__always)
  func greatest(
    of row: RangeRow, _ statistics: TermStatistics, inRange index: Int
  ) throws(ParlanceError) -> Float {
    guard statistics.passages > 0, !hasRangeScales || (row.greatest > 0 && row.greatest <= statistics.greatest) else {
      throw Self.contradiction("the greatest weights of range \(index)", path)
    }
    return hasRangeScales ? row.greatest : statistics.greatest
  }

  private func checked(_ statistics: TermStatistics, of term: TermID) throws(ParlanceError) -> TermStatistics {
    guard statistics.greatest.isFinite, statistics.passages > 0 ? statistics.greatest > 0 : statistics.greatest == 0
    else {
      throw Self.contradiction("the statistics of term \(term.rawValue)", path)
    }
    return statistics
  }

  static func contradiction(_ what: String, _ path: String) -> ParlanceError {
    ParlanceError(
      .badInput, "the postings contradict themselves in \(what); build the index anew or copy it again",
      at: .init(file: path))
  }
}
