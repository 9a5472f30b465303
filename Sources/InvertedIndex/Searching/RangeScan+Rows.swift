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
  /// Finds the postings of terms in a range.
  ///
  /// Addresses outlive the spans they were taken from: `segment` keeps the file mapped while the scan goes on.
  ///
  /// - Parameters:
  ///   - wanted: the places of the terms in the query, ascending.
  ///   - keepsApart: whether lists go to `SearchScratch.lists`; otherwise all rows have the order of their terms.
  func rows(
    ofRange index: Int, for wanted: [Int], keepingListsApart keepsApart: Bool, in scratch: SearchScratch
  ) throws(ParlanceError) -> RangeRows {
    let range = segment.ranges[index]
    let blocks = segment.blocks
    let bytesPerWeight = segment.weights.bytesPerWeight
    let commonStarts = try segment.commonStarts(of: range)
    try findPlaces(range, of: wanted, in: scratch)
    var rows = RangeRows()
    for term in wanted {
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
  private func findPlaces(
    _ range: PostingsRange, of wanted: [Int], in scratch: SearchScratch
  ) throws(ParlanceError) {
    let blocks = segment.blocks
    let own = RangeDirectory.place(of: range)
    let entries = try blocks.values(UInt32.self, from: own.first, count: own.count)
    if range.layout == .everyTerm {
      var isOrdered = true
      for place in wanted {
        let term = Int(terms[place].rawValue)
        let (start, end) = (entries[term], entries[term + 1])
        isOrdered = isOrdered && start <= end && Int(end) <= range.numberedPostings
        unsafe scratch.places[place] = (start, end)
      }
      if isOrdered { return }
    } else {
      let directory = RangeDirectory(range, entries: entries)
      var position = 0
      var isOrdered = true
      for place in wanted {
        let row = directory.row(of: terms[place], from: &position)
        isOrdered = isOrdered && row != nil
        unsafe scratch.places[place] = (UInt32(row?.lowerBound ?? 0), UInt32(row?.upperBound ?? 0))
      }
      if isOrdered { return }
    }
    throw SegmentPostings.contradiction("the directory of a range", segment.path)
  }
}
