import BinaryFiles
import Checkpoints
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import SparseEncoder

/// Of bert-old-names, whose weights are float32 and mapped.
@Suite("a model whose quantised weight was kept") struct KeptHeadTests {
  private struct Place {
    let model, cache: String
    var derived: DerivedFiles { DerivedFiles(folder: cache) }

    var weights: String { model + "/model.safetensors" }

    func head() throws -> URL {
      let name = try FileManager.default.contentsOfDirectory(atPath: cache).first { $0.hasPrefix("head-") }
      return URL(fileURLWithPath: cache + "/" + (try #require(name)))
    }
  }

  private func inPlace(_ body: (Place) async throws -> Void) async throws {
    let folder = try TestSupport.temporaryFolder("kept")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let place = Place(model: folder + "/model", cache: folder + "/cache")
    try FileManager.default.copyItem(atPath: ModelTests.checkpoints + "bert-old-names", toPath: place.model)
    try await body(place)
  }

  private func rows(_ place: Place, _ derived: DerivedFiles) async throws -> SparseRows {
    let pass = try NativeForwardPass(Checkpoint(folder: place.model, derived: derived), cores: 1)
    let sequences = try ModelJudge.golden("bert-old-names").sequences
    return try await pass.encode(PackedBatch(sequences), for: .throughput)
  }

  private func expect(_ rows: SparseRows, equal other: SparseRows, _ what: String) {
    #expect(rows.terms == other.terms && rows.positions == other.positions, "\(what)")
    #expect(rows.weights.map(\.bitPattern) == other.weights.map(\.bitPattern), "\(what)")
  }

  @Test("rows are the same bits with nothing kept, when it is kept, and from what was kept")
  func sameBits() async throws {
    try await inPlace { place in
      let plain = try await rows(place, .none)
      #expect(!plain.terms.isEmpty)
      expect(try await rows(place, place.derived), equal: plain, "when it is kept")
      let written = try FileManager.default.attributesOfItem(atPath: place.head().path)[.modificationDate] as? Date
      expect(try await rows(place, place.derived), equal: plain, "from what was kept")
      let later = try FileManager.default.attributesOfItem(atPath: place.head().path)[.modificationDate] as? Date
      #expect(written == later, "what is whole is not written again")
    }
  }

  @Test("what is damaged or of other weights is not used, and is written anew")
  func damage() async throws {
    try await inPlace { place in
      let plain = try await rows(place, place.derived)
      let head = try place.head()
      let bytes = try [UInt8](Data(contentsOf: head))
      for part in 0..<20 {
        var damaged = bytes
        damaged[bytes.count * part / 20] ^= 0x40
        try Data(damaged).write(to: head)
        expect(try await rows(place, place.derived), equal: plain, "damaged at \(part) of 20")
      }
      // Whole, with its checksums, but not what this kernel makes of these weights.
      let content = try derivedContent(head, in: place)
      try keep(content.map { $0 ^ 1 }, as: head, in: place)
      expect(try await rows(place, place.derived), equal: plain, "of another kernel")
      #expect(try derivedContent(head, in: place) == content)
      try keep(content + [0, 0, 0, 0], as: head, in: place)
      expect(try await rows(place, place.derived), equal: plain, "of another shape")
      #expect(try derivedContent(head, in: place) == content)
    }
  }

  private static let format = FileFormat(
    magic: "PARLHEAD", name: "kept quantised weight", version: FormatVersion(2, 0))

  private func derivedContent(_ head: URL, in place: Place) throws -> [UInt8] {
    let section = try SectionedFile(path: head.path, format: Self.format).section("integers")
    return try section.bytes().array()
  }

  private func keep(
    _ content: [UInt8], as head: URL, in place: Place, _ format: FileFormat = KeptHeadTests.format
  ) throws {
    place.derived.keep(head.deletingPathExtension().lastPathComponent, format) { writer in
      try writer.beginSection("integers")
      try writer.write(content)
    }
  }

  @Test("what version 1 kept, whose weight may hold NaN, is made anew")
  func earlierVersion() async throws {
    try await inPlace { place in
      let plain = try await rows(place, place.derived)
      let head = try place.head()
      let content = try derivedContent(head, in: place)
      let earlier = FileFormat(magic: "PARLHEAD", name: "kept quantised weight", version: FormatVersion(1, 0))
      try keep(content, as: head, in: place, earlier)
      #expect(try SectionedFile(path: head.path, format: earlier).version == earlier.version)
      expect(try await rows(place, place.derived), equal: plain, "of version 1")
      #expect(try derivedContent(head, in: place) == content)
    }
  }

  @Test("a changed model is another model, and one that is written to while it is in use is an error")
  func changes() async throws {
    try await inPlace { place in
      let before = try await rows(place, place.derived)
      let open = try NativeForwardPass(Checkpoint(folder: place.model, derived: place.derived), cores: 1)
      // The last tensor's last number, and all before it, are doubled in size by an exponent.
      var weights = try [UInt8](Data(contentsOf: URL(fileURLWithPath: place.weights)))
      for end in stride(from: weights.count - 4000, to: weights.count, by: 4) { weights[end + 3] ^= 0x80 }
      try Data(weights).write(to: URL(fileURLWithPath: place.weights), options: .atomic)
      let sequences = try ModelJudge.golden("bert-old-names").sequences
      // The file was replaced; who has the old one open goes on with it.
      expect(try await open.encode(PackedBatch(sequences), for: .latency), equal: before, "the old file")
      let after = try await rows(place, place.derived)
      expect(after, equal: try await rows(place, .none), "the new file")
      #expect(after.weights != before.weights)
      #expect(try FileManager.default.contentsOfDirectory(atPath: place.cache).count { $0.hasPrefix("head-") } == 2)

      let reopened = try NativeForwardPass(Checkpoint(folder: place.model, derived: place.derived), cores: 1)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1000)], ofItemAtPath: place.weights)
      await #expect(throws: ParlanceError.self) {
        try await reopened.encode(PackedBatch(sequences), for: .latency)
      }
    }
  }

  @Test("a folder that cannot be written to changes nothing")
  func readOnly() async throws {
    try await inPlace { place in
      let plain = try await rows(place, .none)
      _ = FileManager.default.createFile(atPath: place.cache, contents: nil)
      for _ in 0..<2 {
        expect(try await rows(place, DerivedFiles(folder: place.cache + "/x")), equal: plain, "read-only")
      }
    }
  }
}
