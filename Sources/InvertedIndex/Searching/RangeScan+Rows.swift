import BinaryFiles
import CKernels
import Diagnostics
import SparseVectors

/// What of a query's postings lies in one range.
struct RangeRows {
  /// How many rows there are in `SearchScratch.rows`.
  var count = 0
  /// How many there are in `SearchScratch.lists`.
  var lists = 0
  var postings = 0
}

extension RangeScan {
  /// Finds the postings of the terms in a range. Bytes are whole numbers, whose order does not matter to their sum, so that
  /// bitmaps are added up together; floats are added term by term.
  ///
  /// Addresses outlive the spans they were taken from: `segment` keeps the file mapped while the scan goes on.
  func rows(ofRange index: Int, in scratch: SearchScratch) throws(ParlanceError) -> RangeRows {
    let range = segment.ranges[index]
    let blocks = segment.blocks
    let bytesPerWeight = segment.weights.bytesPerWeight
    let keepsApart = segment.weights == .u8
    let commonStarts = try segment.commonStarts(of: range)
    try findPlaces(range, in: scratch)
    var rows = RangeRows()
    for term in terms.indices {
      let common = commonRows[term]
      let place = unsafe scratch.places[term]
      guard common >= 0 || place.start < place.end else { continue }
      let postings: Range<Int>
      let bits: UnsafeRawPointer?
      let numbers: UnsafeRawPointer?
      if common >= 0 {
        postings = try segment.checkedPostings(ofCommonTerm: common, commonStarts, inRange: index)
        guard !postings.isEmpty else { continue }
        let first = range.bitmaps + 8 * common * range.bitmapWords
        unsafe (bits, numbers) = (try blocks.address(of: first..<first + 8 * range.bitmapWords), nil)
      } else {
        postings = Int(place.start)..<Int(place.end)
        try segment.checkNumbers(of: postings, inRange: index)
        let first = range.numbers + 2 * postings.lowerBound
        unsafe (bits, numbers) = (nil, try blocks.address(of: first..<first + 2 * postings.count))
      }
      let first = range.weights + bytesPerWeight * postings.lowerBound
      guard let weights = unsafe try blocks.address(of: first..<first + bytesPerWeight * postings.count) else {
        continue
      }
      let row = unsafe parlance_postings_row(
        bits: bits?.assumingMemoryBound(to: UInt64.self), numbers: numbers?.assumingMemoryBound(to: UInt16.self),
        weights: weights, count: Int32(postings.count), factor: factors[term])
      if keepsApart, common < 0 {
        unsafe scratch.lists[rows.lists] = row
        rows.lists += 1
      } else {
        unsafe scratch.rows[rows.count] = row
        rows.count += 1
      }
      rows.postings += postings.count
    }
    return rows
  }

  /// Looks up where each term's postings lie. Places are far from each other in the file, so that all are asked for before
  /// the first is needed.
  private func findPlaces(_ range: PostingsRange, in scratch: SearchScratch) throws(ParlanceError) {
    let blocks = segment.blocks
    let place = RangeDirectory.place(of: range)
    let entries = try blocks.values(UInt32.self, from: place.first, count: place.count)
    if range.layout == .everyTerm {
      var isOrdered = true
      for (index, term) in terms.enumerated() {
        let (start, end) = (entries[Int(term.rawValue)], entries[Int(term.rawValue) + 1])
        isOrdered = isOrdered && start <= end && Int(end) <= range.numberedPostings
        unsafe scratch.places[index] = (start, end)
      }
      if isOrdered { return }
    } else {
      let directory = RangeDirectory(range, entries: entries)
      var position = 0
      var isOrdered = true
      for (index, term) in terms.enumerated() {
        let row = directory.row(of: term, from: &position)
        isOrdered = isOrdered && row != nil
        unsafe scratch.places[index] = (UInt32(row?.lowerBound ?? 0), UInt32(row?.upperBound ?? 0))
      }
      if isOrdered { return }
    }
    throw SegmentPostings.contradiction("the directory of a range", segment.path)
  }
}
