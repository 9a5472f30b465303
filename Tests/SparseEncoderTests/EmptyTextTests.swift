import Checkpoints
import Diagnostics
import Foundation
import SparseVectors
import Synchronization
import TestSupport
import Testing

@testable import SparseEncoder

@Suite("Texts of which no token is left")
struct EmptyTextTests {
  /// The small model with a tokenizer that puts nothing around a text.
  private func withEncoder(_ body: (SparseEncoder) async throws -> Void) async throws {
    let root = try TestSupport.temporaryFolder("empty-text")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let folder = root + "/model"
    try FileManager.default.copyItem(atPath: SmallCheckpoints.path("bert-old-names"), toPath: folder)
    let tokenizer = URL(fileURLWithPath: folder + "/tokenizer.json")
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: tokenizer))
    var json = try #require(object as? [String: Any])
    json["post_processor"] = NSNull()
    try JSONSerialization.data(withJSONObject: json).write(to: tokenizer)
    let configuration = folder + "/tokenizer_config.json"
    let text = try String(contentsOfFile: configuration, encoding: .utf8)
    try text.replacingOccurrences(of: "BertTokenizer", with: "PreTrainedTokenizerFast").write(
      toFile: configuration, atomically: true, encoding: .utf8)
    let checkpoint = try Checkpoint(folder: folder)
    try await body(SparseEncoder(checkpoint: checkpoint, forward: NativeForwardPass(checkpoint, cores: 1)))
  }

  @Test("they have an empty vector, and the texts beside them their own")
  func stream() async throws {
    try await withEncoder { encoder in
      let alone = try await encoder.encode(["undo"])
      #expect(alone[0].tokenCount == 1)
      let texts = ["", "undo", " "]
      let none = EncodedText(vector: .empty, tokenCount: 0, isTruncated: false)
      let encoded = try await encoder.encode(texts)
      #expect(encoded == [none, alone[0], none])
      let nothing = try await encoder.encode([""], as: .query)
      #expect(nothing == [none])

      let completed = Mutex(0)
      var received = 0
      try await encoder.encodeStream(
        from: PipelineTests.source(texts), text: { $0 },
        progress: { progress in completed.withLock { $0 = max($0, progress.completed) } }
      ) { _, _ throws(ParlanceError) in received += 1 }
      #expect(received == 3 && completed.withLock { $0 } == 3)
    }
  }

  @Test("a query that is one is answered, alone and among those of others")
  func queries() async throws {
    try await withEncoder { encoder in
      let none = EncodedQuery(vector: .empty, origins: [], tokenCount: 0, isTruncated: false)
      let (empty, other) = (try await encoder.encode(query: ""), try await encoder.encode(query: "undo"))
      #expect(empty == none)
      let blocking = try encoder.encodeBlocking(query: "")
      #expect(blocking == none)
      let read = try await encoder.encode([encoder.readQuery(""), encoder.readQuery("undo")], for: .latency)
      #expect(read.map { encoder.query(of: $0) } == [none, other])
    }
  }
}
