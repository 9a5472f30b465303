import Diagnostics
import Foundation
import Testing

@testable import Checkpoints

@Suite("What a student declares")
struct StudentDeclarationTests {
  @Test(
    "is read back as it was written",
    arguments: [
      nil, StudentDeclaration.Residual(gate: .scalar(0.25)), .init(gate: .column(102)),
      .init(gate: .terms((0..<103).map { Float($0) / 8 })),
    ])
  func roundTrip(_ residual: StudentDeclaration.Residual?) throws {
    let folder = try Fixtures.copy(of: "bert-old-names")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let written = StudentDeclaration(
      passageSpaceDigest: "ab", passageSpaceName: "a \"name\"", form: "conversation", keptTerms: 64, residual: residual)
    try written.write(to: folder)
    #expect(try Checkpoint(folder: folder).student == written)
  }

  @Test(
    "each malformed declaration is refused with what is wrong",
    arguments: [
      ("[]", "a number `parlance_student`"), (#"{"parlance_student": "1"}"#, "a number `parlance_student`"),
      (#"{"parlance_student": 2}"#, "version 1, found 2"), (#"{"parlance_student": 1}"#, "`passage_space`"),
      (Self.declaration(#""kept_terms": 0"#), "`kept_terms`"),
      (Self.declaration(#""kept_terms": 1.5"#), "`kept_terms`"),
      (Self.declaration(#""residual": {}"#), "`residual`"),
      (Self.declaration(#""residual": {"gate": -1}"#), "`residual`"),
      (Self.declaration(#""residual": {"gate": 1e39}"#), "`residual`"),
      (Self.declaration(#""residual": {"gate": "../gate.safetensors"}"#), "`residual`"),
      (Self.declaration(#""residual": {"gate_column": 103}"#), "`residual`"),
      (Self.declaration(#""residual": {"gate_column": -1}"#), "`residual`"),
      (Self.declaration(#""residual": {"gate": 1}, "form": "x""#), "expected the key \"form\" once"),
    ])
  func malformed(text: String, says: String) throws {
    let folder = try Fixtures.copy(of: "bert-old-names")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Fixtures.write(text, to: folder + "/parlance.json")
    let error = #expect(throws: ParlanceError.self) { try Checkpoint(folder: folder) }
    #expect(error?.code == .badInput)
    #expect(error?.description.contains("parlance.json") == true, "\(error?.description ?? "")")
    #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
  }

  @Test(
    "a gate of another length, or with a number below 0, is refused",
    arguments: [[1.0], .init(repeating: -1, count: 103)])
  func gates(_ gate: [Float]) throws {
    let folder = try Fixtures.copy(of: "bert-old-names")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try StudentDeclaration(
      passageSpaceDigest: "ab", passageSpaceName: "n", form: "conversation", residual: .init(gate: .terms(gate))
    ).write(to: folder)
    let error = #expect(throws: ParlanceError.self) { try Checkpoint(folder: folder) }
    #expect(
      error?.description.contains("gate.safetensors: expected 103 numbers") == true, "\(error?.description ?? "")")
  }

  private static func declaration(_ more: String) -> String {
    #"{"parlance_student": 1, "passage_space": {"digest": "ab", "name": "n"}, "form": "conversation", \#(more)}"#
  }
}
