import Diagnostics
import Foundation
import Identifiers
import RankedResults
import TestSupport
import Testing

@Suite("TREC files") struct TRECFileTests {
  let folder: String

  init() throws { folder = try TestSupport.temporaryFolder("trec") }

  func file(_ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/a"))
    return folder + "/a"
  }

  @Test("a run with tabs, spaces and interleaved queries is read in the order of the file")
  func run() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file("q1 Q0 b 1 2.5 tag\nq2\tQ0\ta\t1\t-1e-3\ttag\n  q1  Q0 a 2 2.5 tag \r\n")
    let run = try RankedRun(readingFrom: path)
    #expect(run.name == "tag")
    #expect(run.rankings["q1"] == [.init(passage: "b", score: 2.5), .init(passage: "a", score: 2.5)])
    #expect(run.rankings["q2"] == [.init(passage: "a", score: -0.001)])
  }

  @Test("a run whose queries take turns is read as quickly as one with all lines of a query together")
  func turns() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func lines(_ query: String) -> [String] { (0..<60_000).map { "\(query) Q0 p\($0) 1 1 t\n" } }
    let (first, second) = (lines("q"), lines("r"))
    let together = try file((first + second).joined())
    var (one, other): (RankedRun?, RankedRun?)
    let ofTogether = try ProcessorTime.of { one = try RankedRun(readingFrom: together) }
    let inTurn = try file(zip(first, second).map { $0 + $1 }.joined())
    let ofTurns = try ProcessorTime.of { other = try RankedRun(readingFrom: inTurn) }
    #expect(ofTurns < 4 * ofTogether)
    #expect(one == other && one?.rankings["r"]?.count == 60_000)
  }

  @Test(
    "a malformed line of a run is an error that names it",
    arguments: [
      ("q Q0 p 1 2.0", "expected 6 columns (query, Q0, passage, rank, score, tag), found 5"),
      ("", "expected 6 columns (query, Q0, passage, rank, score, tag), found 0"),
      ("q Q0 p 1 2.0 tag more", "expected 6 columns (query, Q0, passage, rank, score, tag), found 7"),
      ("q Q0 p one 2.0 tag", "expected a whole number as the rank (column 4), found \"one\""),
      ("q Q0 p 1 nan tag", "expected a finite number as the score (column 5), found \"nan\""),
      ("q Q0 p 1 inf tag", "expected a finite number as the score (column 5), found \"inf\""),
      ("q Q0 p 1 2,0 tag", "expected a finite number as the score (column 5), found \"2,0\""),
      ("q Q0 first 1 2.0 tag", "expected each passage once for a query, \"first\" of \"q\" is already on line 1"),
      (
        "q Q0 a\u{A0}b 1 2.0 tag",
        "expected an id without white space and control characters, found U+00A0, as the passage"
      ),
    ])
  func malformedRuns(line: String, message: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file("q Q0 first 1 3.0 tag\n\(line)\n")
    let error = #expect(throws: ParlanceError.self) { try RankedRun(readingFrom: path) }
    #expect(error == ParlanceError(.badInput, message, at: .init(file: path, line: 2)))
  }

  @Test("a duplicate is found when another query's lines are between")
  func interleavedDuplicate() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file("q Q0 a 1 3.0 t\nr Q0 a 1 3.0 t\nq Q0 a 2 2.0 t\n")
    let error = #expect(throws: ParlanceError.self) { try RankedRun(readingFrom: path) }
    #expect(error?.location?.line == 3)
  }

  @Test(
    "a malformed judgment is an error that names it",
    arguments: [
      ("q 0 p", "expected 4 columns (query, 0, passage, grade), found 3"),
      ("q 0 p 1.5", "expected a whole number as the grade (column 4), found \"1.5\""),
      ("q 0 first 2", "expected each passage once for a query, \"first\" of \"q\" is already on line 1"),
    ])
  func malformedQrels(line: String, message: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file("q 0 first 1\n\(line)\n")
    let error = #expect(throws: ParlanceError.self) { try Qrels(readingFrom: path) }
    #expect(error == ParlanceError(.badInput, message, at: .init(file: path, line: 2)))
  }

  @Test("judgments come back as they were written, negative ones too")
  func qrels() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let writer = try QrelsWriter(path: folder + "/q.gz")
    try writer.write("q", "a", grade: -2)
    try writer.write("q", "b", grade: 3)
    try writer.finish()
    #expect(try Qrels(readingFrom: folder + "/q.gz").grades == ["q": ["a": -2, "b": 3]])
  }

  @Test("any falling scores are written so that every reader finds the same order", arguments: 0..<50)
  func searchedOrder(seed: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var generator = SeededGenerator(seed: UInt64(seed))
    let levels: [Double] = [0, 1e-45, 0.1, 0.1 + 1e-12, 1, 1 + 1e-9, 3e38, 1e39, -1, -1e-50, 16_777_217, 16_777_216]
    var ranking = (0..<200).map { number in
      RankedPassage(
        passage: ExternalID("p\(number)"),
        score: levels.randomElement(using: &generator)! + Double(Int.random(in: 0..<2, using: &generator)) * 1e-10)
    }
    ranking.sort { $0.score > $1.score }
    let writer = try RunWriter(path: folder + "/run", tag: "t")
    try writer.write("q", ranking)
    try writer.finish()
    let read = try #require(try RankedRun(readingFrom: folder + "/run").rankings["q"])
    #expect(read.map(\.passage) == ranking.map(\.passage), "seed \(seed)")
    // Strictly falling as float32 and as double: no reader sees a tie.
    for (one, next) in zip(read, read.dropFirst()) {
      #expect(Float(one.score) > Float(next.score) && one.score > next.score, "seed \(seed)")
    }
    for (written, meant) in zip(read, ranking) where Float(meant.score).isFinite {
      #expect(Float(written.score) <= Float(meant.score), "seed \(seed)")
    }
  }

  @Test("equal scores stay equal for a writer that keeps ties")
  func ties() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let writer = try RunWriter(path: folder + "/run", tag: "t", keepingTies: true)
    try writer.write("q", ["b", "a", "c"].map { RankedPassage(passage: $0, score: $0 == "c" ? -0.1 : 2) })
    try writer.finish()
    let lines = try String(contentsOfFile: folder + "/run", encoding: .utf8)
    #expect(lines == "q Q0 b 1 2.0 t\nq Q0 a 2 2.0 t\nq Q0 c 3 -0.1 t\n")
  }

  @Test("a score that rises, is not a number, or belongs to a passage twice is refused and leaves no file")
  func refused() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for scores in [[1.0, 2.0], [.nan], [.infinity]] {
      let writer = try RunWriter(path: folder + "/run", tag: "t")
      let ranking = scores.enumerated().map { RankedPassage(passage: ExternalID("p\($0)"), score: $1) }
      let error = #expect(throws: ParlanceError.self) { try writer.write("q", ranking) }
      #expect(error?.code == .usage)
    }
    for (query, passages) in [("q", ["p"]), ("r", ["p", "p"])] as [(ExternalID, [ExternalID])] {
      let writer = try RunWriter(path: folder + "/run", tag: "t")
      try writer.write("q", [RankedPassage(passage: "p", score: 1)])
      let error = #expect(throws: ParlanceError.self) {
        try writer.write(query, passages.map { RankedPassage(passage: $0, score: 1) })
      }
      #expect(error?.code == .usage)
    }
    #expect(throws: ParlanceError.self) { try RunWriter(path: folder + "/run", tag: "two words") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test(
    "an id that readers would refuse is refused, of a query or of a passage",
    arguments: ["", "a b", "a\tb", "a\u{A0}b"])
  func refusedIDs(id: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try RunWriter(path: folder + "/run", tag: "t")
    let qrels = try QrelsWriter(path: folder + "/qrels")
    for (query, passage, name) in [(ExternalID(id), "p", "query"), ("q", ExternalID(id), "passage")]
      as [(ExternalID, ExternalID, String)]
    {
      let ofRun = #expect(throws: ParlanceError.self) {
        try run.write(query, [RankedPassage(passage: passage, score: 1)])
      }
      let ofQrels = #expect(throws: ParlanceError.self) { try qrels.write(query, passage, grade: 1) }
      for error in [ofRun, ofQrels] {
        #expect(error?.code == .badInput && error?.message.hasSuffix("as the \(name)") == true, "\(error as Any)")
      }
    }
  }
}
