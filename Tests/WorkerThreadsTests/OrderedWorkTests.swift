import Diagnostics
import Testing
import WorkerThreads

@Suite("Work whose results are taken in order")
struct OrderedWorkTests {
  @Test("results come in the order of the pieces, however many threads there are", arguments: [1, 2, 5])
  func order(threads: Int) throws {
    let work = try OrderedWork(threads: threads) { (piece: Int) throws(ParlanceError) in
      // Later pieces are done earlier.
      var sum = 0
      for number in 0..<(50 - piece) * 1000 { sum &+= number }
      return (piece, sum)
    }
    var taken: [Int] = []
    for piece in 0..<50 {
      try work.add(piece) { taken.append($0.0) }
      // No more wait than one beside those that are worked on.
      #expect(taken.count >= piece - threads - 1)
    }
    try work.finish { taken.append($0.0) }
    #expect(taken == Array(0..<50))
  }

  @Test("the first failure in that order is thrown, after what came before it", arguments: [1, 3])
  func failure(threads: Int) throws {
    var taken: [Int] = []
    let error = #expect(throws: ParlanceError.self) {
      let work = try OrderedWork(threads: threads) { (piece: Int) throws(ParlanceError) in
        if piece >= 4 { throw ParlanceError(.badInput, "piece \(piece)") }
        return piece
      }
      for piece in 0..<9 { try work.add(piece) { taken.append($0) } }
      try work.finish { taken.append($0) }
    }
    #expect(error?.message == "piece 4")
    #expect(taken == [0, 1, 2, 3])
  }
}
