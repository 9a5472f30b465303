import BinaryFiles
import Diagnostics
import SparseVectors

/// The vectors of one range of passages, turned back from rows of terms into rows of passages.
struct RangeVectors {
  /// Where the terms of each passage begin, and where the last ones end.
  private var starts: [Int]
  private var terms: [TermID]
  private var weights: [Float]

  /// - Throws: `badInput` for damaged postings.
  init(of postings: SegmentPostings, range index: Int) throws(ParlanceError) {
    let range = postings.ranges[index]
    var counts = [Int](repeating: 0, count: range.passages)
    try postings.forEachPosting(ofRange: index) { _, passage, _ in counts[passage] += 1 }
    starts = [0]
    starts.reserveCapacity(counts.count + 1)
    for count in counts { starts.append(starts[starts.count - 1] + count) }
    var free = starts
    var terms = [TermID](repeating: TermID(0), count: starts[counts.count])
    var weights = [Float](repeating: 0, count: starts[counts.count])
    try postings.forEachPosting(ofRange: index) { term, passage, weight in
      terms[free[passage]] = term
      weights[free[passage]] = weight
      free[passage] += 1
    }
    self.terms = terms
    self.weights = weights
  }

  /// - Parameter passage: the number within the range.
  func vector(of passage: Int) -> SparseVector {
    let own = starts[passage]..<starts[passage + 1]
    return SparseVector(unchecked: Array(terms[own]), Array(weights[own]))
  }
}

extension SegmentPostings {
  /// Goes through the postings of a range, term by term in ascending order, with the number of the passage within the range and
  /// the weight as it is kept.
  fileprivate func forEachPosting(
    ofRange index: Int, _ body: (TermID, Int, Float) -> Void
  ) throws(ParlanceError) {
    let range = ranges[index]
    let blocks = blocks
    let place = RangeDirectory.place(of: range)
    let entries = try blocks.values(UInt32.self, from: place.first, count: place.count)
    let starts = try commonStarts(of: range)
    if range.numberedPostings > 0 { try checkNumbers(of: 0..<range.numberedPostings, inRange: index) }
    let numbers = try blocks.values(UInt16.self, from: range.numbers / 2, count: range.numberedPostings)
    let statistics = try statistics(of: (0..<vocabularySize).map { TermID(UInt32($0)) })
    var common = 0
    func takeCommon(below limit: UInt32) throws(ParlanceError) {
      while common < self.common.count, self.common.terms[common] < limit {
        let term = TermID(self.common.terms[common])
        let postings = try checkedPostings(ofCommonTerm: common, starts, inRange: index)
        let weights = try decoded(postings, statistics[Int(term.rawValue)], in: range)
        let bits = try bitmap(ofCommonTerm: common, in: range)
        var posting = 0
        for word in bits.indices {
          var left = bits[word]
          while left != 0 {
            body(term, 64 * word + left.trailingZeroBitCount, weights[posting])
            posting += 1
            left &= left - 1
          }
        }
        common += 1
      }
    }
    for row in 0..<range.rows {
      let (start, end) = (Int(entries[range.listedTerms + row]), Int(entries[range.listedTerms + row + 1]))
      guard start <= end, end <= range.numberedPostings else {
        throw Self.contradiction("the directory of range \(index)", path)
      }
      if start == end { continue }
      let term = range.layout == .listedTerms ? entries[row] : UInt32(row)
      guard term < vocabularySize else { throw Self.contradiction("the directory of range \(index)", path) }
      try takeCommon(below: term)
      let weights = try decoded(start..<end, statistics[Int(term)], in: range)
      for posting in start..<end { body(TermID(term), Int(numbers[posting]), weights[posting - start]) }
    }
    try takeCommon(below: .max)
  }

  /// The weights of a term's postings as they are kept.
  private func decoded(
    _ postings: Range<Int>, _ statistics: TermStatistics, in range: PostingsRange
  ) throws(ParlanceError) -> [Float] {
    let blocks = blocks
    var weights: [Float] = []
    weights.reserveCapacity(postings.count)
    switch self.weights {
    case .u8:
      let codes = try blocks.values(UInt8.self, from: range.weights + postings.lowerBound, count: postings.count)
      let scale = statistics.scale
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
