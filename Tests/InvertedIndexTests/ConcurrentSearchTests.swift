import SparseVectors
import Testing

@testable import InvertedIndex

@Suite("64 searchers of one index at once")
struct ConcurrentSearchTests {
  @Test("find what one finds", arguments: StoredWeights.allCases)
  func sameAnswers(weights: StoredWeights) async throws {
    let scratch = try Scratch()
    var collection = RandomCollection(seed: 9)
    while collection.vectors.count < 300 { collection = RandomCollection(seed: collection.next()) }
    _ = try InvertedIndex.built(
      MemoryVectors(collection.vectors), vocabularySize: collection.vocabularySize, weights: weights,
      passagesPerRange: 70, at: scratch("index"))
    let queries = (0..<16).map { _ in collection.query() }
    let expected = try queries.map { [index = try InvertedIndex(path: scratch("index"))] in try index.search($0, k: 25)
    }
    // Nothing has been read of this one, so that its checks race as well.
    let index = try InvertedIndex(path: scratch("index"))
    try await withThrowingTaskGroup(of: [SearchAnswer].self) { group in
      for searcher in 0..<64 {
        group.addTask {
          try queries.indices.map { try index.search(queries[($0 + searcher) % queries.count], k: 25) }
        }
      }
      var searchers = 0
      for try await answers in group {
        searchers += 1
        #expect(Set(answers.map(\.hits)) == Set(expected.map(\.hits)))
        #expect(answers.allSatisfy(expected.contains))
      }
      #expect(searchers == 64)
    }
  }
}
