import BinaryFiles
import Diagnostics
import SparseVectors

extension SegmentPostings {
  /// Checks what checksums cannot: that every directory lists every posting once, that passages ascend within a term, that
  /// weights are above zero, and that as many passages have each term as is said. Whether a term's greatest weight is true cannot be
  /// told from rounded weights.
  ///
  /// - Throws: `badInput` naming the range.
  func verifyContents(interruption: Interruption?) throws(ParlanceError) {
    var passagesWithTerm = [UInt32](repeating: 0, count: vocabularySize)
    for index in ranges.indices {
      try interruption?.check()
      try verify(range: index, counting: &passagesWithTerm)
    }
    for term in 0..<vocabularySize where try statistics(of: .init(UInt32(term))).passages != passagesWithTerm[term] {
      throw Self.contradiction("the statistics of term \(term)", path)
    }
  }

  private func verify(range index: Int, counting passagesWithTerm: inout [UInt32]) throws(ParlanceError) {
    let range = ranges[index]
    let blocks = blocks
    let place = RangeDirectory.place(of: range)
    let entries = try blocks.values(UInt32.self, from: place.first, count: place.count)
    let numbers = try blocks.values(UInt16.self, from: range.numbers / 2, count: range.numberedPostings)
    guard entries[range.listedTerms] == 0,
      Int(entries[range.listedTerms + range.rows]) == range.numberedPostings
    else { throw Self.contradiction("the directory of range \(index)", path) }
    for row in 0..<range.rows {
      let term = range.layout == .listedTerms ? Int(entries[row]) : row
      let (start, end) = (Int(entries[range.listedTerms + row]), Int(entries[range.listedTerms + row + 1]))
      guard start <= end, end <= range.numberedPostings, term < vocabularySize,
        range.layout == .everyTerm || row == 0 || entries[row - 1] < entries[row],
        start == end || common.row(of: .init(UInt32(term))) == nil
      else { throw Self.contradiction("the directory of range \(index)", path) }
      for posting in start..<end {
        guard Int(numbers[posting]) < range.passages, posting == start || numbers[posting - 1] < numbers[posting],
          try isWeight(posting, in: range)
        else { throw Self.contradiction("the postings of term \(term) in range \(index)", path) }
      }
      passagesWithTerm[term] += UInt32(end - start)
    }
    try verifyBitmaps(ofRange: index, counting: &passagesWithTerm)
  }

  private func verifyBitmaps(ofRange index: Int, counting passagesWithTerm: inout [UInt32]) throws(ParlanceError) {
    let range = ranges[index]
    let starts = try commonStarts(of: range)
    var end = range.numberedPostings
    for (row, term) in common.terms.enumerated() {
      let postings = try checkedPostings(ofCommonTerm: row, starts, inRange: index)
      guard postings.lowerBound == end else { throw Self.contradiction("the bitmaps of range \(index)", path) }
      end = postings.upperBound
      for posting in postings where try !isWeight(posting, in: range) {
        throw Self.contradiction("the postings of term \(term) in range \(index)", path)
      }
      passagesWithTerm[Int(term)] += UInt32(postings.count)
    }
    guard end == range.postings else { throw Self.contradiction("the bitmaps of range \(index)", path) }
  }

  private func isWeight(_ posting: Int, in range: PostingsRange) throws(ParlanceError) -> Bool {
    switch weights {
    case .u8: return try blocks.value(UInt8.self, at: range.weights + posting) > 0
    case .f16: return (1..<0x7C00).contains(try blocks.value(UInt16.self, at: range.weights / 2 + posting))
    case .f32:
      let weight = try blocks.value(Float.self, at: range.weights / 4 + posting)
      return weight > 0 && weight.isFinite
    }
  }
}
