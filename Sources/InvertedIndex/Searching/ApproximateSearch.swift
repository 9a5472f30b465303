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
    masks: [[PassageMask]], interruption: Interruption?
  ) throws(ParlanceError) -> (hits: [Hit], work: ScanWork) {
    var (found, work) = try run(
      query.keeping(scanned), k: candidates, in: segments, masks: masks, interruption: interruption)
    found.sort { $0.document < $1.document }
    var best = TopCandidates(limit: k)
    var first = 0
    for (index, segment) in segments.enumerated() {
      try interruption?.check()
      var end = first
      while end < found.count, Int(found[end].document.rawValue) < Int(segment.firstDocument) + segment.passages {
        end += 1
      }
      let documents = found[first..<end].map(\.document.rawValue)
      first = end
      guard !documents.isEmpty else { continue }
      let rescoring = Rescoring(
        segment: segment.postings, terms: query.terms, factors: query.factors[index],
        scale: SumScale(weights: segment.postings.weights, unit: query.unit), kernel: kernel)
      let scores = try rescoring.scores(of: documents.map { $0 - segment.firstDocument }, adding: &work.postings)
      for (document, score) in zip(documents, scores) where score > 0 { best.insert(score: score, document: document) }
    }
    return (best.finish(), work)
  }
}
