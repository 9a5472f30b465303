import Conversations
import Diagnostics
import Identifiers
import InvertedIndex
import SparseVectors
import TestSupport
import Testing

@testable import Retrieval

@Suite("Searcher")
struct SearcherTests {
  static let turn = Turn(
    id: "c_2", conversation: "c", number: 2,
    messages: [
      Message(role: .user, content: "undo last commit"), Message(role: .assistant, content: "undo the merge"),
      Message(role: .user, content: "and a branch"),
    ])

  @Test("ranks passages by score and brings id, text and metadata of each")
  func ranks() async throws {
    let tiny = try TinyIndex()
    let searcher = try Searcher(index: tiny.index, encoder: WordEncoder())
    let result = try await searcher.search("undo commit commit", k: 10)
    #expect(result.passages.map(\.id.string) == ["p0", "p2", "p3"])
    #expect(result.passages.map(\.rank) == [1, 2, 3])
    #expect(result.passages.map(\.score) == [5, 2, 1])
    #expect(result.passages.map { $0.passage?.title } == ["Title 0", "Title 2", "Title 3"])
    #expect(result.passages.first?.passage?.metadata["pageNumber"] == .integer(7))
    #expect(result.terms.map(\.piece) == ["commit", "undo"], "heaviest first")
    #expect(result.terms.map(\.weight) == [2, 1])
    #expect(result.answer.isExact && result.answer.weights == .f32)
    #expect(try await searcher.search("undo commit commit", k: 1).passages.map(\.id.string) == ["p0"])
  }

  @Test("an index without texts gives ids and scores alone")
  func withoutTexts() async throws {
    let tiny = try TinyIndex(texts: false)
    let result = try await Searcher(index: tiny.index, encoder: WordEncoder()).search("merge")
    #expect(result.passages.map(\.id.string) == ["p3", "p1"])
    #expect(result.passages.allSatisfy { $0.passage == nil })
  }

  @Test("a query without terms and one that no passage matches find nothing, and can be told apart")
  func nothing() async throws {
    let tiny = try TinyIndex()
    let searcher = try Searcher(index: tiny.index, encoder: WordEncoder())
    let empty = try await searcher.search("what is this")
    #expect(empty.passages.isEmpty && empty.answer.queryTerms == 0)
    let unmatched = try await searcher.search("moon")
    #expect(unmatched.passages.isEmpty && unmatched.answer.queryTerms == 1 && unmatched.answer.matchedTerms == 0)
  }

  @Test("a k below 1 is refused")
  func k() async throws {
    let tiny = try TinyIndex()
    let searcher = try Searcher(index: tiny.index, encoder: WordEncoder())
    await #expect { try await searcher.search("undo", k: 0) } throws: { ($0 as? ParlanceError)?.code == .usage }
  }

  @Test("another encoder is refused, unless the user vouches for it")
  func otherEncoder() throws {
    let tiny = try TinyIndex()
    #expect {
      try Searcher(index: tiny.index, encoder: WordEncoder(identity: .student))
    } throws: { error in
      let error = error as? ParlanceError
      return error?.code == .badInput && error?.message.contains("expected queries of teacher") == true
    }
    _ = try Searcher(index: tiny.index, encoder: WordEncoder(identity: .student), trustingEncoder: true)
  }

  @Test("a student is accepted for the passages of the encoder that it was distilled for, and no other")
  func student() throws {
    let tiny = try TinyIndex()
    _ = try Searcher(index: tiny.index, encoder: WordEncoder(identity: .student, passageSpace: .teacher))
    let other = EncoderIdentity(digest: String(repeating: "ef", count: 32), name: "other")
    #expect(throws: ParlanceError.self) {
      try Searcher(index: tiny.index, encoder: WordEncoder(identity: .student, passageSpace: other))
    }
  }

  @Test("terms of another vocabulary are refused even from an encoder that is vouched for")
  func otherVocabulary() throws {
    let tiny = try TinyIndex()
    #expect {
      try Searcher(
        index: tiny.index, encoder: WordEncoder(vocabulary: .named(["undo", "commit"])), trustingEncoder: true)
    } throws: { ($0 as? ParlanceError)?.code == .badInput }
  }

  @Test("the form says which messages are searched with, and each term knows its newest message")
  func forms() async throws {
    let tiny = try TinyIndex()
    let searcher = try Searcher(index: tiny.index, encoder: WordEncoder())
    func sources(_ form: ConversationForm, _ rewrite: String? = nil) async throws -> [String: FormedQuery.Source?] {
      let result = try await searcher.search(Self.turn, form: form, rewrite: rewrite)
      return Dictionary(uniqueKeysWithValues: result.terms.map { ($0.piece, $0.source) })
    }
    #expect(try await sources(.lastTurn) == ["branch": .message(2)])
    #expect(
      try await sources(.userTurns)
        == ["branch": .message(2), "undo": .message(0), "last": .message(0), "commit": .message(0)])
    #expect(
      try await sources(.conversation)
        == [
          "branch": .message(2), "undo": .message(1), "merge": .message(1), "last": .message(0), "commit": .message(0),
        ])
    #expect(try await sources(.rewrite, "undo tag") == ["undo": .rewrite, "tag": .rewrite])
    #expect(try await sources(.rewriteAndConversation, "undo tag")["undo"] == .some(.rewrite))
    await #expect { try await searcher.search(Self.turn, form: .rewrite) } throws: {
      ($0 as? ParlanceError)?.code == .badInput
    }
  }

  @Test("what the terms add comes to the score, whatever weights are kept", arguments: StoredWeights.allCases)
  func explanations(weights: StoredWeights) async throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    let vocabulary = Vocabulary.named((0..<60).map { "w\($0)" })
    let passages = (0..<300).map { _ in
      Dictionary(
        (0..<20).map { _ in ("w\(Int.random(in: 0..<60, using: &random))", Float.random(in: 0.01...3, using: &random))
        },
        uniquingKeysWith: max)
    }
    let tiny = try TinyIndex(passages, vocabulary: vocabulary, weights: weights)
    let searcher = try Searcher(index: tiny.index, encoder: WordEncoder(vocabulary: vocabulary))
    let query = (0..<12).map { _ in "w\(Int.random(in: 0..<60, using: &random))" }.joined(separator: " ")
    let result = try await searcher.search(query, k: 50)
    #expect(result.passages.count == 50)
    for found in result.passages {
      let terms = try searcher.explain(result, found)
      let sum = terms.map { Double($0.contribution) }.reduce(0, +)
      #expect(abs(sum - Double(found.score)) < 1e-4, "seed \(seed)")
      #expect(terms.map(\.contribution) == terms.map(\.contribution).sorted(by: >), "seed \(seed)")
      for term in terms {
        let product = term.queryWeight * term.passageWeight
        #expect(abs(product - term.contribution) <= 0.02 * product + 1e-5, "seed \(seed)")
      }
    }
  }

  @Test("what is shown of the query's terms does not change what explains a passage")
  func trimmedTerms() async throws {
    let tiny = try TinyIndex()
    let searcher = try Searcher(index: tiny.index, encoder: WordEncoder())
    let result = try await searcher.search("undo commit last", k: 1)
    let found = try #require(result.passages.first)
    let explained = try searcher.explain(result, found)
    #expect(explained.count == 3)
    var trimmed = result
    trimmed.terms.removeLast(2)
    #expect(try searcher.explain(trimmed, found) == explained)
    trimmed.terms += trimmed.terms
    #expect(try searcher.explain(trimmed, found) == explained)
  }
}
