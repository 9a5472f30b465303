import Diagnostics
import TestSupport
import Testing

@testable import InvertedIndex

@Suite("partition point")
struct PartitionPointTests {
  @Test("is the first place that is not before what is looked for, with few looks", arguments: [UInt64(1), 2])
  func places(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for count in 0..<40 {
      let numbers = (0..<count).map { _ in Int.random(in: 0...count, using: &generator) }.sorted()
      for wanted in -1...count + 1 {
        let expected = numbers.firstIndex { $0 >= wanted } ?? count
        #expect(numbers.partitionPoint { $0 < wanted } == expected, "seed \(seed), \(wanted) in \(numbers)")
        let part = numbers[(count / 3)...]
        #expect(part.partitionPoint { $0 < wanted } == max(expected, count / 3), "seed \(seed), \(wanted) in \(part)")
        var looks = 0
        let place = try (0..<count).partitionPoint { place throws(ParlanceError) in
          looks += 1
          guard looks <= 6 else { throw ParlanceError(.internalFault, "too many looks") }
          return numbers[place] < wanted
        }
        #expect(place == expected, "seed \(seed), \(wanted) in \(numbers)")
      }
    }
  }
}
