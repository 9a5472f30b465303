import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import TestSupport
import Testing

@testable import Retrieval

@Suite("Searcher.matches")
struct MatchesTests {
  /// A word encoder that knows where its words are.
  private struct PlacedWords: QueryEncoder {
    private let words = WordEncoder()
    var identity: EncoderIdentity { words.identity }
    var vocabulary: Vocabulary { words.vocabulary }

    func encode(_ query: FormedQuery) async throws(ParlanceError) -> QueryVector { try await words.encode(query) }

    func encode(
      _ queries: [FormedQuery], interruption: Interruption?
    ) async throws(ParlanceError) -> [SparseVector] {
      try await words.encode(queries, interruption: interruption)
    }

    func occurrences(in text: String) -> [TermOccurrence] {
      text.split(separator: " ").compactMap { word in
        guard let term = vocabulary.term(of: ExternalID(String(word))) else { return nil }
        let start = text.utf8.distance(from: text.startIndex, to: word.startIndex)
        return TermOccurrence(term: term, bytes: start..<start + word.utf8.count)
      }
    }
  }

  @Test("words are marked whose terms make up the score, not those that add little or that most passages have")
  func marked() async throws {
    // Of 20 passages all have `commit`, and the first alone the others.
    var passages: [[String: Float]] = [["undo": 2, "commit": 2, "merge": 0.05]]
    passages += Array(repeating: ["commit": 1], count: 19)
    let tiny = try TinyIndex(passages)
    let searcher = try Searcher(index: tiny.index, encoder: PlacedWords())
    let result = try await searcher.search("undo commit merge tag", k: 1)
    let found = try #require(result.passages.first)
    let text = "the tag undo commit merge and undo"
    let marked = try searcher.matches(result, found, in: text).map {
      String(decoding: Array(text.utf8)[$0], as: UTF8.self)
    }
    #expect(marked == ["undo", "undo"])
    let pruned = try Searcher(index: tiny.index, encoder: PrunedQueryEncoder(PlacedWords(), keptTerms: 4))
    #expect(try pruned.matches(result, found, in: text).count == 2)
    let placeless = try Searcher(index: tiny.index, encoder: WordEncoder())
    #expect(try placeless.matches(result, found, in: text).isEmpty)
  }

  @Test("BM25 marks words in whatever form the analyzer makes one of")
  func bm25() async throws {
    let folder = try TestSupport.temporaryFolder("matches")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let passage = Passage(id: "p", text: "Undoing the last commit: über-commits undo it")
    try BM25IndexBuilder().build(at: folder + "/index") { () throws(ParlanceError) in
      var rest = [passage, Passage(id: "q", text: "Branches are merged")].makeIterator()
      return PassageSource { () throws(ParlanceError) in rest.next() }
    }
    let index = try InvertedIndex(path: folder + "/index")
    let searcher = try Searcher(index: index, encoder: BM25QueryEncoder(of: index))
    let result = try await searcher.search("how to undo commits", k: 1)
    let marked = try searcher.matches(result, #require(result.passages.first), in: passage.text)
      .map { String(decoding: Array(passage.text.utf8)[$0], as: UTF8.self) }
    #expect(marked == ["Undoing", "commit", "commits", "undo"])
  }
}
