import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@Suite("parlance evaluate --queries")
struct EvaluateCostTests {
  /// Two searches of the same turns, their query vectors, and the BM25 index that they were made in.
  private func inFolder(_ body: (String) throws -> Void) throws {
    try SearchFixture.inFolder { folder in
      let qrels = "c_1 0 p1 1\nc_2 0 p2 1\n"
      try qrels.write(toFile: folder + "/qrels.txt", atomically: false, encoding: .utf8)
      for (name, form) in [("last", "last-turn"), ("whole", "conversation")] {
        let result = try SearchFixture.search(
          "--index bm25 --conversations turns.jsonl --form \(form) --tag \(name) --run \(name).trec "
            + "--save-queries \(name).vectors", in: folder)
        try #require(result.code == 0, "\(result.error)")
      }
      try body(folder)
    }
  }

  private func parlance(_ arguments: String, in folder: String) throws -> ParlanceResult {
    try ParlanceProcess.run(arguments.split(separator: " ").map(String.init), in: folder)
  }

  @Test("search keeps the vectors of its queries, and their cost stands beside the figures")
  func table() throws {
    try inFolder { folder in
      let result = try parlance(
        "evaluate --qrels qrels.txt last.trec whole.trec --measures RR --queries last.vectors whole.vectors --index bm25",
        in: folder)
      // Passages with a word, over the last questions: undo 1, commit 2; branch 1. With the history the second one is
      // branch 1, reset 1, keep 1, your 1, file 1, undo 1, commit 2.
      #expect(
        result.output == """
          run       RR   L0  FLOPS
          ─────  ─────  ───  ─────
          last   1.000  1.5   0.67
          whole  0.750  4.5   1.83
          Means over 2 queries with a relevant passage; one that a run lacks counts 0.
          L0: terms of a query, the mean. FLOPS: terms that a query and a passage are
          expected to share.

          """, "\(result.output)\(result.error)")
    }
  }

  @Test("--json has the same numbers; a run without queries has none")
  func json() throws {
    try inFolder { folder in
      let result = try parlance(
        "evaluate --qrels qrels.txt last.trec whole.trec --queries whole=last.vectors --index bm25 --json", in: folder)
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result.error)")
      let runs = try #require(document["runs"] as? [[String: Any]])
      #expect(runs[0]["cost"] == nil)
      let cost = try #require(runs[1]["cost"] as? [String: Double])
      #expect(cost["l0"] == 1.5 && cost["postings"] == 2 && abs((cost["flops"] ?? 0) - 2.0 / 3) < 1e-12, "\(cost)")
    }
  }

  @Test("costs of some of a run's queries are told as such")
  func some() throws {
    try inFolder { folder in
      let file = try VectorsFile(path: folder + "/last.vectors")
      let writer = try VectorsWriter(path: folder + "/half.vectors", description: file.description)
      try writer.append(try file.id(at: 0), try file.vector(at: 0))
      try writer.finish()
      let arguments = "evaluate --qrels qrels.txt last.trec --queries last=half.vectors --index bm25"
      let table = try parlance(arguments, in: folder)
      #expect(table.output.contains("L0 and FLOPS of last: of 1 of the 2 queries.\n"), "\(table.output)\(table.error)")
      let json = try parlance(arguments + " --json", in: folder).output.replacing(#/\s+/#, with: " ")
      #expect(json.contains("\"queries\": 1, \"counted\": 1"), "\(json)")
    }
  }

  @Test("after deletes FLOPS by the index are those that the search counted, of every passage that is in its files")
  func deleted() throws {
    try inFolder { folder in
      let deleted = try parlance("index delete bm25 p2", in: folder)
      try #require(deleted.code == 0, "\(deleted.error)")
      let searched = try SearchFixture.search(
        "--index bm25 --conversations turns.jsonl --form last-turn --tag last --run after.trec --costs after.costs.jsonl",
        in: folder)
      try #require(searched.code == 0, "\(searched.error)")
      let lines = try String(contentsOfFile: folder + "/after.costs.jsonl", encoding: .utf8).split(separator: "\n")
      let measured = try lines.map { line in
        try #require((try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["flops"] as? Double)
      }
      let result = try parlance(
        "evaluate --qrels qrels.txt last.trec --queries last.vectors --index bm25 --json", in: folder)
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result.error)")
      let cost = try #require((document["runs"] as? [[String: Any]])?[0]["cost"] as? [String: Double])
      // undo is in 1 passage of 3, commit in 2; branch is in the one that was deleted.
      #expect(measured.count == 2 && abs(measured.reduce(0, +) / 2 - 2.0 / 3) < 1e-12, "\(measured)")
      #expect(abs((cost["flops"] ?? 0) - 2.0 / 3) < 1e-12, "\(cost)")
    }
  }

  @Test("two files of one run count together, as two students' halves do")
  func halves() throws {
    try inFolder { folder in
      let file = try VectorsFile(path: folder + "/last.vectors")
      for row in 0..<2 {
        let writer = try VectorsWriter(path: folder + "/half\(row).vectors", description: file.description)
        try writer.append(try file.id(at: row), try file.vector(at: row))
        try writer.finish()
      }
      func cost(_ queries: String) throws -> Substring? {
        try parlance("evaluate --qrels qrels.txt last.trec --queries \(queries) --index bm25 --json", in: folder).output
          .firstMatch(of: #/"cost"\s*:\s*\{[^}]*\}/#)?.output
      }
      let whole = try #require(try cost("last.vectors"))
      #expect(try cost("last=half0.vectors last=half1.vectors") == whole)
    }
  }

  @Test(
    "what is wrong is told, and no figure is printed",
    arguments: [
      ("--queries last.vectors", 64, "--queries FILE... and --index DIR... go together"),
      ("--index bm25", 64, "--queries FILE... and --index DIR... go together"),
      ("--queries none.vectors --index bm25", 64, "no run is called 'none'"),
      ("--queries last=none.vectors --index bm25", 66, "none.vectors"),
      ("--queries last.vectors --index none", 66, "none"),
      ("--queries last=qrels.txt --index bm25", 65, "qrels.txt"),
      ("--queries last.vectors last=whole.vectors --index bm25", 65, "is in another file of the run last as well"),
      ("--queries last=other.vectors --index bm25", 65, "other.vectors: the index holds BM25"),
      ("--queries last=strange.vectors --index bm25", 65, "expected the queries of the run last, none of 1 is one"),
    ])
  func malformed(arguments: String, code: Int32, says: String) throws {
    try inFolder { folder in
      let known = try VectorsFile(path: folder + "/last.vectors").description
      let other = VectorsDescription(
        encoder: EncoderIdentity(digest: "e", name: "e"), vocabulary: try Vocabulary(pieces: ["a"]))
      for (name, description) in [("other", other), ("strange", known)] {
        let writer = try VectorsWriter(path: folder + "/\(name).vectors", description: description)
        try writer.append("x", .empty)
        try writer.finish()
      }
      let result = try parlance("evaluate --qrels qrels.txt last.trec " + arguments, in: folder)
      #expect(result.code == code, "\(result.error)")
      #expect(result.error.contains(says), "\(result.error)")
      #expect(result.output.isEmpty)
    }
  }

  @Test("a search that fails leaves neither run nor queries")
  func nothingLeft() throws {
    try SearchFixture.inFolder { folder in
      let result = try SearchFixture.search(
        "--index bm25 --conversations turns.jsonl --run none/x.trec --save-queries q.vectors", in: folder)
      #expect(result.code == 73, "\(result.error)")
      let vectors = try SearchFixture.search("--index bm25 --vectors q.vectors --run x --save-queries y", in: folder)
      #expect(vectors.code == 64 && vectors.error.contains("--save-queries goes with --conversations"))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("q.vectors") }
      #expect(left.isEmpty, "\(left)")
    }
  }
}
