import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import TestSupport
import Testing

@testable import Retrieval

@Suite("BM25QueryEncoder")
struct BM25QueryEncoderTests {
  private func withIndex<Result>(_ body: (InvertedIndex) async throws -> Result) async throws -> Result {
    let folder = try TestSupport.temporaryFolder("bm25")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let passages = [
      Passage(id: "p1", title: "git", text: "Undoing the last commit"), Passage(id: "p2", text: "Branches are merged"),
    ]
    try BM25IndexBuilder().build(at: folder + "/index") { () throws(ParlanceError) in
      var rest = passages.makeIterator()
      return PassageSource { () throws(ParlanceError) in rest.next() }
    }
    return try await body(InvertedIndex(path: folder + "/index"))
  }

  @Test("a word weighs as often as the conversation has it, and came from the newest message that has it")
  func sources() async throws {
    try await withIndex { index in
      let encoder = try BM25QueryEncoder(of: index)
      let query = FormedQuery(segments: [
        .init(text: "undo commits", source: .message(2)), .init(text: "the commit is merged", source: .message(1)),
        .init(text: "merging commits", source: .message(0)),
      ])
      let encoded = try await encoder.encode(query)
      let found = zip(encoded.vector.terms, zip(encoded.vector.weights, encoded.sources)).map {
        "\(encoder.vocabulary.piece(of: $0.0)) \($0.1.0) \($0.1.1.map { "\($0)" } ?? "-")"
      }
      #expect(found.sorted() == ["commit 3.0 message(2)", "merg 2.0 message(1)", "undo 1.0 message(2)"])
      #expect(
        try await encoder.encode([query, FormedQuery("nothing")], interruption: nil) == [encoded.vector, .empty])
    }
  }

  @Test("searches its own index without being vouched for")
  func searches() async throws {
    try await withIndex { index in
      let result = try await Searcher(index: index, encoder: BM25QueryEncoder(of: index)).search("merge a branch")
      #expect(result.passages.map(\.id.string) == ["p2"])
      #expect(result.terms.allSatisfy { $0.source == .message(0) })
    }
  }

  @Test("an index of an encoder's vectors is refused")
  func refused() throws {
    let tiny = try TinyIndex()
    #expect { try BM25QueryEncoder(of: tiny.index) } throws: { ($0 as? ParlanceError)?.code == .usage }
  }
}
