import Conversations
import Diagnostics
import Foundation
import Identifiers
import Retrieval
import SparseVectors
import Synchronization
import TestSupport
import Testing

@testable import Distillation

/// A query encoder that a reader can follow: `term3` is term 3, as often as it is said.
private struct TermEncoder: QueryEncoder {
  var identity = EncoderIdentity.frozen
  var vocabulary = Vocabulary.numbered(8)
  /// Called with each batch.
  var onBatch: @Sendable ([FormedQuery]) throws(ParlanceError) -> Void = { _ in }

  func encode(_ query: FormedQuery) async throws(ParlanceError) -> QueryVector {
    QueryVector(vector: vector(query), sources: [], tokenCount: 0, isTruncated: false)
  }

  func encode(_ queries: [FormedQuery], interruption: Interruption?) async throws(ParlanceError) -> [SparseVector] {
    try onBatch(queries)
    return queries.map(vector)
  }

  private func vector(_ query: FormedQuery) -> SparseVector {
    var weights: [TermID: Float] = [:]
    for word in query.text.split(separator: " ") {
      if let term = vocabulary.term(of: ExternalID(String(word))) { weights[term, default: 0] += 1 }
    }
    let terms = weights.keys.sorted()
    return SparseVector(exactly: terms, weights: terms.compactMap { weights[$0] }) ?? .empty
  }
}

@Suite("The queries of a teacher")
struct TeachingQueriesTests {
  static func turns(_ count: Int) -> [Turn] {
    (0..<count).map { number in
      Turn(
        id: ExternalID("q\(number)"), conversation: "c", number: 2,
        messages: [
          Message(role: .user, content: "term1"), Message(role: .assistant, content: "term2"),
          Message(role: .user, content: "term3 please"),
        ])
    }
  }

  private func encode(
    _ queries: TeacherQueries, _ fixture: TeachingFixture, identity: EncoderIdentity = .frozen,
    onBatch: @escaping @Sendable ([FormedQuery]) throws(ParlanceError) -> Void = { _ in }
  ) async throws -> VectorsFile {
    try await queries.encode(
      by: TermEncoder(identity: identity, onBatch: onBatch), beside: fixture("out.teacher"), name: "llm")
  }

  @Test("are the turns' in any form; turns without a rewrite are passed over, rewrites without a turn counted")
  func forms() async throws {
    let fixture = try TeachingFixture()
    let rewrites = Rewrites(["q0": "term5", "q2": "term6 term6", "q9": "term0", "q8": "term0"])
    for (form, vectors) in [
      (ConversationForm.rewrite, [SparseVector([5: 1]), SparseVector([6: 2])]),
      (.rewriteAndConversation, [SparseVector([1: 1, 2: 1, 5: 1]), SparseVector([1: 1, 2: 1, 6: 2])]),
    ] {
      let queries = try TeacherQueries(Self.turns(4), form: form, rewrites: rewrites)
      #expect(queries.queries.map(\.id) == ["q0", "q2"] && queries.unknownRewrites == 2)
      let file = try await encode(queries, fixture)
      #expect(try (0..<2).map { try file.vector(at: $0) } == vectors)
    }
    let own = try TeacherQueries(Self.turns(3), form: .lastTurn)
    #expect(own.queries.count == 3 && own.unknownRewrites == 0)
    #expect(try await encode(own, fixture).vector(at: 2) == SparseVector([3: 1]))
  }

  @Test("without a rewrite for any turn are refused", arguments: [[:], ["q9": "term0"]])
  func noRewrites(texts: [ExternalID: String]) throws {
    let error = #expect(throws: ParlanceError.self) {
      try TeacherQueries(Self.turns(2), form: .rewrite, rewrites: Rewrites(texts, path: "r.jsonl"))
    }
    #expect(error?.code == .badInput && error?.location?.file == "r.jsonl")
    #expect(error?.message.contains("none of \(texts.count) is for one of them") == true)
  }

  @Test("are encoded once: what an interruption leaves is gone on with, to the same file, and what is finished is kept")
  func resumes() async throws {
    let fixture = try TeachingFixture()
    let queries = try TeacherQueries(Self.turns(1_300), form: .userTurns)
    let whole = try await queries.encode(by: TermEncoder(), beside: fixture("whole.teacher"), name: "llm")
    let encoded = Mutex(0)
    await #expect(throws: ParlanceError.self) {
      try await encode(queries, fixture) { (batch: [FormedQuery]) throws(ParlanceError) in
        if encoded.withLock({ $0 }) > 0 { throw ParlanceError(.interrupted, "stopped") }
        encoded.withLock { $0 += batch.count }
      }
    }
    #expect(encoded.withLock { $0 } == 512)
    let file = try await encode(queries, fixture) { batch in encoded.withLock { $0 += batch.count } }
    #expect(encoded.withLock { $0 } == 1_300, "none twice")
    #expect(FileManager.default.contentsEqual(atPath: file.path, andPath: whole.path))
    _ = try await encode(queries, fixture) { batch in encoded.withLock { $0 += batch.count } }
    #expect(encoded.withLock { $0 } == 1_300, "finished already")
  }

  @Test("are encoded anew when the words, the ids or the encoder changed")
  func changed() async throws {
    let fixture = try TeachingFixture()
    func paths(_ turns: [Turn], _ form: ConversationForm, _ identity: EncoderIdentity = .frozen) async throws -> String
    {
      try await encode(try TeacherQueries(turns, form: form), fixture, identity: identity).path
    }
    var renamed = Self.turns(3)
    renamed[1].id = "other"
    let all = [
      try await paths(Self.turns(3), .lastTurn), try await paths(Self.turns(3), .userTurns),
      try await paths(renamed, .lastTurn), try await paths(Self.turns(3), .lastTurn, .other),
    ]
    #expect(Set(all).count == 4)
  }
}
