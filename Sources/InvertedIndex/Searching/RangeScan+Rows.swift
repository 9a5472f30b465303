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
    let ofCommonTerms = try segment.commonRows(of: range)
    try findPlaces(range, of: wanted, in: scratch)
    var rows = RangeRows()
    for term in wanted {
      let common = commonRows[term]
      let place = unsafe common >= 0 ? ofCommonTerms[common] : scratch.places[term]
      guard common >= 0 || place.start < place.end else { continue }
      let postings: Range<Int>
      let bits: UnsafeRawPointer?
      let numbers: UnsafeRawPointer?
      if common >= 0 {
        postings = try segment.checkedPostings(ofCommonTerm: common, place, inRange: index)
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
        weights: weights, count: Int32(postings.count), factor: try factor(of: term, place, inRange: index))
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

  /// What the weights of a row are multiplied with: a whole number for bytes, otherwise the bits of a float.
  @inline(__always)
  private func factor(of term: Int, _ row: RangeRow, inRange index: Int) throws(ParlanceError) -> Int32 {
    guard segment.weights == .u8 else { return Int32(bitPattern: weights[term].bitPattern) }
    let scale = try segment.scale(of: row, statistics[term], inRange: index)
    return PreparedQuery.factor(weights[term], scale: scale, multiplier: multiplier)
  }

  /// Looks up where each term's postings lie. Places are far from each other in the file, so that all are asked for before
  /// the first is needed.
  private func findPlaces(
    _ range: PostingsRange, of wanted: [Int], in scratch: SearchScratch
  ) throws(ParlanceError) {
    let blocks = segment.blocks
    let own = RangeDirectory.place(of: range)
    let entries = try blocks.values(UInt32.self, from: own.first, count: own.count)
    let directory = RangeDirectory(range, entries: entries)
    if range.layout == .everyTerm {
      let rows = directory.rows
      var isOrdered = true
      for place in wanted {
        let row = rows[Int(terms[place].rawValue)]
        isOrdered = isOrdered && row.start <= row.end && Int(row.end) <= range.numberedPostings
        unsafe scratch.places[place] = row
      }
      if isOrdered { return }
    } else {
      var position = 0
      var isOrdered = true
      for place in wanted {
        let row = directory.row(of: terms[place], from: &position)
        isOrdered = isOrdered && row != nil
        unsafe scratch.places[place] = row ?? .empty
      }
      if isOrdered { return }
    }
    throw SegmentPostings.contradiction("the directory of a range", segment.path)
  }
}
