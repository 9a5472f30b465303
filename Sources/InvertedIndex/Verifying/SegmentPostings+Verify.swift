import BinaryFiles
import Diagnostics
import SparseVectors

extension SegmentPostings {
  /// Checks what checksums cannot: that every directory lists every posting once, that passages ascend within a term, that
  /// weights are above zero, that as many passages have each term as is said, that the common terms are those that they say, that
  /// no f16 or f32 weight exceeds the term's greatest, and that no range's greatest does. They may be greater after a merge; and
  /// codes of u8 are parts of a range's, so that whether that is true cannot be told from them.
  ///
  /// - Throws: `badInput` naming the range.
  func verifyContents(interruption: Interruption?) throws(ParlanceError) {
    var passagesWithTerm = [UInt32](repeating: 0, count: vocabularySize)
    let statistics = try statistics(of: (0..<vocabularySize).map { TermID(UInt32($0)) })
    if file.version.major >= 2 {
      guard CommonTerms(of: statistics, passages: passages).terms == common.terms else {
        throw Self.contradiction("its common terms", path)
      }
    }
    for index in ranges.indices {
      try interruption?.check()
      try verify(range: index, statistics, counting: &passagesWithTerm)
    }
    for term in 0..<vocabularySize where statistics[term].passages != passagesWithTerm[term] {
      throw Self.contradiction("the statistics of term \(term)", path)
    }
  }

  private func verify(
    range index: Int, _ statistics: [TermStatistics], counting passagesWithTerm: inout [UInt32]
  ) throws(ParlanceError) {
    let range = ranges[index]
    let blocks = blocks
    let place = RangeDirectory.place(of: range)
    let entries = try blocks.values(UInt32.self, from: place.first, count: place.count)
    let directory = RangeDirectory(range, entries: entries)
    let numbers = try blocks.values(UInt16.self, from: range.numbers / 2, count: range.numberedPostings)
    var last = 0
    for number in 0..<range.rows {
      let (row, term) = (directory.rows[number], Int(directory.term(ofRow: number)))
      let (start, end) = (Int(row.start), Int(row.end))
      guard start == last, start <= end, end <= range.numberedPostings, term < vocabularySize,
        number == 0 || directory.term(ofRow: number - 1) < term,
        start == end || common.row(of: .init(UInt32(term))) == nil
      else { throw Self.contradiction("the directory of range \(index)", path) }
      last = end
      try verifyGreatest(row, statistics[term], inRange: index)
      for posting in start..<end {
        guard Int(numbers[posting]) < range.passages, posting == start || numbers[posting - 1] < numbers[posting],
          try isWeight(posting, in: range, upTo: statistics[term].greatest)
        else { throw Self.contradiction("the postings of term \(term) in range \(index)", path) }
      }
      passagesWithTerm[term] += UInt32(end - start)
    }
    guard last == range.numberedPostings else { throw Self.contradiction("the directory of range \(index)", path) }
    try verifyBitmaps(ofRange: index, statistics, counting: &passagesWithTerm)
  }

  private func verifyBitmaps(
    ofRange index: Int, _ statistics: [TermStatistics], counting passagesWithTerm: inout [UInt32]
  ) throws(ParlanceError) {
    let range = ranges[index]
    let rows = try commonRows(of: range)
    var end = range.numberedPostings
    for (row, term) in common.terms.enumerated() {
      let postings = try checkedPostings(ofCommonTerm: row, rows[row], inRange: index)
      try verifyGreatest(rows[row], statistics[Int(term)], inRange: index)
      guard postings.lowerBound == end else { throw Self.contradiction("the bitmaps of range \(index)", path) }
      end = postings.upperBound
      for posting in postings where try !isWeight(posting, in: range, upTo: statistics[Int(term)].greatest) {
        throw Self.contradiction("the postings of term \(term) in range \(index)", path)
      }
      passagesWithTerm[Int(term)] += UInt32(postings.count)
    }
    guard end == range.postings else { throw Self.contradiction("the bitmaps of range \(index)", path) }
  }

  /// A range's greatest weight is one, and no greater than the segment's; that of an empty row is zero.
  private func verifyGreatest(
    _ row: RangeRow, _ statistics: TermStatistics, inRange index: Int
  ) throws(ParlanceError) {
    if row.start < row.end, weights == .u8 {
      _ = try scale(of: row, statistics, inRange: index)
    } else if row.greatest.bitPattern != 0 {
      throw Self.contradiction("the greatest weights of range \(index)", path)
    }
  }

  private func isWeight(
    _ posting: Int, in range: PostingsRange, upTo greatest: Float
  ) throws(ParlanceError) -> Bool {
    switch weights {
    case .u8: return try blocks.value(UInt8.self, at: range.weights + posting) > 0
    case .f16:
      let weight = try blocks.value(UInt16.self, at: range.weights / 2 + posting)
      return (1..<0x7C00).contains(weight) && greatest <= HalfWeights.greatest
        && weight <= HalfWeights.encode(greatest)
    case .f32:
      let weight = try blocks.value(Float.self, at: range.weights / 4 + posting)
      return weight > 0 && weight <= greatest
    }
  }
}
