import Identifiers
import Retrieval
import SparseVectors
import Testing

@testable import SearchService

@Suite("why a passage was found")
struct PassageReasonTests {
  @Test("a model's words are marked whole in code points, with the most that one of their pieces adds")
  func pieces() async throws {
    let encoder = try await TestModel.encoder()
    var weights: [TermID: Float] = [:]
    for (piece, weight) in ["undo": 1, "##ing": 2, "commit": 3, "##s": 1, "naive": 0.5, "e": 0] as [String: Float] {
      let term = try #require(encoder.vocabulary.term(of: ExternalID(piece)))
      weights[term] = weight
    }
    let found = PassageReason.highlights("👩 Undoing the commits, na\u{EF}ve e", weights, encoder)
    #expect(
      found == [
        .init(start: 2, end: 9, weight: 2), .init(start: 14, end: 21, weight: 3),
        .init(start: 23, end: 28, weight: 0.5),
      ])
    #expect(PassageReason.highlights("", weights, encoder).isEmpty)
  }
}
