import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import Synchronization
import TestSupport
import Testing

@testable import InvertedIndex

@Suite("A live index whose folder another process fills anew")
struct ExchangedIndexTests {
  @Test("an index that another of its kind took the place of is changed; one of another kind is not, and stays whole")
  func exchanged() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    let vectors = (0..<20).map { SparseVector([UInt32($0 % 3): 1.5]) }
    func build(_ weights: StoredWeights, at path: String) throws {
      _ = try InvertedIndex.built(
        MemoryVectors(vectors), vocabularySize: 5, weights: weights, texts: Texts.of(MemoryVectors(vectors)), at: path)
    }
    try build(.u8, at: path)
    let live = try LiveIndex(path: path)
    let new = LiveIndexTests.passages([("new", SparseVector([1: 2]))])
    try build(.u8, at: path)
    #expect(try live.add(new, by: .test).added == 1)
    try build(.f16, at: path)
    for change in [
      { _ = try live.add(new, by: .test) }, { _ = try live.delete(["p3"]) }, { try live.merge() },
    ] {
      let error = #expect(throws: ParlanceError.self) { try change() }
      #expect(error?.code == .usage)
    }
    let index = try InvertedIndex(path: path)
    #expect(index.weights == .f16 && index.count == 20)
    #expect(try InvertedIndex.verify(path: path) == [])
    #expect(try LiveIndex(path: path).add(new, by: .test).added == 1)
  }

  @Test("a folder that was exchanged while it was changed is left alone")
  func exchangedFolder() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    let vectors = MemoryVectors((0..<20).map { SparseVector([UInt32($0 % 3): 1]) })
    for name in ["index", "other"] {
      _ = try InvertedIndex.built(vectors, vocabularySize: 5, texts: Texts.of(vectors), at: scratch(name))
    }
    let live = try LiveIndex(path: path)
    try live.add(LiveIndexTests.passages([("new", SparseVector([1: 2]))]), by: .test)
    let isExchanged = Mutex(false)
    let (other, old) = (scratch("other"), scratch("old"))
    // While the merge reads.
    let exchange: ProgressHandler = { _ in
      isExchanged.withLock {
        guard !$0 else { return }
        $0 = true
        try? FileManager.default.moveItem(atPath: path, toPath: old)
        try? FileManager.default.moveItem(atPath: other, toPath: path)
      }
    }
    let error = #expect(throws: ParlanceError.self) { try live.merge(progress: exchange) }
    #expect(isExchanged.withLock { $0 } && error?.code == .tryAgain, "\(error.map { "\($0)" } ?? "no error")")
    #expect(try InvertedIndex(path: path).count == 20)
    #expect(try InvertedIndex.verify(path: path) == [])
    #expect(try live.delete(["p3"]).deleted == 1)
  }
}
