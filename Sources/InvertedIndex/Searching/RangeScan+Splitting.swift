import CKernels
import Diagnostics

extension RangeScan {
  /// Searches a range for some terms, and looks up the others for the passages that may then be among the best.
  ///
  /// A passage whose whole sum is above `limit` has one above `limit - split.bound` by the terms that are scanned, since the
  /// others add `split.bound` at most. Sums are whole numbers, so that those of candidates come out as if all terms had been
  /// scanned.
  ///
  /// - Parameter limit: no passage whose sum is not above this is among the best.
  func search(
    range index: Int, by split: TermSplit, above limit: Int32, mostCandidates: Int, in scratch: SearchScratch,
    into candidates: inout TopCandidates, adding work: inout ScanWork
  ) throws(ParlanceError) -> SplitEffort {
    var effort = SplitEffort()
    guard try addUp(range: index, for: split.scanned, in: scratch, adding: &work) else {
      work.rangesSkipped += 1
      return effort
    }
    var count = find(above: limit - split.bound, inRange: index, in: scratch)
    guard count <= mostCandidates else {
      effort.isDone = false
      return effort
    }
    work.rangesSearched += 1
    work.rangesSplit += 1
    guard count > 0 else { return effort }
    let rows = try rows(ofRange: index, for: split.lookedUp, keepingListsApart: false, in: scratch)
    // What can add most comes first, after which fewest candidates are left.
    var own = unsafe UnsafeMutableBufferPointer(start: scratch.rows, count: rows.count)
    unsafe own.sort { unsafe $0.factor > $1.factor }
    var bound: Int32 = 0
    for row in 0..<rows.count { bound += unsafe 255 * scratch.rows[row].factor }
    for row in 0..<rows.count {
      count = keep(count, above: limit - bound, in: scratch)
      effort.asked += count
      work.lookedUp += unsafe lookUp(scratch.rows[row], of: count, in: scratch)
      bound -= unsafe 255 * scratch.rows[row].factor
    }
    take(keep(count, above: limit, in: scratch), ofRange: index, from: scratch, into: &candidates)
    return effort
  }

  /// Keeps those of the first `count` passages of `SearchScratch.found` whose sums are above a limit.
  private func keep(_ count: Int, above limit: Int32, in scratch: SearchScratch) -> Int {
    var kept = 0
    for index in 0..<count {
      let place = unsafe scratch.found[index]
      unsafe scratch.found[kept] = place
      kept += unsafe scratch.sums[Int(place)] > limit ? 1 : 0
    }
    return kept
  }
}
