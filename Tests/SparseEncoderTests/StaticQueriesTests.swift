import Checkpoints
import Diagnostics
import Foundation
import SparseVectors
import TestSupport
import Testing

@testable import SparseEncoder

@Suite("Queries that a table weighs")
struct StaticQueriesTests {
  /// The small router, whose passages have 24 tokens at most and whose queries 512.
  private func inFolder(_ body: (String) async throws -> Void) async throws {
    let root = try TestSupport.temporaryFolder("static-queries")
    defer { try? FileManager.default.removeItem(atPath: root) }
    try FileManager.default.copyItem(
      atPath: SmallCheckpoints.path("router-inference-free"), toPath: root + "/model")
    try await body(root + "/model")
  }

  private func limit(_ length: Int, in folder: String) throws {
    let path = folder + "/query_0_SparseStaticEmbedding/tokenizer_config.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try #require(text.contains(#""model_max_length": 512"#))
    try text.replacingOccurrences(of: #""model_max_length": 512"#, with: #""model_max_length": \#(length)"#).write(
      toFile: path, atomically: true, encoding: .utf8)
  }

  private func encoder(_ folder: String, maxLength: Int? = nil) throws -> SparseEncoder {
    let checkpoint = try Checkpoint(folder: folder)
    let forward = FakeForwardPass(vocabularySize: checkpoint.architecture.vocabularySize)
    return try SparseEncoder(
      checkpoint: checkpoint, forward: forward, settings: EncoderSettings(maxLength: maxLength))
  }

  private let long = Array(repeating: "a", count: 30).joined(separator: " ") + " tag"

  @Test("a query is cut at its own tokenizer's limit, whatever passages may have")
  func lengths() async throws {
    try await inFolder { folder in
      let whole = try encoder(folder)
      #expect(whole.maxLength == 24 && whole.queryMaxLength == 256)
      let query = try await whole.encode(query: long)
      #expect(query.tokenCount == 31 && !query.isTruncated && query.vector.count == 2)
      let many = try await whole.encode([long], as: .query)
      #expect(many[0].tokenCount == 31 && many[0].vector == query.vector)

      #expect(try encoder(folder, maxLength: 20).queryMaxLength == 20)
      try limit(6, in: folder)
      let cut = try encoder(folder)
      #expect(cut.maxLength == 24 && cut.queryMaxLength == 6)
      let start = try await cut.encode(query: long)
      #expect(start.tokenCount == 6 && start.isTruncated && start.vector.count == 1)
      #expect(try await cut.encode([long], as: .query)[0].tokenCount == 6)
      #expect(cut.identity != whole.identity)
    }
  }

  @Test(
    "a query whose tokenizer has no limit is cut at that of passages, whatever the setting", arguments: [512, Int.max])
  func noLimit(setting: Int) async throws {
    try await inFolder { folder in
      let own = try encoder(folder, maxLength: setting)
      #expect(own.queryMaxLength == 512)
      #expect(try await own.encode(query: long).tokenCount == 31)
      // Models without a limit say so by a number that no text reaches.
      try limit(1_000_000_000_000, in: folder)
      let cut = try encoder(folder, maxLength: setting)
      #expect(cut.queryMaxLength == 24)
      let query = try await cut.encode(query: long)
      #expect(query.tokenCount == 24 && query.isTruncated)
      let recipe = try EncoderIdentity.recipe(
        checkpoint: Checkpoint(folder: folder), settings: EncoderSettings(maxLength: setting))
      #expect(!recipe.contains("query-max-length"))
    }
  }

  @Test("the identity has the limit of queries where it is not that of passages")
  func identity() async throws {
    try await inFolder { folder in
      let cases: [(length: Int, line: String?)] = [
        (512, "query-max-length 256"), (24, nil), (6, "query-max-length 6"),
      ]
      for (length, line) in cases {
        if length != 512 {
          try FileManager.default.removeItem(atPath: folder)
          try FileManager.default.copyItem(
            atPath: SmallCheckpoints.path("router-inference-free"), toPath: folder)
          try limit(length, in: folder)
        }
        let recipe = try EncoderIdentity.recipe(checkpoint: Checkpoint(folder: folder), settings: EncoderSettings())
        let found = recipe.split(separator: "\n").map(String.init).filter { $0.hasPrefix("query-max-length") }
        #expect(found == [line].compactMap(\.self))
      }
    }
  }

  @Test("pieces that weigh less than nothing are left out, and their number is told")
  func negative() async throws {
    try await inFolder { folder in
      let plain = try Checkpoint(folder: folder)
      #expect(plain.note == nil)
      let original = try await encoder(folder).encode(query: "a tag")
      let place = try #require(original.vector.terms.first).rawValue
      var weights = try #require(plain.staticQueries).weights
      weights[Int(place)] = -0.5
      let writer = try SafetensorsWriter(
        path: folder + "/query_0_SparseStaticEmbedding/model.safetensors",
        tensors: [.init(name: "weight", shape: [weights.count])])
      try writer.append(weights)
      try writer.finish()
      let note = try #require(try Checkpoint(folder: folder).note)
      #expect(note.hasPrefix("model gives 1 of its 103 pieces a weight below 0"), "\(note)")
      let query = try await encoder(folder).encode(query: "a tag")
      #expect(query.vector.terms == Array(original.vector.terms.dropFirst()))
    }
  }

  @Test("each term knows its first token")
  func origins() async throws {
    try await inFolder { folder in
      let made = try encoder(folder)
      let query = try await made.encode(query: "tag a a")
      let pieces = query.vector.terms.map { made.tokenizer.pieces[Int($0.rawValue)] }
      #expect(Set(pieces) == ["tag", "a"])
      for (piece, origin) in zip(pieces, query.origins) {
        let isTag = piece == "tag"
        #expect(origin.token == (isTag ? 0 : 1) && origin.bytes == (isTag ? 0..<3 : 4..<5))
      }
    }
  }
}
