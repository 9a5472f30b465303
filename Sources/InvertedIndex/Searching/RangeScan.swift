import BinaryFiles
import Diagnostics
import SparseVectors

/// Exact search, term at a time: for each range of passages the postings of every query term are added into one sum a
/// passage, and the sums that beat the k-th best so far become candidates.
///
/// The sums of a range stay in the processor's cache, and nothing is branched on for a posting. On learned-sparse vectors,
/// whose queries have tens to hundreds of terms, engines that skip by upper bounds lose to this plain scan.
struct RangeScan<Arithmetic: WeightArithmetic>: ~Copyable {
  let segment: SegmentPostings
  /// The segment's first passage.
  let firstDocument: UInt32
  /// For each term its factor.
  let terms: [TermID]
  let factors: [Arithmetic.Sum]
  /// What a sum of 1 is worth.
  let unit: Double
  let interruption: Interruption?

  /// Scans every range of the segment.
  ///
  /// - Returns: the number of postings that were added up.
  /// - Throws: `badInput` where a touched block is damaged or names a passage behind its range; `interrupted`. `sums` are
  ///   then dirty and must be thrown away.
  func run(_ sums: borrowing Accumulators<Arithmetic.Sum>, into candidates: inout TopCandidates) throws(ParlanceError)
    -> Int
  {
    var touched = 0
    for index in segment.ranges.indices {
      try interruption?.check()
      let added = try add(range: index, to: sums)
      guard added > 0 else { continue }
      touched += added
      collect(range: index, from: sums, into: &candidates)
    }
    return touched
  }

  /// Adds the products of a range's postings, terms ascending.
  private func add(range index: Int, to sums: borrowing Accumulators<Arithmetic.Sum>) throws(ParlanceError) -> Int {
    let range = segment.ranges[index]
    let blocks = segment.blocks
    let place = RangeDirectory.place(of: range)
    let entries = try blocks.values(UInt32.self, from: place.first, count: place.count)
    let directory = RangeDirectory(range, entries: entries)
    let (firstNumber, firstWeight) = (range.numbers / 2, range.weights / MemoryLayout<Arithmetic.Stored>.stride)
    var added = 0
    var position = 0
    for (term, factor) in zip(terms, factors) {
      guard let row = directory.row(of: term, from: &position) else {
        throw SegmentPostings.contradiction("the directory of range \(index)", segment.path)
      }
      guard !row.isEmpty else { continue }
      try segment.checkNumbers(of: row, inRange: index)
      let numbers = try blocks.values(UInt16.self, from: firstNumber + row.lowerBound, count: row.count)
      let stored = try blocks.values(Arithmetic.Stored.self, from: firstWeight + row.lowerBound, count: row.count)
      sums.add(numbers: numbers, stored: stored, factor: factor, Arithmetic.self)
      added += row.count
    }
    return added
  }

  /// Takes the sums of a range as candidates and sets them back to zero.
  private func collect(
    range index: Int, from sums: borrowing Accumulators<Arithmetic.Sum>, into candidates: inout TopCandidates
  ) {
    let first = firstDocument + segment.ranges[index].firstPassage
    var limit = Arithmetic.sum(scoringAtMost: candidates.thresholdScore, unit: unit)
    sums.drain(count: segment.ranges[index].passages, above: &limit) { number, sum, limit in
      let score = Arithmetic.score(of: sum, unit: unit)
      guard score > 0 else { return }
      if candidates.insert(score: score, document: first + UInt32(number)) {
        limit = Arithmetic.sum(scoringAtMost: candidates.thresholdScore, unit: unit)
      }
    }
  }
}
