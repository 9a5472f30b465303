import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import TestSupport
import Testing

@testable import Distillation

@Suite("Teaching refuses")
struct TeachingRefusalTests {
  private func expect(_ code: ParlanceError.Code, _ words: String, _ body: () async throws -> Void) async {
    let error = await #expect(throws: ParlanceError.self) { try await body() }
    #expect(error?.code == code, "\(error as Any)")
    #expect(error?.description.contains(words) == true, "\(error as Any)")
  }

  @Test("vectors that are not those of the index: another encoder, other passages, the same in another order, none")
  func otherCollection() async throws {
    let fixture = try TeachingFixture()
    let four = TeachingFixture.four.enumerated().map { (id: "p\($0)", vector: $1) }
    try fixture.writeVectors("space.vectors", four, encoder: .other)
    try fixture.writeVectors("words.vectors", four, vocabulary: .numbered(9))
    try fixture.writeVectors("queries.vectors", four, encoder: .other, passageSpace: .frozen)
    try fixture.writeVectors("fewer.vectors", four.dropLast())
    try fixture.writeVectors("order.vectors", four.reversed())
    try fixture.writeVectors("none.vectors", [])
    for (name, words) in [
      ("space", "expected an index of vectors by other"), ("words", "expected an index of vectors by"),
      ("queries", "a query encoder distilled for frozen"),
      ("fewer", "expected an index of the 3 passages"), ("order", "number 0 is \"p0\", not \"p3\""),
      ("none", "expected passages, there are none"),
    ] {
      await expect(.badInput, words) {
        _ = try PassageCollection(vectors: fixture("\(name).vectors"), index: fixture("index"))
      }
    }
    await expect(.noInput, "lost.vectors") { _ = try PassageCollection(vectors: fixture("lost.vectors")) }
    await expect(.noInput, "lost") {
      _ = try PassageCollection(vectors: fixture("passages.vectors"), index: fixture("lost"))
    }
  }

  @Test("a run for rescoring, with the combinations that work; query vectors without an index or of another encoder")
  func combinations() async throws {
    let fixture = try TeachingFixture()
    let run = try fixture.run("r", "q Q0 p1 1 2 t\n")
    let vectors = try fixture.teacher("v", [("q", SparseVector([0: 1]))])
    await expect(.usage, "combine by mean, min or max") { _ = try await fixture.teach([vectors, run]) }
    await expect(.usage, "need an index") {
      _ = try await TeachingJob(passages: try fixture.collection(index: false), teachers: [vectors])
        .run(to: fixture("o.teacher"))
    }
    let foreign = Teacher(
      source: .init(name: "f", kind: .vectors),
      knowledge: .vectors(try fixture.writeVectors("f.vectors", [("q", SparseVector([0: 1]))], encoder: .other)))
    await expect(.badInput, "--trust-model") { _ = try await fixture.teach([foreign]) }
    var trusting = TeachingJob(passages: try fixture.collection(), teachers: [foreign])
    trusting.trustsEncoders = true
    #expect(try await trusting.run(to: fixture("trusted.teacher")).queries == 1)
    await expect(.usage, "depth of at least 1, found 0") { _ = try await fixture.teach([vectors], depth: 0) }
    await expect(.usage, "at least one teacher") { _ = try await fixture.teach([]) }
    var weightless = vectors
    weightless.source.weight = 0
    await expect(.usage, "weights above 0, found 0.0 for v") { _ = try await fixture.teach([weightless]) }
    #expect(!FileManager.default.fileExists(atPath: fixture("out.teacher")))
  }

  @Test("queries that no teacher knows at all, and an output that cannot be written")
  func nothing() async throws {
    let fixture = try TeachingFixture()
    let vectors = try fixture.teacher("v", [("q", SparseVector([0: 1]))])
    await expect(.badInput, "no teacher knows any of the 2 queries") {
      _ = try await fixture.teach([vectors], queries: ["a", "b"])
    }
    await expect(.cannotWrite, "none/out.teacher") { _ = try await fixture.teach([vectors], to: "none/out.teacher") }
    #expect(!FileManager.default.fileExists(atPath: fixture("out.teacher")))
  }

  @Test("nothing after an interruption, which leaves the file that was there")
  func interrupted() async throws {
    let fixture = try TeachingFixture()
    let vectors = try fixture.teacher("v", [("q", SparseVector([0: 1]))])
    try "before".write(toFile: fixture("out.teacher"), atomically: false, encoding: .utf8)
    let interruption = Interruption()
    interruption.request()
    let job = TeachingJob(passages: try fixture.collection(), teachers: [vectors], interruption: interruption)
    await expect(.interrupted, "stopped") { _ = try await job.run(to: fixture("out.teacher")) }
    #expect(try String(contentsOfFile: fixture("out.teacher"), encoding: .utf8) == "before")
    #expect(try !FileManager.default.contentsOfDirectory(atPath: fixture.folder).contains { $0.hasPrefix(".") })
  }
}
