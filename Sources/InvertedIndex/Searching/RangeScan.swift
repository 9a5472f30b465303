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
  /// What a passage must be in to be found: mostly nothing.
  let masks: [PassageMask]
  let kernel: PostingsKernel
  let interruption: Interruption?
  /// For each term which of the common ones it is, or -1.
  let commonRows: [Int]

  init(
    segment: SegmentPostings, firstDocument: UInt32, terms: [TermID], factors: [Int32], scale: SumScale,
    masks: [PassageMask], kernel: PostingsKernel, interruption: Interruption?
  ) {
    self.segment = segment
    self.firstDocument = firstDocument
    self.terms = terms
    self.factors = factors
    self.scale = scale
    self.masks = masks
    self.kernel = kernel
    self.interruption = interruption
    commonRows = terms.map { segment.common.row(of: $0) ?? -1 }
  }

  /// Scans every range of the segment, and adds to `work` what it did.
  ///
  /// - Throws: `badInput` where a touched block is damaged or names a passage behind its range; `interrupted`.
  func run(
    in scratch: SearchScratch, into candidates: inout TopCandidates, adding work: inout ScanWork
  ) throws(ParlanceError) {
    for index in segment.ranges.indices {
      try interruption?.check()
      if masks.contains(where: { $0.counts[index] == 0 }) {
        work.rangesSkipped += 1
        continue
      }
      let rows = try rows(ofRange: index, in: scratch)
      guard rows.postings > 0 else {
        work.rangesSkipped += 1
        continue
      }
      work.rangesSearched += 1
      work.postings += rows.postings
      add(rows, ofRange: index, in: scratch)
      for mask in masks { keep(mask, ofRange: index, in: scratch) }
      collect(range: index, from: scratch, into: &candidates)
    }
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
    let found = unsafe parlance_postings_above(kernel.pointer, scratch.sums, passages, limit, scratch.found)
    let first = firstDocument + range.firstPassage
    for index in 0..<Int(found) {
      let place = unsafe Int(scratch.found[index])
      let score = unsafe scale.score(of: scratch.sums[place])
      guard score > 0 else { continue }
      candidates.insert(score: score, document: first + UInt32(place))
    }
    candidates.raiseThreshold()
  }
}
