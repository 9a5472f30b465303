import Checkpoints
import Conversations
import Diagnostics
import Foundation
import SparseVectors
import TestSupport
import Testing

@testable import SparseEncoder

@Suite("what a student reads")
struct StudentReadingTests {
  private static let golden = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"

  /// The small model with 400 positions, 320 of which it is to use.
  private func inFolder(_ body: (String) async throws -> Void) async throws {
    let root = try TestSupport.temporaryFolder("student-reading")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let source = try Checkpoint(folder: Self.golden)
    var writer = CheckpointWriter(like: source)
    writer.architecture.maxPositions = 400
    writer.maxLength = 320
    try writer.write(to: root + "/model") { role throws(ParlanceError) in
      let numbers = try source.floats(role)
      guard role == .positionEmbeddings else { return numbers }
      return (0..<400).flatMap { _ in numbers.prefix(source.architecture.hiddenSize) }
    }
    try await body(root + "/model")
  }

  private func declare(_ form: String, residual: Bool = false, in folder: String) throws {
    let gate = residual ? #", "residual": {"gate": 0.5}"# : ""
    try #"{"parlance_student": 1, "passage_space": {"digest": "ab", "name": "x"}, "form": "\#(form)"\#(gate)}"#
      .write(toFile: folder + "/parlance.json", atomically: true, encoding: .utf8)
  }

  private func encoder(_ folder: String, _ settings: EncoderSettings = EncoderSettings()) throws -> SparseEncoder {
    let checkpoint = try Checkpoint(folder: folder)
    let frozen = try checkpoint.frozenPart().map { part in
      try SparseEncoder(
        checkpoint: part, forward: NativeForwardPass(part, cores: 1), settings: settings.forFrozenPart(of: checkpoint))
    }
    return try SparseEncoder(
      checkpoint: checkpoint, forward: NativeForwardPass(checkpoint, cores: 1), frozen: frozen, settings: settings)
  }

  @Test("as many tokens as it was trained with, where nobody says otherwise; other models read 256")
  func lengths() async throws {
    try await inFolder { folder in
      let long = Array(repeating: "undo", count: 500).joined(separator: " ")
      let plain = try encoder(folder)
      #expect(plain.trained == nil && plain.maxLength == 256)
      #expect(try await plain.encode(query: long).tokenCount == 256)

      try declare("last-turn", in: folder)
      let student = try encoder(folder)
      #expect(student.trained == TrainedReading(form: .lastTurn, maxLength: 320))
      #expect(student.queryMaxLength == 320)
      #expect(try await student.encode(query: long).tokenCount == 320)
      #expect(try encoder(folder, EncoderSettings(maxLength: 40)).maxLength == 40)
      #expect(try encoder(folder, EncoderSettings(maxLength: 40)).identity != student.identity)
      #expect(try encoder(folder, EncoderSettings(maxLength: 320)).identity == student.identity)
    }
  }

  @Test("the frozen encoder of a residual student reads as much as the student")
  func frozen() async throws {
    try await inFolder { folder in
      try Checkpoint(folder: folder).copy(to: folder + "/frozen", maxLength: 320)
      try declare("conversation", residual: true, in: folder)
      let student = try encoder(folder)
      #expect(student.residual?.frozen.maxLength == 320)
      #expect(try encoder(folder, EncoderSettings(maxLength: 320)).identity == student.identity)
    }
  }

  @Test("a frozen encoder of another vocabulary is refused")
  func otherVocabulary() async throws {
    try await inFolder { folder in
      try Checkpoint(folder: folder).copy(to: folder + "/frozen")
      try declare("conversation", residual: true, in: folder)
      _ = try encoder(folder)
      let tokenizer = folder + "/frozen/tokenizer.json"
      let text = try String(contentsOfFile: tokenizer, encoding: .utf8)
      try #require(text.contains("##ing"))
      try text.replacingOccurrences(of: "##ing", with: "##ung").write(
        toFile: tokenizer, atomically: true, encoding: .utf8)
      let error = #expect(throws: ParlanceError.self) { try encoder(folder) }
      #expect(error?.code == .badInput)
      #expect(error?.message.contains("different vocabularies") == true, "\(error as Any)")
    }
  }

  @Test("a form that nobody knows is refused by name")
  func unknownForm() async throws {
    try await inFolder { folder in
      try declare("backwards", in: folder)
      let error = #expect(throws: ParlanceError.self) { try encoder(folder) }
      #expect(error?.code == .badInput)
      #expect(error?.message.contains("\"backwards\"; known are last-turn, ") == true, "\(error as Any)")
    }
  }
}
