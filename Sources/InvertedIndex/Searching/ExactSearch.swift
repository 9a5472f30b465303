import CKernels
import Diagnostics

/// Runs `RangeScan` over the segments of an index, with scratch that is kept from one query to the next.
final class ExactSearch: Sendable {
  private let idle = IdleScratch()
  private let kernel = PostingsKernel.standard

  /// - Returns: the best `k` passages, and how many postings were added up.
  func run(
    _ query: PreparedQuery, k: Int, in segments: [IndexSegment], interruption: Interruption?
  ) throws(ParlanceError) -> (hits: [Hit], postings: Int) {
    let scratch = idle.take()
    defer { idle.put(scratch) }
    scratch.reserve(terms: query.terms.count)
    var candidates = TopCandidates(limit: k)
    var postings = 0
    for (segment, factors) in zip(segments, query.factors) {
      let scan = RangeScan(
        segment: segment.postings, firstDocument: segment.firstDocument, terms: query.terms, factors: factors,
        scale: SumScale(weights: segment.postings.weights, unit: query.unit), kernel: kernel,
        interruption: interruption)
      postings += try scan.run(in: scratch, into: &candidates)
    }
    return (candidates.finish(), postings)
  }
}
