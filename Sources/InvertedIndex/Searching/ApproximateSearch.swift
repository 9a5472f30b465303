import Diagnostics
import SparseVectors

extension ExactSearch {
  /// Scans for some terms of a query, and scores what is found with all of them.
  ///
  /// - Parameters:
  ///   - scanned: the places of the terms that are scanned.
  ///   - candidates: how many passages are scored with all terms, at least `k`.
  func run(
    _ query: PreparedQuery, scanning scanned: [Int], candidates: Int, k: Int, in segments: [IndexSegment],
    masks: [[PassageMask]], splitting: TermSplitting.Rule, interruption: Interruption?
  ) throws(ParlanceError) -> (hits: [Hit], work: ScanWork) {
    var (found, work) = try run(
      query, scanning: scanned, k: candidates, in: segments, masks: masks, splitting: splitting,
      interruption: interruption)
    found.sort { $0.document < $1.document }
    let documents = found.map(\.document)
    let scores = try scores(of: documents, by: query, in: segments, interruption: interruption, adding: &work)
    var best = TopCandidates(limit: k)
    for (document, score) in zip(documents, scores) where score > 0 {
      best.insert(score: score, document: document.rawValue)
    }
    return (best.finish(), work)
  }
}
