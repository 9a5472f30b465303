import Conversations
import Identifiers
import InvertedIndex
import Retrieval
import SparseVectors
import Testing

@Suite("Timed search")
struct TimedSearchTests {
  @Test("counts FLOPS among the passages whose postings are there, deleted or not")
  func deleted() async throws {
    let tiny = try TinyIndex(Array(repeating: ["undo": 1], count: 4))
    let live = try LiveIndex(path: tiny.folder + "/index")
    try live.delete(["p0", "p1", "p2"])
    let searcher = try Searcher(index: live.snapshot, encoder: WordEncoder())
    var flops: [Double?] = []
    try await TimedSearch(searcher: searcher, k: 3).run([("q", FormedQuery("undo"))]) { flops.append($0.effort.flops) }
    // Every passage has the term.
    #expect(flops == [1])
  }
}
