import Checkpoints
import Foundation
import SparseVectors
import TestSupport
import Testing

@testable import SparseEncoder

@Suite("what is known of a query before it is encoded")
struct ReadQueryTests {
  /// A residual student that reads six tokens, and whose terms weigh by how much was said before.
  private func withStudent(_ body: (SparseEncoder) async throws -> Void) async throws {
    let folder = try TestSupport.temporaryFolder("read-query")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let source = try Checkpoint(folder: TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names")
    for part in ["/student", "/student/frozen"] { try source.copy(to: folder + part, maxLength: 6) }
    let zeros = TermFactors.Feature.allCases.map { _ in Float(0) }
    let depth = TermFactors.Feature.allCases.map { $0 == .depth ? Float(1) : 0 }
    try StudentDeclaration(
      passageSpaceDigest: "ab", passageSpaceName: "x", form: "conversation",
      residual: .init(gate: .scalar(0.5), factors: .init(frozen: zeros, question: depth, history: depth))
    ).write(to: folder + "/student")
    let checkpoint = try Checkpoint(folder: folder + "/student")
    let frozen = try checkpoint.frozenPart().map { part in
      try SparseEncoder(checkpoint: part, forward: NativeForwardPass(part, cores: 1))
    }
    try await body(
      SparseEncoder(checkpoint: checkpoint, forward: NativeForwardPass(checkpoint, cores: 1), frozen: frozen))
  }

  private func remembered(_ read: ReadQuery) -> [[UInt8]: EncodedQuery] {
    Dictionary(uniqueKeysWithValues: read.parts.compactMap { part in part.encoded.map { (part.key, $0) } })
  }

  @Test("a conversation that grew where the model does not read costs no inference, and has its own vector")
  func beyond() async throws {
    try await withStudent { student in
      let short = "undo last commit branch [SEP] tag", long = short + " [SEP] the merged tag [SEP] names"
      let encoded = try await student.encode([student.readQuery(short)], for: .latency)[0]
      #expect(encoded.isEncoded && encoded.tokenCount == 0)
      let known = remembered(encoded)
      #expect(known.count == 2)
      var read = student.readQuery(long)
      #expect(!read.isEncoded && read.tokenCount == 12)
      read.recall { known[$0] }
      #expect(read.isEncoded && read.tokenCount == 0)
      let (whole, before) = (student.query(of: read), student.query(of: encoded))
      let alone = try await student.encode(query: long)
      #expect(whole == alone)
      #expect(whole?.vector != before?.vector, "what was said before counts")
    }
  }

  @Test("of another conversation with the same question the last turn is known, and the rest goes through the model")
  func question() async throws {
    try await withStudent { student in
      let known = remembered(try await student.encode([student.readQuery("undo [SEP] last commit")], for: .latency)[0])
      var read = student.readQuery("undo [SEP] the merged tag")
      let tokens = read.tokenCount
      read.recall { known[$0] }
      #expect(!read.isEncoded && read.tokenCount < tokens && read.tokenCount == read.parts[0].missingTokens)
      let encoded = try await student.encode([read, student.readQuery("undo")], for: .latency)
      for (text, read) in zip(["undo [SEP] the merged tag", "undo"], encoded) {
        let (whole, alone) = (student.query(of: read), try await student.encode(query: text))
        #expect(whole?.vector.terms == alone.vector.terms && whole?.origins == alone.origins)
      }
    }
  }

  @Test("a part of a question and a question by itself are not the same to whoever remembers them")
  func kinds() async throws {
    try await withStudent { student in
      let read = student.readQuery("undo")
      #expect(read.parts.count == 2 && read.parts[0].key != read.parts[1].key)
      let whole = student.query(of: read)
      #expect(whole == nil)
    }
  }
}
