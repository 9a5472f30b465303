import Conversations
import Diagnostics
import Identifiers
import SparseVectors
import Synchronization

/// The passages of several segments that are not deleted, one behind the other, read back out of their files.
///
/// Whoever reads vectors one by one in their order turns each range of postings back once; memory is that of one range, of the
/// passages that are asked for where many are asked for at once, and a bit for each passage.
final class MergedPassages: PassageVectors {
  let segments: [IndexSegment]
  private let numbers: [LiveNumbers]
  /// The number of each segment's first passage among all, and how many there are.
  private let firsts: [Int]
  private let current = Mutex<(segment: Int, range: Int, vectors: RangeVectors)?>(nil)

  init(_ segments: [IndexSegment]) {
    self.segments = segments
    numbers = segments.map { LiveNumbers(of: $0) }
    var firsts = [0]
    for segment in segments { firsts.append(firsts[firsts.count - 1] + segment.livePassages) }
    self.firsts = firsts
  }

  var count: Int { firsts[segments.count] }

  func location(of index: Int) -> ParlanceError.Location {
    let (segment, number) = place(of: index)
    return .init(file: segments[segment].postings.path, component: "passage \(number)")
  }

  func id(at index: Int) throws(ParlanceError) -> ExternalID {
    let (segment, number) = place(of: index)
    return try segments[segment].documents.id(at: number)
  }

  func vector(at index: Int) throws(ParlanceError) -> SparseVector {
    let (segment, number) = place(of: index)
    let postings = segments[segment].postings
    let (range, place) = number.quotientAndRemainder(dividingBy: postings.passagesPerRange)
    return try current.withLock { current throws(ParlanceError) in
      if let current, current.segment == segment, current.range == range { return current.vectors.vector(of: place) }
      current = nil
      let vectors = try RangeVectors(of: 0..<postings.ranges[range].passages, inRange: range, of: segments[segment])
      current = (segment, range, vectors)
      return vectors.vector(of: place)
    }
  }

  func forEachVector(
    in passages: Range<Int>, _ body: (SparseVector, Int) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    var index = passages.lowerBound
    while index < passages.upperBound {
      let (segment, first) = place(of: index)
      let perRange = segments[segment].postings.passagesPerRange
      let range = first / perRange
      // Those of the same range, and no others: several threads read, each some passages.
      var places = [first % perRange]
      while index + places.count < passages.upperBound {
        let (other, number) = place(of: index + places.count)
        guard other == segment, number / perRange == range else { break }
        places.append(number % perRange)
      }
      let own = places[0]..<places[places.count - 1] + 1
      let vectors = try RangeVectors(of: own, inRange: range, of: segments[segment])
      for place in places {
        try body(vectors.vector(of: place), index)
        index += 1
      }
    }
  }

  /// For each term of the vocabulary the greatest weight of the ranges that passages are in, by which they were rounded; 0 where
  /// none of them has the term. Weights are bytes.
  func greatestWeights(of passages: Range<Int>, vocabularySize: Int) throws(ParlanceError) -> [Float] {
    var greatest = [Float](repeating: 0, count: vocabularySize)
    var last: (segment: Int, range: Int)?
    for index in passages {
      let (segment, number) = place(of: index)
      let range = number / segments[segment].postings.passagesPerRange
      if let last, last == (segment, range) { continue }
      last = (segment, range)
      try segments[segment].postings.raise(&greatest, toRange: range)
    }
    return greatest
  }

  /// The texts in the same order; `nil` where there are none.
  var texts: PassageSource? {
    guard !segments.isEmpty, segments.allSatisfy({ $0.documents.hasTexts }) else { return nil }
    var next = 0
    var reader: (segment: Int, texts: DocumentStore.TextReader)?
    return PassageSource { [self] () throws(ParlanceError) in
      guard next < count else { return nil }
      let (segment, number) = place(of: next)
      next += 1
      if reader?.segment != segment { reader = (segment, DocumentStore.TextReader(segments[segment].documents)) }
      return try reader?.texts.passage(at: number)
    }
  }

  /// The number that a passage of a segment has here; `nil` for one that was deleted before.
  func index(of number: UInt32, in segment: Int) -> Int? {
    numbers[segment].number(of: Int(number)).map { firsts[segment] + $0 }
  }

  /// The numbers that the passages of a segment have here.
  func indexes(of segment: Int) -> Range<Int> { firsts[segment]..<firsts[segment + 1] }

  private func place(of index: Int) -> (segment: Int, number: Int) {
    var (low, high) = (0, segments.count - 1)
    while low < high {
      let middle = low + (high - low + 1) / 2
      if firsts[middle] <= index { low = middle } else { high = middle - 1 }
    }
    return (low, numbers[low].passage(index - firsts[low]))
  }
}
