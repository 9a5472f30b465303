import CKernels
import Diagnostics

/// Runs `RangeScan` over the segments of an index, with scratch that is kept from one query to the next.
final class ExactSearch: Sendable {
  private let idle = IdleScratch()
  let kernel = PostingsKernel.standard

  /// - Parameter masks: for each segment what a passage must be in to be found.
  /// - Returns: the best `k` passages, and what was done for them.
  func run(
    _ query: PreparedQuery, k: Int, in segments: [IndexSegment], masks: [[PassageMask]], interruption: Interruption?
  ) throws(ParlanceError) -> (hits: [Hit], work: ScanWork) {
    let scratch = idle.take()
    defer { idle.put(scratch) }
    scratch.reserve(terms: query.terms.count)
    var candidates = TopCandidates(limit: k)
    var work = ScanWork()
    for (index, segment) in segments.enumerated() {
      let scan = RangeScan(
        segment: segment.postings, firstDocument: segment.firstDocument, terms: query.terms,
        factors: query.factors[index], scale: SumScale(weights: segment.postings.weights, unit: query.unit),
        masks: masks[index], kernel: kernel, interruption: interruption)
      try scan.run(in: scratch, into: &candidates, adding: &work)
    }
    return (candidates.finish(), work)
  }
}

/// What a search did.
struct ScanWork {
  /// Postings that were added up.
  var postings = 0
  var rangesSearched = 0
  /// Ranges in which no passage has a term of the query, or none may be found.
  var rangesSkipped = 0
}
