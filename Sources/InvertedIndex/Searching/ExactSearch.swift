import CKernels
import Diagnostics
import SparseVectors

/// Runs `RangeScan` over the segments of an index, with scratch that is kept from one query to the next.
final class ExactSearch: Sendable {
  private let idle = IdleScratch()
  let kernel: PostingsKernel

  init(kernel: PostingsKernel = .standard) { self.kernel = kernel }

  /// - Parameters:
  ///   - scanned: the places of the terms whose postings count; all of them for an exact search.
  ///   - masks: for each segment what a passage must be in to be found.
  /// - Returns: the best `k` passages by these terms, and what was done for them.
  func run(
    _ query: PreparedQuery, scanning scanned: [Int]? = nil, k: Int, in segments: [IndexSegment], masks: [[PassageMask]],
    splitting rule: TermSplitting.Rule, interruption: Interruption?
  ) throws(ParlanceError) -> (hits: [Hit], work: ScanWork) {
    let scratch = idle.take()
    defer { idle.put(scratch) }
    scratch.reserve(terms: query.terms.count)
    let scanned = scanned ?? Array(query.terms.indices)
    var candidates = TopCandidates(limit: k)
    var work = ScanWork()
    var splitting = TermSplitting(
      rule, ranges: segments.reduce(0) { $0 + $1.postings.ranges.count }, wanted: k)
    for (index, segment) in segments.enumerated() {
      let scan = scan(of: segment, index, for: query, masks: masks[index], interruption: interruption)
      if segment.postings.weights == .u8 {
        splitting?.begin(scanned, of: query, segment: index, in: segment.postings)
      }
      try scan.run(scanned, splitting: &splitting, in: scratch, into: &candidates, adding: &work)
    }
    return (candidates.finish(), work)
  }

  /// Scores passages by all terms of a query, as a scan would.
  ///
  /// - Parameter documents: ascending.
  /// - Returns: a score for each.
  func scores(
    of documents: [DocumentID], by query: PreparedQuery, in segments: [IndexSegment], interruption: Interruption?,
    adding work: inout ScanWork
  ) throws(ParlanceError) -> [Float] {
    let scratch = idle.take()
    defer { idle.put(scratch) }
    scratch.reserve(terms: query.terms.count)
    var scores: [Float] = []
    for (index, segment) in segments.enumerated() {
      let end = Int(segment.firstDocument) + segment.passages
      let own = documents[scores.count...].prefix { $0.rawValue < end }.map { $0.rawValue - segment.firstDocument }
      let scan = scan(of: segment, index, for: query, masks: [], interruption: interruption)
      scores += try scan.scores(of: own, in: scratch, adding: &work)
    }
    return scores
  }

  private func scan(
    of segment: IndexSegment, _ index: Int, for query: PreparedQuery, masks: [PassageMask],
    interruption: Interruption?
  ) -> RangeScan {
    RangeScan(
      query, segment: segment.postings, number: index, firstDocument: segment.firstDocument, masks: masks,
      kernel: kernel, interruption: interruption)
  }
}

/// What a search did.
struct ScanWork {
  /// Postings that were added up.
  var scanned = 0
  /// Postings that were looked up for passages that were candidates.
  var lookedUp = 0
  var rangesSearched = 0
  /// How many of them were scanned for some of the terms only.
  var rangesSplit = 0
  /// Ranges in which no passage has a term of the query, or none may be found or be among the best.
  var rangesSkipped = 0
}
