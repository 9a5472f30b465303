import BinaryFiles
import CKernels
import Diagnostics
import SparseVectors

/// Exact search, range by range: the postings of every query term are added into one sum a passage, and the sums that beat
/// the k-th best so far become candidates.
///
/// The sums of a range stay in the processor's cache, and nothing is branched on for a posting. On learned-sparse vectors,
/// whose queries have tens to hundreds of terms, engines that skip by upper bounds lose to this plain scan.
struct RangeScan: ~Copyable {
  let segment: SegmentPostings
  /// The segment's first passage.
  let firstDocument: UInt32
  let terms: [TermID]
  /// For each term what its weights are multiplied with.
  let factors: [Int32]
  let scale: SumScale
  let kernel: PostingsKernel
  let interruption: Interruption?
  /// For each term which of the common ones it is, or -1.
  private let commonRows: [Int]

  init(
    segment: SegmentPostings, firstDocument: UInt32, terms: [TermID], factors: [Int32], scale: SumScale,
    kernel: PostingsKernel, interruption: Interruption?
  ) {
    self.segment = segment
    self.firstDocument = firstDocument
    self.terms = terms
    self.factors = factors
    self.scale = scale
    self.kernel = kernel
    self.interruption = interruption
    commonRows = terms.map { segment.common.row(of: $0) ?? -1 }
  }

  /// Scans every range of the segment.
  ///
  /// - Returns: the number of postings that were added up.
  /// - Throws: `badInput` where a touched block is damaged or names a passage behind its range; `interrupted`.
  func run(in scratch: SearchScratch, into candidates: inout TopCandidates) throws(ParlanceError) -> Int {
    var touched = 0
    for index in segment.ranges.indices {
      try interruption?.check()
      let rows = try rows(ofRange: index, in: scratch)
      guard rows.postings > 0 else { continue }
      touched += rows.postings
      add(rows, ofRange: index, in: scratch)
      collect(range: index, from: scratch, into: &candidates)
    }
    return touched
  }

  /// What was found of a range.
  private struct Rows {
    var count = 0
    var lists = 0
    var postings = 0
  }

  /// Finds the postings of the terms in a range. Bytes are whole numbers, whose order does not matter to their sum, so that
  /// bitmaps are added up together; floats are added term by term.
  private func rows(ofRange index: Int, in scratch: SearchScratch) throws(ParlanceError) -> Rows {
    let range = segment.ranges[index]
    let blocks = segment.blocks
    let bytesPerWeight = segment.weights.bytesPerWeight
    let keepsApart = segment.weights == .u8
    let place = RangeDirectory.place(of: range)
    let entries = try blocks.values(UInt32.self, from: place.first, count: place.count)
    let directory = RangeDirectory(range, entries: entries)
    var rows = Rows()
    var position = 0
    for (term, (factor, common)) in zip(terms, zip(factors, commonRows)) {
      if common >= 0 {
        let postings = try segment.checkedPostings(ofCommonTerm: common, inRange: index)
        guard !postings.isEmpty else { continue }
        let bits = try segment.bitmap(ofCommonTerm: common, in: range)
        let weights = unsafe try weights(of: postings, range, blocks, bytesPerWeight)
        unsafe scratch.rows[rows.count] = parlance_postings_row(
          bits: Self.address(of: bits), numbers: nil, weights: weights, count: Int32(postings.count), factor: factor)
        rows.count += 1
        rows.postings += postings.count
        continue
      }
      guard let postings = directory.row(of: term, from: &position) else {
        throw SegmentPostings.contradiction("the directory of range \(index)", segment.path)
      }
      guard !postings.isEmpty else { continue }
      try segment.checkNumbers(of: postings, inRange: index)
      let numbers = try blocks.values(
        UInt16.self, from: range.numbers / 2 + postings.lowerBound, count: postings.count)
      let weights = unsafe try weights(of: postings, range, blocks, bytesPerWeight)
      let row = unsafe parlance_postings_row(
        bits: nil, numbers: Self.address(of: numbers), weights: weights, count: Int32(postings.count), factor: factor)
      if keepsApart {
        unsafe scratch.lists[rows.lists] = row
        rows.lists += 1
      } else {
        unsafe scratch.rows[rows.count] = row
        rows.count += 1
      }
      rows.postings += postings.count
    }
    return rows
  }

  /// Where weights begin. The address outlives the span: `segment` keeps the file mapped while the scan goes on.
  private func weights(
    of postings: Range<Int>, _ range: PostingsRange, _ blocks: Section, _ bytesPerWeight: Int
  ) throws(ParlanceError) -> UnsafeRawPointer {
    let first = range.weights + bytesPerWeight * postings.lowerBound
    let bytes = try blocks.bytes(in: first..<first + bytesPerWeight * postings.count)
    // A row is not empty, so that there is an address.
    return unsafe bytes.withUnsafeBytes { unsafe $0.baseAddress.unsafelyUnwrapped }
  }

  private static func address<Value: BitwiseCopyable>(of values: Span<Value>) -> UnsafePointer<Value>? {
    unsafe values.withUnsafeBufferPointer { $0.baseAddress }
  }

  private func add(_ rows: Rows, ofRange index: Int, in scratch: SearchScratch) {
    let words = Int64(segment.ranges[index].bitmapWords)
    let kernel = unsafe kernel.pointer
    let count = Int64(rows.count)
    switch segment.weights {
    case .u8:
      unsafe parlance_postings_add_bytes(
        kernel, scratch.rows, count, scratch.lists, Int64(rows.lists), words, scratch.sums)
    case .f16:
      unsafe scratch.sums.withMemoryRebound(to: Float.self, capacity: SearchScratch.passages) { sums in
        unsafe parlance_postings_add_halves(kernel, scratch.rows, count, words, sums)
      }
    case .f32:
      unsafe scratch.sums.withMemoryRebound(to: Float.self, capacity: SearchScratch.passages) { sums in
        unsafe parlance_postings_add_floats(kernel, scratch.rows, count, words, sums)
      }
    }
  }

  /// Takes the sums of a range that are great enough as candidates.
  private func collect(range index: Int, from scratch: SearchScratch, into candidates: inout TopCandidates) {
    let range = segment.ranges[index]
    let passages = Int64(range.passages)
    var limit = scale.sum(scoringAtMost: candidates.thresholdScore)
    if limit == 0 {
      // Whatever scores less than k others is none of the best k. What scores the same may be, if it comes before them.
      let bound = unsafe parlance_postings_bound(
        kernel.pointer, scratch.sums, passages, Int64(candidates.limit), scratch.maxima)
      if bound > 0 { limit = max(0, scale.sum(scoringAtMost: scale.score(of: bound + 1).nextDown)) }
    }
    let found = unsafe parlance_postings_above(kernel.pointer, scratch.sums, passages, limit, scratch.places)
    let first = firstDocument + range.firstPassage
    for index in 0..<Int(found) {
      let place = unsafe Int(scratch.places[index])
      let score = unsafe scale.score(of: scratch.sums[place])
      guard score > 0 else { continue }
      candidates.insert(score: score, document: first + UInt32(place))
    }
    candidates.raiseThreshold()
  }
}
