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
      .init(gate: .terms((0..<103).map { Float($0) / 8 })), .init(gate: .scalar(1.5), factors: Self.factors),
      .init(gate: .column(102), factors: Self.factors),
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
      (#"{"parlance_student": 3}"#, "version 1 or 2, found 3"), (#"{"parlance_student": 1}"#, "`passage_space`"),
      (Self.declaration(#""kept_terms": 0"#), "`kept_terms`"),
      (Self.declaration(#""kept_terms": 1.5"#), "`kept_terms`"),
      (Self.declaration(#""residual": {}"#), "`residual`"),
      (Self.declaration(#""residual": {"gate": -1}"#), "`residual`"),
      (Self.declaration(#""residual": {"gate": 1e39}"#), "`residual`"),
      (Self.declaration(#""residual": {"gate": "../gate.safetensors"}"#), "`residual`"),
      (Self.declaration(#""residual": {"gate_column": 103}"#), "`residual`"),
      (Self.declaration(#""residual": {"gate_column": -1}"#), "`residual`"),
      (Self.declaration(#""residual": {"gate": 1, "factors": {}}"#), "version 2 where `residual` has `factors`"),
      (Self.declaration(#""residual": {"gate": 1, "factors": {}}"#, version: 2), "`features` one, question"),
      (
        Self.declaration(
          #""residual": {"gate": 1, "factors": {"features": \#(Self.features), "frozen": [1, 2]}}"#, version: 2),
        "numbers as `factors.frozen`"
      ),
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

  @Test("programs from before factors refuse a student with them, and read one without")
  func versions() throws {
    let folder = try Fixtures.copy(of: "bert-old-names")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (factors, version) in [(nil, 1), (Self.factors, 2)] {
      try StudentDeclaration(
        passageSpaceDigest: "ab", passageSpaceName: "n", form: "conversation",
        residual: .init(gate: .scalar(1), factors: factors)
      ).write(to: folder)
      let text = try String(contentsOfFile: folder + "/parlance.json", encoding: .utf8)
      #expect(text.contains("\"parlance_student\": \(version),"), "\(text)")
    }
  }

  private static let factors = TermFactors(
    frozen: TermFactors.Feature.allCases.indices.map { Float($0) / 7 },
    question: TermFactors.Feature.allCases.map { _ in -0.25 },
    history: TermFactors.Feature.allCases.indices.map { 1e-3 * Float($0) })

  private static let features =
    "[" + TermFactors.Feature.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ") + "]"

  private static func declaration(_ more: String, version: Int = 1) -> String {
    #"{"parlance_student": \#(version), "passage_space": {"digest": "ab", "name": "n"}, "form": "conversation", \#(more)}"#
  }
}
