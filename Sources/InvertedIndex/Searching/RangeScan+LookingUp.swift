import CKernels
import Diagnostics
import SparseVectors

extension RangeScan {
  /// The scores of a few passages of the segment by all terms: what a scan of all postings would give them, to the bit.
  ///
  /// - Parameter passages: their numbers in the segment, ascending.
  /// - Throws: `badInput` where a touched block is damaged; `interrupted`.
  func scores(
    of passages: [UInt32], in scratch: SearchScratch, adding work: inout ScanWork
  ) throws(ParlanceError) -> [Float] {
    var scores: [Float] = []
    scores.reserveCapacity(passages.count)
    var first = 0
    while first < passages.count {
      try interruption?.check()
      let index = Int(passages[first]) / segment.passagesPerRange
      var count = 0
      while first + count < passages.count, Int(passages[first + count]) / segment.passagesPerRange == index {
        let place = UInt16(passages[first + count] - segment.ranges[index].firstPassage)
        unsafe scratch.found[count] = place
        unsafe scratch.sums[Int(place)] = 0
        count += 1
      }
      let rows = try rows(ofRange: index, for: Array(terms.indices), keepingListsApart: false, in: scratch)
      for row in 0..<rows.count { work.lookedUp += unsafe lookUp(scratch.rows[row], of: count, in: scratch) }
      for found in 0..<count { scores.append(unsafe scale.score(of: scratch.sums[Int(scratch.found[found])])) }
      first += count
    }
    return scores
  }

  /// Adds a row to the sums of the first `count` passages of `SearchScratch.found`, which ascend.
  ///
  /// Of a bitmap the bits before a passage's are counted, from one passage to the next; in a list passages are found by
  /// bisection.
  ///
  /// - Returns: how many of them have a posting.
  func lookUp(_ row: parlance_postings_row, of count: Int, in scratch: SearchScratch) -> Int {
    var row = unsafe row
    let (kernel, count) = unsafe (kernel.pointer, Int64(count))
    let (found, room) = unsafe (scratch.found, scratch.maxima)
    switch segment.weights {
    case .u8:
      return unsafe Int(parlance_postings_look_up_bytes(kernel, &row, found, count, room, scratch.sums))
    case .f16:
      return unsafe scratch.sums.withMemoryRebound(to: Float.self, capacity: SearchScratch.passages) { sums in
        unsafe Int(parlance_postings_look_up_halves(kernel, &row, found, count, room, sums))
      }
    case .f32:
      return unsafe scratch.sums.withMemoryRebound(to: Float.self, capacity: SearchScratch.passages) { sums in
        unsafe Int(parlance_postings_look_up_floats(kernel, &row, found, count, room, sums))
      }
    }
  }
}
