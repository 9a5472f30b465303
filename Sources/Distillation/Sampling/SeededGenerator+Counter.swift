import Evaluation

extension SeededGenerator {
  /// The generator of one query in one epoch: the same wherever and in whatever order it is asked for.
  ///
  /// - Parameter repetition: how often the query has come in the epoch before.
  init(seed: UInt64, epoch: Int, query: UInt64, repetition: Int = 0) {
    var state = seed
    // The first time counts for nothing, so that sets that come once have the samples that they always had.
    let repetitions = repetition == 0 ? [] : [UInt64(truncatingIfNeeded: repetition)]
    for part in [UInt64(truncatingIfNeeded: epoch), query] + repetitions {
      var mixer = SeededGenerator(seed: state)
      state = mixer.next() ^ part
    }
    var mixer = SeededGenerator(seed: state)
    self.init(seed: mixer.next())
  }

  /// `count` of the elements, each set of them equally likely; all of them where there are not more.
  mutating func choose<Element>(_ count: Int, of elements: [Element]) -> [Element] {
    guard count < elements.count else { return elements }
    var elements = elements
    for place in 0..<max(0, count) {
      elements.swapAt(place, place + index(below: elements.count - place))
    }
    return Array(elements.prefix(count))
  }

  /// A number between 0 and 1, both excluded.
  mutating func uniform() -> Double {
    (Double(next() >> 12) + 0.5) * 0x1p-52
  }
}
