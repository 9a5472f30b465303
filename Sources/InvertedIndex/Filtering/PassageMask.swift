/// Which passages of a segment count, as a bit for each: those that a filter lets through, or those that are not deleted.
///
/// The passages of each range begin at a number of their own, as the sums of a search do.
struct PassageMask: Sendable, Equatable {
  private(set) var words: [UInt64]
  let wordsPerRange: Int
  /// How many passages count in each range.
  private(set) var counts: [Int]
  private let passagesPerRange: Int

  /// - Parameter isFull: whether all passages count, or none.
  init(passages: Int, passagesPerRange: Int, isFull: Bool = false) {
    let ranges = (passages + passagesPerRange - 1) / passagesPerRange
    self.passagesPerRange = passagesPerRange
    wordsPerRange = (passagesPerRange + 63) / 64
    words = Array(repeating: 0, count: ranges * wordsPerRange)
    counts = Array(repeating: 0, count: ranges)
    guard isFull else { return }
    for range in 0..<ranges {
      counts[range] = min(passagesPerRange, passages - range * passagesPerRange)
      let (whole, rest) = counts[range].quotientAndRemainder(dividingBy: 64)
      for word in 0..<whole { words[range * wordsPerRange + word] = .max }
      if rest > 0 { words[range * wordsPerRange + whole] = 1 << UInt64(rest) - 1 }
    }
  }

  var count: Int { counts.reduce(0, +) }

  func contains(_ passage: Int) -> Bool {
    let (word, bit) = place(of: passage)
    return words[word] >> bit & 1 == 1
  }

  mutating func insert(_ passage: Int) {
    let (word, bit) = place(of: passage)
    counts[word / wordsPerRange] += words[word] >> bit & 1 == 0 ? 1 : 0
    words[word] |= 1 << bit
  }

  mutating func remove(_ passage: Int) {
    let (word, bit) = place(of: passage)
    counts[word / wordsPerRange] -= words[word] >> bit & 1 == 1 ? 1 : 0
    words[word] &= ~(1 << bit)
  }

  /// - Precondition: the other mask is of the same segment.
  mutating func formIntersection(_ other: PassageMask) {
    precondition(words.count == other.words.count && wordsPerRange == other.wordsPerRange, "masks of one segment")
    for range in counts.indices {
      var count = 0
      for word in range * wordsPerRange..<(range + 1) * wordsPerRange {
        words[word] &= other.words[word]
        count += words[word].nonzeroBitCount
      }
      counts[range] = count
    }
  }

  private func place(of passage: Int) -> (word: Int, bit: UInt64) {
    // Most segments have ranges of whole numbers, so that a division can be spared.
    if passagesPerRange & 63 == 0 { return (passage >> 6, UInt64(passage & 63)) }
    let (range, place) = passage.quotientAndRemainder(dividingBy: passagesPerRange)
    return (range * wordsPerRange + place >> 6, UInt64(place & 63))
  }
}
