import BinaryFiles
import CKernels
import Diagnostics
import SparseVectors

/// Scores a few passages of a segment by all terms of a query: what a scan of all its postings would give them, to the bit.
///
/// Each term's postings are looked up in the ranges that have one of the passages. Of a bitmap the bits before a passage's are
/// counted, from one passage to the next; in a list passages are found by bisection.
struct Rescoring: ~Copyable {
  let segment: SegmentPostings
  let terms: [TermID]
  let factors: [Int32]
  let scale: SumScale
  let kernel: PostingsKernel
  private let commonRows: [Int]

  init(segment: SegmentPostings, terms: [TermID], factors: [Int32], scale: SumScale, kernel: PostingsKernel) {
    self.segment = segment
    self.terms = terms
    self.factors = factors
    self.scale = scale
    self.kernel = kernel
    commonRows = terms.map { segment.common.row(of: $0) ?? -1 }
  }

  /// The scores of passages, which ascend, in their order; adds to `postings` how many were looked up.
  ///
  /// - Throws: `badInput` where a touched block is damaged.
  func scores(of passages: [UInt32], adding postings: inout Int) throws(ParlanceError) -> [Float] {
    var scores: [Float] = []
    scores.reserveCapacity(passages.count)
    var first = 0
    while first < passages.count {
      let index = Int(passages[first]) / segment.passagesPerRange
      var end = first + 1
      while end < passages.count, Int(passages[end]) / segment.passagesPerRange == index { end += 1 }
      let places = passages[first..<end].map { Int($0 - segment.ranges[index].firstPassage) }
      for sum in try sums(of: places, inRange: index, adding: &postings) { scores.append(scale.score(of: sum)) }
      first = end
    }
    return scores
  }

  private func sums(of places: [Int], inRange index: Int, adding looked: inout Int) throws(ParlanceError) -> [Int32] {
    let range = segment.ranges[index]
    let blocks = segment.blocks
    let commonStarts = try segment.commonStarts(of: range)
    let place = RangeDirectory.place(of: range)
    let directory = RangeDirectory(
      range, entries: try blocks.values(UInt32.self, from: place.first, count: place.count))
    var sums = [Int32](repeating: 0, count: places.count)
    var position = 0
    for term in terms.indices {
      let common = commonRows[term]
      if common >= 0 {
        let postings = try segment.checkedPostings(ofCommonTerm: common, commonStarts, inRange: index)
        guard !postings.isEmpty else { continue }
        let bits = try segment.bitmap(ofCommonTerm: common, in: range)
        let weights = unsafe try weights(postings, in: range)
        var (word, before) = (0, 0)
        for (number, place) in places.enumerated() where bits[place / 64] >> UInt64(place % 64) & 1 == 1 {
          before += count(bits, word..<place / 64)
          word = place / 64
          let own = (bits[word] & (1 << UInt64(place % 64) - 1)).nonzeroBitCount
          unsafe add(weights, before + own, factors[term], to: &sums[number])
          looked += 1
        }
        continue
      }
      guard let row = directory.row(of: terms[term], from: &position) else {
        throw SegmentPostings.contradiction("the directory of range \(index)", segment.path)
      }
      guard !row.isEmpty else { continue }
      try segment.checkNumbers(of: row, inRange: index)
      let numbers = try blocks.values(UInt16.self, from: range.numbers / 2 + row.lowerBound, count: row.count)
      let weights = unsafe try weights(row, in: range)
      var low = 0
      for (number, place) in places.enumerated() {
        var high = numbers.count
        while low < high {
          let middle = low + (high - low) / 2
          if Int(numbers[middle]) < place { low = middle + 1 } else { high = middle }
        }
        guard low < numbers.count else { break }
        guard Int(numbers[low]) == place else { continue }
        unsafe add(weights, low, factors[term], to: &sums[number])
        looked += 1
      }
    }
    return sums
  }

  /// Addresses outlive the spans they were taken from: `segment` keeps the file mapped.
  private func weights(_ postings: Range<Int>, in range: PostingsRange) throws(ParlanceError) -> UnsafeRawPointer? {
    let size = segment.weights.bytesPerWeight
    let first = range.weights + size * postings.lowerBound
    return unsafe try segment.blocks.address(of: first..<first + size * postings.count)
  }

  private func count(_ bits: Span<UInt64>, _ words: Range<Int>) -> Int {
    guard !words.isEmpty else { return 0 }
    return unsafe bits.extracting(words).withUnsafeBufferPointer { words in
      guard let first = words.baseAddress else { return 0 }
      return unsafe Int(parlance_postings_count(kernel.pointer, first, Int64(words.count)))
    }
  }

  /// Adds a posting as the kernels do: product and sum are rounded each.
  private func add(_ weights: UnsafeRawPointer?, _ posting: Int, _ factor: Int32, to sum: inout Int32) {
    guard let weights = unsafe weights else { return }
    switch segment.weights {
    case .u8:
      sum &+= ByteWeights.product(unsafe weights.load(fromByteOffset: posting, as: UInt8.self), factor)
    case .f16:
      let weight = HalfWeights.decode(unsafe weights.load(fromByteOffset: 2 * posting, as: UInt16.self))
      sum = Self.sum(sum, weight, factor)
    case .f32:
      sum = Self.sum(sum, unsafe weights.load(fromByteOffset: 4 * posting, as: Float.self), factor)
    }
  }

  private static func sum(_ sum: Int32, _ weight: Float, _ factor: Int32) -> Int32 {
    let product = weight * Float(bitPattern: UInt32(bitPattern: factor))
    return Int32(bitPattern: (Float(bitPattern: UInt32(bitPattern: sum)) + product).bitPattern)
  }
}
