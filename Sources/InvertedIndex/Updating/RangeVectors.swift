import BinaryFiles
import Diagnostics
import SparseVectors

/// The vectors of passages of one range, turned back from rows of terms into rows of passages.
struct RangeVectors {
  /// The numbers of the passages within their range.
  private let passages: Range<Int>
  /// Where the terms of each passage begin, and where the last ones end.
  private let starts: [Int]
  private let terms: [TermID]
  private let weights: [Float]

  /// How many terms all of them have together.
  var postings: Int { terms.count }

  /// - Parameter passages: the numbers within the range. Those that are deleted take no memory, as if they had no term.
  /// - Throws: `badInput` for damaged postings.
  init(of passages: Range<Int>, inRange index: Int, of segment: IndexSegment) throws(ParlanceError) {
    let postings = segment.postings
    let first = index * postings.passagesPerRange
    var counts = [Int](repeating: 0, count: passages.count)
    try postings.forEachPosting(of: passages, inRange: index) { _, passage, _ in
      if segment.isLive(first + passage) { counts[passage - passages.lowerBound] += 1 }
    }
    var starts = [0]
    starts.reserveCapacity(counts.count + 1)
    for count in counts { starts.append(starts[starts.count - 1] + count) }
    var free = starts
    var terms = [TermID](repeating: TermID(0), count: starts[counts.count])
    var weights = [Float](repeating: 0, count: starts[counts.count])
    try postings.forEachPosting(of: passages, inRange: index) { term, passage, weight in
      guard segment.isLive(first + passage) else { return }
      let place = free[passage - passages.lowerBound]
      terms[place] = term
      weights[place] = weight
      free[passage - passages.lowerBound] = place + 1
    }
    self.passages = passages
    self.starts = starts
    self.terms = terms
    self.weights = weights
  }

  /// - Parameter passage: the number within the range, one of `passages`.
  func vector(of passage: Int) -> SparseVector {
    let row = passage - passages.lowerBound
    let own = starts[row]..<starts[row + 1]
    return SparseVector(unchecked: Array(terms[own]), Array(weights[own]))
  }
}

extension SegmentPostings {
  /// Takes for each term that occurs in a range the greatest weight by which its codes are scaled there, where that is greater.
  func raise(_ greatest: inout [Float], toRange index: Int) throws(ParlanceError) {
    let (range, blocks) = (ranges[index], blocks)
    let place = RangeDirectory.place(of: range)
    let entries = try blocks.values(UInt32.self, from: place.first, count: place.count)
    let directory = RangeDirectory(range, entries: entries)
    let commonRows = try commonRows(of: range)
    func take(_ row: RangeRow, _ term: UInt32) throws(ParlanceError) {
      guard row.start != row.end else { return }
      guard term < vocabularySize else { throw Self.contradiction("the directory of range \(index)", path) }
      let statistics = try statistics(of: TermID(term))
      greatest[Int(term)] = max(greatest[Int(term)], try self.greatest(of: row, statistics, inRange: index))
    }
    for row in 0..<range.rows { try take(directory.rows[row], directory.term(ofRow: row)) }
    for (row, term) in common.terms.enumerated() { try take(commonRows[row], term) }
  }

