import Diagnostics
import Foundation
import Identifiers
import RankedResults
import SparseVectors
import TestSupport
import Testing

@testable import Distillation

@Suite("A run as a teacher")
struct TeachingRunTests {
  @Test("is read in TREC's form and in DiSCo's, sorted by score, cut at the depth", arguments: [true, false])
  func forms(index: Bool) async throws {
    let fixture = try TeachingFixture()
    let trec = try fixture.run(
      "trec", depth: 3, index: index,
      "q Q0 p1 1 -1.5 t\nq Q0 p0 2 3 t\nq Q0 p3 3 3 t\nq Q0 p2 4 -2 t\nr Q0 p2 1 0.1 t\n")
    let json = try fixture.run(
      "json", depth: 3, extension: "json", index: index,
      "{\"q\": {\"p2\": -2, \"p3\": 3.0, \"p1\": -1.5, \"p0\": 3},\n \"r\": {\"p2\": 1e-1}, \"none\": {}}\n")
    for (teacher, count) in [(trec, 2), (json, 3)] {
      guard case .lists(let file) = teacher.knowledge else { throw CancellationError() }
      #expect(file.count == count)
      #expect(try file.text(of: "q") == "p0 3.0, p3 3.0, p1 -1.5")
      #expect(try file.text(of: "r") == "p2 0.1")
      try file.verify()
    }
    #expect(!FileManager.default.fileExists(atPath: fixture("spool")), "the spool has no name any more")
    let (file, summary) = try await fixture.teach([json], .mean, depth: 3)
    #expect(try file.text(of: "q") == "p0 3.0, p3 3.0, p1 -1.5")
    #expect(try file.text(of: "none") == "" && file.queryVector(at: 0) == nil)
    #expect(summary.empty == 1 && summary.short == 2)
  }

  @Test("is combined with query vectors by mean, min and max over those that retrieved a passage")
  func mixed() async throws {
    let fixture = try TeachingFixture()
    let teachers = [
      try fixture.teacher("v", [("q", SparseVector([0: 2]))]),  // p0 2, p2 1
      try fixture.run("r", weight: 3, "q Q0 p3 1 5 t\nq Q0 p2 2 4 t\nz Q0 p1 1 1 t\n"),
    ]
    for (combination, list) in [
      (TeacherCombination.mean, "p3 5.0, p2 3.25, p0 2.0"), (.min, "p3 5.0, p0 2.0, p2 1.0"),
      (.max, "p3 5.0, p2 4.0, p0 2.0"),
    ] {
      let (file, _) = try await fixture.teach(teachers, combination)
      #expect(try file.text(of: "q") == list)
      #expect(try file.text(of: "z") == "p1 1.0")
    }
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    var text: String
    var line: Int
    var says: String
    var form = "trec"
    var testDescription: String { says }
  }

  @Test(
    "that is wrong is told with its line and leaves nothing",
    arguments: [
      Bad(text: "q Q0 p0 1 2 t\nq Q0 p9 2 1 t\n", line: 2, says: "passages.vectors, it has no \"p9\""),
      Bad(text: "q Q0 p0 1 2 t\nq Q0 p0 2 1 t\n", line: 2, says: "\"p0\" of \"q\" is there twice"),
      Bad(text: "q Q0 p0 1 nan t\n", line: 1, says: "expected a finite number as the score"),
      Bad(text: "q Q0 p0 1 1e39 t\n", line: 1, says: "a float32 can hold"),
      Bad(text: "q Q0 p0 1 2\n", line: 1, says: "expected 6 columns"),
      Bad(text: "q Q0 p0 1 2 t\nr Q0 p0 1 2 t\nq Q0 p1 2 1 t\n", line: 3, says: "\"q\" comes again after others"),
      Bad(text: "{\"q\":\n {\"p9\": 1}}", line: 2, says: "it has no \"p9\"", form: "json"),
      Bad(text: "{\"q\":\n {\"p0\": 1,\n \"p0\": 2}}", line: 3, says: "is there twice", form: "json"),
      Bad(text: "{\"q\": {},\n \"q\": {}}", line: 2, says: "\"q\" comes again", form: "json"),
      Bad(text: "{\"q\": {\"p0\": NaN}}", line: 1, says: "found \"NaN\"", form: "json"),
      Bad(text: "{\"q\": {\"p0\": 1e39}}", line: 1, says: "a float32 can hold", form: "json"),
      Bad(text: "{\"q\": {\"p 0\": 1}}", line: 1, says: "expected an id", form: "json"),
      Bad(text: "{\"q\": [1]}", line: 1, says: "expected an object", form: "json"),
      Bad(text: "{\"q\": {\"p0\": 1}", line: 1, says: "found the end of the file", form: "json"),
    ])
  func malformed(bad: Bad) throws {
    let fixture = try TeachingFixture()
    for index in [true, false] {
      let error = #expect(throws: ParlanceError.self) {
        try fixture.run("bad", extension: bad.form, index: index, bad.text)
      }
      #expect(error?.code == .badInput && error?.message.contains(bad.says) == true, "\(error as Any)")
      #expect(error?.location == .init(file: fixture("bad.\(bad.form)"), line: bad.line), "\(error as Any)")
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: fixture.folder).sorted()
    #expect(left == ["bad.\(bad.form)", "index", "passages.vectors"])
  }

  @Test("without queries is refused", arguments: [("trec", ""), ("json", "{}")])
  func empty(form: String, text: String) throws {
    let fixture = try TeachingFixture()
    let error = #expect(throws: ParlanceError.self) { try fixture.run("bad", extension: form, text) }
    #expect(error == ParlanceError(.badInput, "the run is empty", at: .init(file: fixture("bad.\(form)"))))
  }

  @Test("of a teacher gives the same lists when it is read back, equal scores as well")
  func roundTrip() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    let fixture = try TeachingFixture(
      (0..<300).map { _ in .random(30, terms: 6, using: &generator) }, vocabularySize: 30)
    let rows = (0..<50).map { (id: "q\($0)", vector: SparseVector.random(30, terms: 3, using: &generator)) }
    let (file, _) = try await fixture.teach([try fixture.teacher("t", rows)], depth: 100)
    let ties = try (0..<file.count).contains { index in
      let scores = try file.list(at: index).scores
      return Set(scores).count < scores.count
    }
    #expect(ties, "nothing to be seen without ties")
    let passages = try fixture.collection(index: false)
    try file.writeRun(RunWriter(path: fixture("x.trec"), tag: "t", keepingTies: true), passages: passages.vectors)
    let back = try fixture.run("back", try String(contentsOfFile: fixture("x.trec"), encoding: .utf8))
    let (again, _) = try await fixture.teach([back], .max, to: "again.teacher")
    #expect(again.count == file.count)
    for index in 0..<file.count {
      #expect(again.queryID(at: index) == file.queryID(at: index))
      #expect(try again.list(at: index) == file.list(at: index), "seed \(seed)")
    }
  }

  @Test("cannot be written with the ids of another collection")
  func otherIDs() async throws {
    let fixture = try TeachingFixture()
    let (file, _) = try await fixture.teach([try fixture.teacher("t", [("q", SparseVector([0: 1]))])])
    let others = try fixture.writeVectors("others.vectors", [("p0", .empty)])
    let error = #expect(throws: ParlanceError.self) {
      try file.writeRun(RunWriter(path: fixture("x.trec"), tag: "t", keepingTies: true), passages: others)
    }
    #expect(error?.message.contains("expected the vectors of the 4 passages that were ranked") == true)
    #expect(!FileManager.default.fileExists(atPath: fixture("x.trec")))
  }
}
