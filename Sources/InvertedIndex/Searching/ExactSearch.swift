import CKernels
import Diagnostics

/// Runs `RangeScan` over the segments of an index, with scratch that is kept from one query to the next.
final class ExactSearch: Sendable {
  private let idle = IdleScratch()
  private let kernel = PostingsKernel.standard

  /// - Returns: the best `k` passages, and what was done for them.
  func run(
    _ query: PreparedQuery, k: Int, in segments: [IndexSegment], interruption: Interruption?
  ) throws(ParlanceError) -> (hits: [Hit], work: ScanWork) {
    let scratch = idle.take()
    defer { idle.put(scratch) }
    scratch.reserve(terms: query.terms.count)
    var candidates = TopCandidates(limit: k)
    var work = ScanWork()
    for (segment, factors) in zip(segments, query.factors) {
      let scan = RangeScan(
        segment: segment.postings, firstDocument: segment.firstDocument, terms: query.terms, factors: factors,
        scale: SumScale(weights: segment.postings.weights, unit: query.unit), kernel: kernel,
        interruption: interruption)
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
  /// Ranges in which no passage has a term of the query.
  var rangesSkipped = 0
}