  /// Goes through the postings of passages of a range, term by term in ascending order, with the number of the passage within the
  /// range and the weight as it is kept.
  fileprivate func forEachPosting(
    of passages: Range<Int>, inRange index: Int, _ body: (TermID, Int, Float) -> Void
  ) throws(ParlanceError) {
    let range = ranges[index]
    let blocks = blocks
    let place = RangeDirectory.place(of: range)
    let entries = try blocks.values(UInt32.self, from: place.first, count: place.count)
    let directory = RangeDirectory(range, entries: entries)
    let commonRows = try commonRows(of: range)
    if range.numberedPostings > 0 { try checkNumbers(of: 0..<range.numberedPostings, inRange: index) }
    let numbers = try blocks.values(UInt16.self, from: range.numbers / 2, count: range.numberedPostings)
    var common = 0
    func takeCommon(below limit: UInt32) throws(ParlanceError) {
      while common < self.common.count, self.common.terms[common] < limit {
        let term = TermID(self.common.terms[common])
        let row = commonRows[common]
        let postings = try checkedPostings(ofCommonTerm: common, row, inRange: index)
        let bits = try bitmap(ofCommonTerm: common, in: range)
        let first = postings.lowerBound + Self.ones(before: passages.lowerBound, in: bits)
        let end = postings.lowerBound + Self.ones(before: passages.upperBound, in: bits)
        let weights = try decoded(first..<end, of: term, row, inRange: index)
        var posting = 0
        for word in passages.lowerBound / 64..<(passages.upperBound + 63) / 64 {
          var left = bits[word]
          while left != 0 {
            let passage = 64 * word + left.trailingZeroBitCount
            if passages.contains(passage) {
              body(term, passage, weights[posting])
              posting += 1
            }
            left &= left - 1
          }
        }
        common += 1
      }
    }
    for row in 0..<range.rows {
      let found = directory.rows[row]
      let (start, end) = (Int(found.start), Int(found.end))
      guard start <= end, end <= range.numberedPostings else {
        throw Self.contradiction("the directory of range \(index)", path)
      }
      let first = Self.place(of: passages.lowerBound, in: numbers, start..<end)
      let own = first..<Self.place(of: passages.upperBound, in: numbers, first..<end)
      if own.isEmpty { continue }
      let term = directory.term(ofRow: row)
      guard term < vocabularySize else { throw Self.contradiction("the directory of range \(index)", path) }
      try takeCommon(below: term)
      let weights = try decoded(own, of: TermID(term), found, inRange: index)
      for posting in own { body(TermID(term), Int(numbers[posting]), weights[posting - own.lowerBound]) }
    }
    try takeCommon(below: .max)
  }

  /// Where the first posting of a row is whose passage is not before `passage`.
  private static func place(of passage: Int, in numbers: Span<UInt16>, _ row: Range<Int>) -> Int {
    var (low, high) = (row.lowerBound, row.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if numbers[middle] < passage { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// How many of the first `count` bits are set.
  private static func ones(before count: Int, in bits: Span<UInt64>) -> Int {
    let (words, rest) = count.quotientAndRemainder(dividingBy: 64)
    var ones = 0
    for word in 0..<words { ones += bits[word].nonzeroBitCount }
    if rest > 0 { ones += (bits[words] & (1 << UInt64(rest) - 1)).nonzeroBitCount }
    return ones
  }

  /// The weights of a term's postings as they are kept.
  private func decoded(
    _ postings: Range<Int>, of term: TermID, _ row: RangeRow, inRange index: Int
  ) throws(ParlanceError) -> [Float] {
    guard !postings.isEmpty else { return [] }
    let (range, blocks) = (ranges[index], blocks)
    var weights: [Float] = []
    weights.reserveCapacity(postings.count)
    switch self.weights {
    case .u8:
      let codes = try blocks.values(UInt8.self, from: range.weights + postings.lowerBound, count: postings.count)
      let scale = try scale(of: row, statistics(of: term), inRange: index)
      for index in codes.indices { weights.append(ByteWeights.decode(codes[index], scale: scale)) }
    case .f16:
      let halves = try blocks.values(
        UInt16.self, from: range.weights / 2 + postings.lowerBound, count: postings.count)
      for index in halves.indices { weights.append(HalfWeights.decode(halves[index])) }
    case .f32:
      let floats = try blocks.values(Float.self, from: range.weights / 4 + postings.lowerBound, count: postings.count)
      for index in floats.indices {
        guard floats[index] > 0, floats[index].isFinite else {
          throw Self.contradiction("the weights of a range", path)
        }
        weights.append(floats[index])
      }
    }
    return weights
  }
}
