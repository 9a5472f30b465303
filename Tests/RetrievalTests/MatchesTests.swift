import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseEncoder
import SparseVectors
import TestSupport
import Testing

@testable import Retrieval

@Suite("Searcher.matches")
struct MatchesTests {
  /// A word encoder that knows where its words are; hyphens stand between the terms of a word.
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
      text.split(separator: " ").flatMap { word in
        let start = text.utf8.distance(from: text.startIndex, to: word.startIndex)
        return word.split(separator: "-").compactMap { part in
          vocabulary.term(of: ExternalID(String(part)))
            .map { TermOccurrence(term: $0, bytes: start..<start + word.utf8.count) }
        }
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
    // A word of several terms is marked once, whichever of them is meant.
    let joined = "undo-undo tag-undo tag-merge undo-tag"
    #expect(try searcher.matches(result, found, in: joined) == [0..<9, 10..<18, 29..<37])
    let pruned = try Searcher(index: tiny.index, encoder: PrunedQueryEncoder(PlacedWords(), keptTerms: 4))
    #expect(try pruned.matches(result, found, in: text).count == 2)
    let error = #expect(throws: ParlanceError.self) { try PrunedQueryEncoder(PlacedWords(), keptTerms: 0) }
    #expect(error?.code == .usage)
    let placeless = try Searcher(index: tiny.index, encoder: WordEncoder())
    #expect(try placeless.matches(result, found, in: text).isEmpty)
  }

  /// The words of a passage that are marked for a question, where BM25 searches.
  private func marked(_ text: String, for question: String) async throws -> [String] {
    let folder = try TestSupport.temporaryFolder("matches")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try BM25IndexBuilder().build(at: folder + "/index") { () throws(ParlanceError) in
      var rest = [Passage(id: "p", text: text), Passage(id: "q", text: "Branches are merged")].makeIterator()
      return PassageSource { () throws(ParlanceError) in rest.next() }
    }
    let index = try InvertedIndex(path: folder + "/index")
    let searcher = try Searcher(index: index, encoder: BM25QueryEncoder(of: index))
    let result = try await searcher.search(question, k: 1)
    return try searcher.matches(result, #require(result.passages.first), in: text)
      .map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
  }

  @Test("BM25 marks words in whatever form the analyzer makes one of")
  func bm25() async throws {
    let text = "Undoing the last commit: über-commits undo it"
    #expect(try await marked(text, for: "how to undo commits") == ["Undoing", "commit", "commits", "undo"])
  }

  @Test("BM25's words are those of its index: an apostrophe belongs to one, an ideograph is one")
  func bm25Words() async throws {
    let text = "Don\u{2019}t reset 東京タワー, as it's 'quoted'"
    #expect(
      try await marked(text, for: "don't quote the 京 of a タワー") == ["Don\u{2019}t", "京", "タワー", "quoted"])
  }

  @Test("each piece that a model reads stands at the whole word that it is of")
  func pieces() throws {
    let encoder = try SlowForwardPass.encoder()
    let found = encoder.occurrences(in: "Undoing é commits").map {
      "\(encoder.vocabulary.piece(of: $0.term).string) \($0.bytes)"
    }
    #expect(found == ["undo 0..<7", "##ing 0..<7", "e 8..<10", "commit 11..<18", "##s 11..<18"])
  }
}
