import BinaryFiles
import CKernels
import Diagnostics
import SparseVectors

/// Search of a segment, range by range: postings are added into one sum a passage, and the sums that beat the k-th best so far
/// become candidates.
///
/// The sums of a range stay in the processor's cache, and nothing is branched on for a posting.
struct RangeScan: ~Copyable {
  let segment: SegmentPostings
  /// The segment's first passage.
  let firstDocument: UInt32
  let terms: [TermID]
  /// For each term its weight in the query.
  let weights: [Float]
  /// For each term what the segment says of it, by which that of a range is judged.
  let statistics: [TermStatistics]
  /// What makes factors whole (`PreparedQuery`).
  let multiplier: Double
  let scale: SumScale
  /// What a passage must be in to be found: mostly nothing.
  let masks: [PassageMask]
  let kernel: PostingsKernel
  let interruption: Interruption?
  /// For each term which of the common ones it is, or -1.
  let commonRows: [Int]

  /// - Parameters:
  ///   - number: which of the segments of the query it is.
  ///   - firstDocument: the segment's first passage.
  init(
    _ query: PreparedQuery, segment: SegmentPostings, number: Int, firstDocument: UInt32, masks: [PassageMask],
    kernel: PostingsKernel, interruption: Interruption?
  ) {
    self.segment = segment
    self.firstDocument = firstDocument
    terms = query.terms
    weights = query.weights
    statistics = query.statistics[number]
    multiplier = query.multiplier
    scale = SumScale(weights: segment.weights, unit: query.unit)
    self.masks = masks
    self.kernel = kernel
    self.interruption = interruption
    commonRows = query.terms.map { segment.common.row(of: $0) ?? -1 }
  }

  /// Searches every range of the segment, and adds to `work` what it did.
  ///
  /// - Parameters:
  ///   - scanned: the places of the terms whose postings count.
  ///   - splitting: which of them need not be scanned where there is a k-th best; `nil` scans for all.
  /// - Throws: `badInput` where a touched block is damaged or names a passage behind its range; `interrupted`.
  func run(
    _ scanned: [Int], splitting: inout TermSplitting?, in scratch: SearchScratch, into candidates: inout TopCandidates,
    adding work: inout ScanWork
  ) throws(ParlanceError) {
    for index in segment.ranges.indices {
      try interruption?.check()
      if masks.contains(where: { $0.counts[index] == 0 }) {
        work.rangesSkipped += 1
        continue
      }
      let limit = scale.sum(scoringAtMost: candidates.thresholdScore)
      if let split = splitting?.split(limit: limit), let most = splitting?.mostCandidates(of: split) {
        let effort = try search(
          range: index, by: split, above: limit, mostCandidates: most, in: scratch, into: &candidates, adding: &work)
        splitting?.learn(from: effort, of: split)
        if effort.isDone { continue }
      }
      guard try scan(range: index, for: scanned, limit, in: scratch, into: &candidates, adding: &work) else {
        work.rangesSkipped += 1
        continue
      }
      work.rangesSearched += 1
      if splitting?.wantsToConsider() == true {
        let limit = TermSplitting.near(scale.sum(scoringAtMost: candidates.thresholdScore))
        splitting?.consider(near: limit > 0 ? find(above: limit, inRange: index, in: scratch) : .max)
      }
    }
  }

  /// Adds up all postings of a range.
  ///
  /// - Returns: whether there are any.
  private func scan(
    range index: Int, for scanned: [Int], _ limit: Int32, in scratch: SearchScratch,
    into candidates: inout TopCandidates, adding work: inout ScanWork
  ) throws(ParlanceError) -> Bool {
    guard try addUp(range: index, for: scanned, in: scratch, adding: &work) else { return false }
    var limit = limit
    if limit == 0 {
      // Whatever scores less than k others is none of the best k. What scores the same may be, if it comes before them.
      let passages = Int64(segment.ranges[index].passages)
      let bound = unsafe parlance_postings_bound(
        kernel.pointer, scratch.sums, passages, Int64(candidates.limit), scratch.maxima)
      if bound > 0 { limit = max(0, scale.sum(scoringAtMost: scale.score(of: bound + 1).nextDown)) }
    }
    take(find(above: limit, inRange: index, in: scratch), ofRange: index, from: scratch, into: &candidates)
    return true
  }

  /// Sets the sums of a range to what the postings of terms add up to, and to zero where a passage may not be found.
  ///
  /// - Returns: whether there are any postings; sums are set only then.
  func addUp(
    range index: Int, for scanned: [Int], in scratch: SearchScratch, adding work: inout ScanWork
  ) throws(ParlanceError) -> Bool {
    // Bytes are whole numbers, whose order does not matter to their sum, so that bitmaps are added up together; floats are
    // added term by term.
    let rows = try rows(ofRange: index, for: scanned, keepingListsApart: segment.weights == .u8, in: scratch)
    guard rows.postings > 0 else { return false }
    work.scanned += rows.postings
    add(rows, ofRange: index, in: scratch)
    for mask in masks { keep(mask, ofRange: index, in: scratch) }
    return true
  }

  private func add(_ rows: RangeRows, ofRange index: Int, in scratch: SearchScratch) {
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

  /// Leaves the passages of a mask their sums, and takes those of all others.
  private func keep(_ mask: PassageMask, ofRange index: Int, in scratch: SearchScratch) {
    let words = (segment.ranges[index].passages + 63) / 64
    let own = mask.words.span.extracting(index * mask.wordsPerRange..<index * mask.wordsPerRange + words)
    unsafe own.withUnsafeBufferPointer { own in
      guard let first = own.baseAddress else { return }
      unsafe parlance_postings_keep(kernel.pointer, first, Int64(words), scratch.sums)
    }
  }

  /// Leaves the passages whose sums are above a limit in `SearchScratch.found`, and returns how many there are.
  func find(above limit: Int32, inRange index: Int, in scratch: SearchScratch) -> Int {
    let passages = Int64(segment.ranges[index].passages)
    return unsafe Int(parlance_postings_above(kernel.pointer, scratch.sums, passages, limit, scratch.found))
  }

  /// Takes the first `count` passages of `SearchScratch.found` as candidates.
  func take(
    _ count: Int, ofRange index: Int, from scratch: SearchScratch, into candidates: inout TopCandidates
  ) {
    let first = firstDocument + segment.ranges[index].firstPassage
    for found in 0..<count {
      let place = unsafe Int(scratch.found[found])
      let score = unsafe scale.score(of: scratch.sums[place])
      guard score > 0 else { continue }
      candidates.insert(score: score, document: first + UInt32(place))
    }
    candidates.raiseThreshold()
  }
}
