extension RandomAccessCollection {
  /// The first place whose element is no longer before what is looked for, `endIndex` where all are; elements that are before it
  /// come first.
  ///
  /// A range of numbers serves whatever is found by its number.
  ///
  /// - Complexity: one look for each doubling of the count.
  @inline(__always)
  func partitionPoint<Failure: Error>(
    where isBefore: (Element) throws(Failure) -> Bool
  ) throws(Failure) -> Index {
    var (low, left) = (startIndex, count)
    while left > 0 {
      let half = left / 2
      let middle = index(low, offsetBy: half)
      if try isBefore(self[middle]) {
        low = index(after: middle)
        left -= half + 1
      } else {
        left = half
      }
    }
    return low
  }
}
