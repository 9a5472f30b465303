import Diagnostics
import Distillation
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@testable import Experiments

@Suite("divergences from teachers")
struct ListDivergenceTests {
  @Test("a turn that several teachers have a list for has the mean of its divergences, in whatever order they stand")
  func severalTeachers() throws {
    let folder = try TestSupport.temporaryFolder("divergence")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let description = VectorsDescription(
      encoder: EncoderIdentity(digest: String(repeating: "ab", count: 32), name: "frozen"),
      vocabulary: try Vocabulary(pieces: ["a", "b"]))
    func vector(_ weights: [UInt32: Float]) throws -> SparseVector {
      let terms = weights.keys.sorted()
      return try #require(SparseVector(exactly: terms.map { TermID($0) }, weights: terms.compactMap { weights[$0] }))
    }
    let passages = [try vector([0: 1]), try vector([1: 2])]
    try VectorsWriter.write(folder + "/p.vectors", description) { (writer: VectorsWriter) throws(ParlanceError) in
      for (place, passage) in passages.enumerated() { try writer.append(ExternalID("p\(place)"), passage) }
    }
    let vectors = try VectorsFile(path: folder + "/p.vectors")
    func teacher(_ name: String, _ id: ExternalID, _ list: TeacherList) throws -> TeacherFile {
      let path = folder + "/" + name
      let writer = try TeacherWriter(
        path: path,
        description: TeacherDescription(
          of: vectors, teachers: [.init(name: name, kind: .run)], combination: .mean, depth: 2, hasQueryVectors: false))
      try writer.append(id, list)
      try writer.finish()
      return try TeacherFile(path: path)
    }
    let other = try teacher("other", "q", TeacherList(passages: [0, 1], scores: [3, 1]))
    let alike = try teacher("alike", "q", TeacherList(passages: [1, 0], scores: [2, 1]))
    let ofAnother = try teacher("of another", "r", TeacherList(passages: [0], scores: [1]))
    // Scores of 1 and 2.
    let query = try vector([0: 1, 1: 1])
    func divergence(_ teachers: TeacherFile...) throws -> Double? {
      try ListDivergence(teachers, vectors).value(of: query, for: "q")
    }
    let alone = try #require(try divergence(other))
    #expect(alone > 0.1)
    #expect(try abs(#require(try divergence(alike))) < 1e-12)
    #expect(try abs(#require(try divergence(other, ofAnother, alike)) - alone / 2) < 1e-12)
    #expect(try divergence(alike, other) == divergence(other, alike))
    #expect(try divergence(ofAnother) == nil)
  }
}
