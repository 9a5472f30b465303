/// One sum for each passage of a range, all zero between two ranges.
///
/// There are always 65,536 of them, so that no 16-bit number, not even one of a forged file, names a place outside. Those
/// behind the range are never set back to zero: `SegmentPostings.checkNumbers` sees that nothing is added to them.
@safe struct Accumulators<Sum: BitwiseCopyable & Comparable & Numeric>: ~Copyable {
  private let sums: UnsafeMutablePointer<Sum>

  static var count: Int { 65_536 }

  init() {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: Self.count * MemoryLayout<Sum>.stride, alignment: 64)
    unsafe sums = bytes.initializeMemory(as: Sum.self, repeating: 0, count: Self.count)
  }

  deinit {
    unsafe sums.deallocate()
  }

  /// Adds `stored * factor` to the sum of each numbered passage.
  @inline(__always)
  func add<Arithmetic: WeightArithmetic>(
    numbers: Span<UInt16>, stored: Span<Arithmetic.Stored>, factor: Sum, _ arithmetic: Arithmetic.Type
  ) where Arithmetic.Sum == Sum {
    precondition(numbers.count == stored.count, "a posting has a number and a weight")
    let count = numbers.count
    unsafe numbers.withUnsafeBufferPointer { numbers in
      unsafe stored.withUnsafeBufferPointer { stored in
        guard let numbers = numbers.baseAddress, let stored = stored.baseAddress else { return }
        for posting in 0..<count {
          let sum = unsafe sums + Int(numbers[posting])
          unsafe sum.pointee = Arithmetic.sum(sum.pointee, Arithmetic.product(stored[posting], factor))
        }
      }
    }
  }

  /// Hands the sums of the first `count` passages that are above `limit` to `take`, in order, and sets all to zero.
  ///
  /// `take` may raise `limit`.
  @inline(__always)
  func drain(count: Int, above limit: inout Sum, _ take: (Int, Sum, inout Sum) -> Void) {
    precondition(count <= Self.count, "a range has at most 65,536 passages")
    var number = 0
    while number < count {
      let block = unsafe sums + number
      // Without branches, so that it becomes a few vector instructions.
      var above: UInt32 = 0
      for lane in 0..<16 { above |= unsafe block[lane] > limit ? 1 : 0 }
      if above != 0 {
        for lane in 0..<min(16, count - number) {
          let sum = unsafe block[lane]
          if sum > limit { take(number + lane, sum, &limit) }
        }
      }
      unsafe block.update(repeating: 0, count: 16)
      number += 16
    }
  }
}
