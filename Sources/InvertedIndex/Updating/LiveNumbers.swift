/// Numbers the passages of a segment that are not deleted from 0 on, in both directions.
struct LiveNumbers: Sendable {
  private let segment: IndexSegment
  /// How many passages that are not deleted are before each block; nothing where none is deleted.
  private let starts: [UInt32]
  private static let blockSize = 128

  init(of segment: IndexSegment) {
    self.segment = segment
    guard segment.live != nil else {
      starts = []
      return
    }
    var starts: [UInt32] = []
    var count: UInt32 = 0
    for passage in 0..<segment.passages {
      if passage % Self.blockSize == 0 { starts.append(count) }
      if segment.isLive(passage) { count += 1 }
    }
    self.starts = starts
  }

  /// The passage that has a number, which is below that of all that are not deleted.
  func passage(_ number: Int) -> Int {
    guard !starts.isEmpty else { return number }
    var (low, high) = (0, starts.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= number { low = middle } else { high = middle - 1 }
    }
    var passage = low * Self.blockSize
    var left = number - Int(starts[low])
    while true {
      if segment.isLive(passage) {
        if left == 0 { return passage }
        left -= 1
      }
      passage += 1
    }
  }

  /// The number of a passage, or `nil` for one that is deleted.
  func number(of passage: Int) -> Int? {
    guard segment.isLive(passage) else { return nil }
    guard !starts.isEmpty else { return passage }
    let block = passage / Self.blockSize
    return Int(starts[block]) + (block * Self.blockSize..<passage).count { segment.isLive($0) }
  }
}
