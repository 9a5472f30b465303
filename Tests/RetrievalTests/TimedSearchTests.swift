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

  @Test("a query whose passages the filter leaves out is not one that no passage matches")
  func filtered() async throws {
    let tiny = try TinyIndex()
    let searcher = try Searcher(index: tiny.index, encoder: WordEncoder())
    // Each passage has the page number 7.
    for (least, hits) in [(7.0, [2, 0, 0]), (8.0, [0, 0, 0])] {
      let filter = PassageFilter([.init("pageNumber", .range(NumberRange(from: least)))])
      let timed = TimedSearch(searcher: searcher, k: 3, filter: filter)
      var summary = BatchSummary()
      var found: [Int] = []
      try await timed.run([
        ("matched", FormedQuery("undo moon")), ("unmatched", FormedQuery("moon")), ("empty", FormedQuery("unknown")),
      ]) { answer in
        summary.add(answer)
        found.append(answer.passages.count)
      }
      #expect(found == hits)
      #expect(summary.queries == 3 && summary.unmatchedQueries == 1 && summary.emptyQueries == 1)
    }
  }
}
