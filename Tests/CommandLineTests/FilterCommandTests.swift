import Foundation
import TestSupport
import Testing

@Suite("parlance search --filter")
struct FilterCommandTests {
  static let files: [String: String] = {
    var files = SearchFixture.files
    files["passages.jsonl"] = """
      {"_id": "p1", "text": "Undoing the last commit keeps your files", "lang": "en", "year": 2019}
      {"_id": "p2", "text": "A commit of a commit", "lang": "de", "year": 2021}
      {"_id": "p3", "text": "A tag names a commit", "lang": ["fr", "en"], "year": 2023.5}

      """
    return files
  }()

  func inFolder(_ body: (String) throws -> Void) throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let built = try ParlanceProcess.run(
        ["index", "build", "--bm25", "--passages", "passages.jsonl", "--out", "bm25"], in: folder)
      try #require(built.code == 0, "\(built.error)")
      try body(folder)
    }
  }

  @Test("answers a question and conversations from the passages that fit")
  func answers() throws {
    try inFolder { folder in
      for (conditions, expected) in [
        (["lang=en"], ["p3", "p1"]), (["lang=de|fr", "year>=2021"], ["p2", "p3"]), (["year<2020"], ["p1"]),
        (["year=2021"], ["p2"]), (["lang=it"], []),
      ] {
        let filters = conditions.flatMap { ["--filter", $0] }
        let found = try ParlanceProcess.run(
          ["search", "--index", "bm25", "commit", "--json"] + filters, in: folder)
        let document = try #require(
          try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any], "\(found.error)")
        let hits = try #require(document["hits"] as? [[String: Any]])
        #expect(Set(hits.compactMap { $0["id"] as? String }) == Set(expected), "\(conditions)")
        #expect(document["passages_allowed"] as? Int == expected.count)

        let run = try ParlanceProcess.run(
          ["search", "--index", "bm25", "--conversations", "turns.jsonl", "--run", "-"] + filters, in: folder)
        #expect(run.code == 0)
        let ids = Set(run.output.split(separator: "\n").map { String($0.split(separator: " ")[2]) })
        #expect(ids == Set(expected), "\(conditions)")
        let timed = try ParlanceProcess.run(
          ["search", "--index", "bm25", "--conversations", "turns.jsonl", "--run", "-", "--costs", "costs.jsonl"]
            + filters, in: folder)
        #expect(timed.code == 0 && timed.output == run.output, "\(conditions)")
      }
    }
  }

  @Test("a field that no passage has is told, on the screen and for a run")
  func unknownField() throws {
    try inFolder { folder in
      for what in [["commit"], ["--conversations", "turns.jsonl", "--run", "o.trec"]] {
        let told = try ParlanceProcess.run(["search", "--index", "bm25", "--filter", "yaer>=2019"] + what, in: folder)
        #expect(
          told.code == 0 && told.error.contains("no passage of the index has the field \"yaer\"; did you mean year?"),
          "\(told.error)")
      }
    }
  }

  @Test("refuses what is no condition")
  func refusals() throws {
    try inFolder { folder in
      let refused = try ParlanceProcess.run(
        ["search", "--index", "bm25", "commit", "--filter", "year>=soon"], in: folder)
      #expect(refused.code == 64 && refused.error.contains("expected a number as bound"), "\(refused.error)")
    }
  }
}
