import Diagnostics
import Identifiers
import Testing

@testable import SparseVectors

@Suite("a vocabulary") struct VocabularyTests {
  @Test("finds every piece by its bytes, and no other")
  func lookup() throws {
    let pieces =
      (0..<3000).map { ExternalID("piece \($0)") } + [ExternalID("é"), ExternalID("e\u{301}"), ExternalID("")]
    let vocabulary = try Vocabulary(pieces: pieces)
    for (place, piece) in pieces.enumerated() { #expect(vocabulary.term(of: piece) == TermID(UInt32(place))) }
    for other in ["piece 3000", "piece", "É", " "] { #expect(vocabulary.term(of: ExternalID(other)) == nil) }
    let empty = try Vocabulary(pieces: [])
    #expect(empty.term(of: "a") == nil && empty.count == 0)
  }

  @Test("its digest is of all pieces and their lengths")
  func digests() throws {
    // SHA-256 of 01000000 61 02000000 6263.
    let digest = try Vocabulary(pieces: ["a", "bc"]).digest
    #expect(digest == "47ea6f805c5b663e33012cd34184e1398ad81a0dcea50071346f05d26692e843")
    #expect(try Vocabulary(pieces: ["ab", "c"]).digest != digest)
  }

  @Test("a piece that is given twice is an error that names both")
  func twins() throws {
    let error = try #require(throws: ParlanceError.self) { try Vocabulary(pieces: ["a", "b", "c", "b", "a"]) }
    #expect(error.message.contains("\"b\" is both term 1 and term 3"))
  }
}
