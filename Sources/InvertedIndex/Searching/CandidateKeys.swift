/// Selecting and sorting keys of candidates: the bits of a score above, the complement of a document below.
///
/// Many keys are counted by the leading bits in which their scores differ, in time proportional to their number: comparing
/// them would cost more than finding them did.
enum CandidateKeys {
  /// From how many keys on they are counted.
  static let manyKeys = 96
  private static let digitBits = 11

  static func score(_ key: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: key >> 32) }

  /// Keeps the `count` greatest keys, in their order.
  ///
  /// - Parameter keys: at least `count`, which is at least 1.
  /// - Returns: the least of those that stay.
  static func keepGreatest(_ count: Int, of keys: inout [UInt64]) -> UInt64 {
    let least = kthGreatest(count, of: keys)
    var kept = 0
    for index in keys.indices where keys[index] >= least {
      keys[kept] = keys[index]
      kept += 1
    }
    keys.removeLast(keys.count - kept)
    return least
  }

  /// Sorts from the greatest to the least.
  ///
  /// - Parameter keys: of the same score the greater first, as they are when documents ascend.
  static func sort(_ keys: inout [UInt64]) {
    guard keys.count >= manyKeys else { return keys.sort(by: >) }
    let (least, greatest) = scores(of: keys)
    var other = [UInt64](repeating: 0, count: keys.count)
    var shift = 0
    // From the last digit to the first, each time keeping the order within a digit.
    while (greatest - least) >> UInt32(shift) > 0 {
      var places = [Int](repeating: 0, count: 1 << digitBits)
      for key in keys { places[digit(key, from: least, shift)] += 1 }
      var before = 0
      for digit in places.indices.reversed() {
        let own = places[digit]
        places[digit] = before
        before += own
      }
      for key in keys {
        let digit = digit(key, from: least, shift)
        other[places[digit]] = key
        places[digit] += 1
      }
      swap(&keys, &other)
      shift += digitBits
      if shift >= 32 { return }
    }
  }

  /// - Parameter count: at least 1 and at most the number of keys.
  static func kthGreatest(_ count: Int, of keys: [UInt64]) -> UInt64 {
    guard keys.count >= manyKeys else { return keys.sorted(by: >)[count - 1] }
    let (least, greatest) = scores(of: keys)
    let shift = max(0, 32 - (greatest - least).leadingZeroBitCount - digitBits)
    var counts = [Int](repeating: 0, count: 1 << digitBits)
    for key in keys { counts[digit(key, from: least, shift)] += 1 }
    var bucket = counts.count - 1
    var wanted = count
    while counts[bucket] < wanted {
      wanted -= counts[bucket]
      bucket -= 1
    }
    var inBucket: [UInt64] = []
    inBucket.reserveCapacity(counts[bucket])
    for key in keys where digit(key, from: least, shift) == bucket { inBucket.append(key) }
    inBucket.sort(by: >)
    return inBucket[wanted - 1]
  }

  @inline(__always)
  private static func digit(_ key: UInt64, from least: UInt32, _ shift: Int) -> Int {
    Int((score(key) &- least) >> UInt32(shift)) & (1 << digitBits - 1)
  }

  /// The least and the greatest score.
  private static func scores(of keys: [UInt64]) -> (UInt32, UInt32) {
    var (least, greatest) = (UInt32.max, UInt32.min)
    for key in keys {
      least = min(least, score(key))
      greatest = max(greatest, score(key))
    }
    return (least, greatest)
  }
}
