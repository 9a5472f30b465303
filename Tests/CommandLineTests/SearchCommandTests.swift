import Foundation
import TestSupport
import Testing

@Suite("parlance search")
struct SearchCommandTests {
  typealias Fixture = SearchFixture

  @Test("a question is answered on standard output; how it was searched stands on standard error")
  func question() throws {
    try Fixture.inFolder { folder in
      let result = try Fixture.search("--index bm25", question: "undo a commit", in: folder)
      #expect(result.code == 0)
      #expect(
        result.output == """
            1  git reset  0.73
               Undoing the last commit keeps your files
               p1
            2  git tag  0.26
               A tag names a commit
               p3

          """)
      #expect(result.error.hasPrefix("exact over f32 weights; 2 terms, 3 postings; encoded in "), "\(result.error)")
    }
  }

  @Test("-k bounds the passages; --explain adds the query's terms and what each adds")
  func explained() throws {
    try Fixture.inFolder { folder in
      let result = try Fixture.search("--index bm25 --explain -k 1", question: "undo a commit", in: folder)
      #expect(
        result.output == """
          query  2 terms
            from the question: undo 1.00, commit 1.00
            1  git reset  0.73
               Undoing the last commit keeps your files
               p1
               = undo 0.49 + commit 0.24

          """)
    }
  }

  @Test("--turn answers one turn in a form, and --explain says which message each term came from")
  func turn() throws {
    try Fixture.inFolder { folder in
      let conversation = try Fixture.search("--index bm25 --conversations turns.jsonl --turn c_2 --explain", in: folder)
      #expect(conversation.code == 0, "\(conversation.error)")
      let terms = conversation.output.split(separator: "\n").filter { $0.hasPrefix("  from") }
      #expect(
        terms == [
          "  from the question, message 3: branch 1.00",
          "  from message 2: reset 1.00, keep 1.00, your 1.00, file 1.00",
          "  from message 1: undo 1.00, commit 1.00",
        ], "\(conversation.output)")
      let rewrite = try Fixture.search(
        "--index bm25 --conversations turns.jsonl --turn c_2 --form rewrite --rewrites rewrites.jsonl --explain",
        in: folder)
      #expect(rewrite.output.contains("  from the rewrite: "), "\(rewrite.output)")
      #expect(rewrite.output.contains("1  git tag"), "\(rewrite.output)")
    }
  }

  @Test("--json is one document: scores, texts, metadata with its keys as they were, terms with their sources")
  func document() throws {
    try Fixture.inFolder { folder in
      let result = try Fixture.search(
        "--index bm25 --conversations turns.jsonl --turn c_2 --json --explain -k 2", in: folder)
      let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      #expect(
        Set(json.keys) == [
          "query", "form", "is_exact", "weights", "postings_touched", "query_terms", "matched_terms", "is_truncated",
          "encode_milliseconds", "search_milliseconds", "terms", "hits",
        ])
      #expect(
        json["query"] as? String
          == "and a branch? [SEP] By a reset, which keeps your files. [SEP] How do I undo a commit?")
      #expect(json["is_exact"] as? Bool == true)
      let hits = try #require(json["hits"] as? [[String: Any]])
      #expect(hits.map { $0["id"] as? String } == ["p1", "p2"])
      #expect(hits.map { $0["rank"] as? Int } == [1, 2])
      #expect((hits[0]["metadata"] as? [String: Int]) == ["pageNumber": 7])
      #expect(Set(hits[0].keys) == ["rank", "id", "score", "title", "text", "metadata", "terms"])
      let added = try #require(hits[0]["terms"] as? [[String: Any]])
      #expect(Set(added[0].keys) == ["piece", "query_weight", "passage_weight", "contribution"])
      let sum = added.compactMap { $0["contribution"] as? Double }.reduce(0, +)
      #expect(abs(sum - (try #require(hits[0]["score"] as? Double))) < 1e-5)
      let terms = try #require(json["terms"] as? [[String: Any]])
      let branch = try #require(terms.first { $0["piece"] as? String == "branch" })
      #expect(branch["source"] as? String == "message")
      #expect(branch["message"] as? Int == 2)

      let plain = try Fixture.search("--index bm25 --json", question: "undo", in: folder)
      #expect(!plain.output.contains("contribution") && !plain.output.contains("\"terms\""))
    }
  }

  @Test("a dial that leaves nothing out makes an exact run, by its name as well")
  func exactDial() throws {
    try Fixture.inFolder { folder in
      for (dial, name) in [("0", "last-turn"), ("0.2", "last-turn-approximate-0.2")] {
        let result = try Fixture.search(
          "--index bm25 --conversations turns.jsonl --form last-turn --approximate \(dial) --run -", in: folder)
        #expect(result.code == 0 && result.output.split(separator: "\n").allSatisfy { $0.hasSuffix(" " + name) })
        #expect(result.error.contains("the run is approximate") == (dial != "0"), "\(result.error)")
      }
    }
  }

  @Test(
    "conversations become a run in each form",
    arguments: [
      ("last-turn", ["c_1 p1", "c_1 p3", "c_2 p2"]),
      ("user-turns", ["c_1 p1", "c_1 p3", "c_2 p1", "c_2 p2", "c_2 p3"]),
      ("conversation", ["c_1 p1", "c_1 p3", "c_2 p1", "c_2 p2", "c_2 p3"]),
      ("rewrite", ["c_1 p1", "c_1 p3", "c_2 p3"]),
      ("rewrite+conversation", ["c_1 p1", "c_1 p3", "c_2 p1", "c_2 p3"]),
    ])
  func forms(form: String, expected: [String]) throws {
    try Fixture.inFolder { folder in
      let rewrites = form.hasPrefix("rewrite") ? " --rewrites rewrites.jsonl" : ""
      let result = try Fixture.search(
        "--index bm25 --conversations turns.jsonl --form \(form)\(rewrites) --run out.trec", in: folder)
      #expect(result.code == 0, "\(result.error)")
      #expect(result.output.isEmpty)
      #expect(result.error.hasPrefix("2 queries, "), "\(result.error)")
      let run = try String(contentsOfFile: folder + "/out.trec", encoding: .utf8)
      #expect(Fixture.pairs(run).sorted() == expected, "\(run)")
      #expect(run.split(separator: "\n").allSatisfy { $0.hasSuffix(" \(form)") })
    }
  }

  @Test("--run - writes the run to standard output and nothing else; - reads conversations from standard input")
  func streams() throws {
    try Fixture.inFolder { folder in
      let result = try ParlanceProcess.run(
        ["search", "--index", "bm25", "--conversations", "-", "--run", "-", "--k", "1", "--tag", "mine"], in: folder,
        input: Fixture.files["turns.jsonl"])
      #expect(Fixture.pairs(result.output) == ["c_1 p1", "c_2 p1"])
      #expect(result.output.split(separator: "\n").allSatisfy { $0.hasSuffix(" mine") })
      #expect(!result.error.contains("p1"))
    }
  }

  @Test("queries that find nothing are counted, on the screen and for a run")
  func nothing() throws {
    try Fixture.inFolder { folder in
      let one = try Fixture.search("--index bm25", question: "zebra", in: folder)
      #expect(one.code == 0)
      #expect(one.output == "The query has no terms, so no passage matches.\n")
      let turns = """
        {"id": "a", "conversation": "c", "turn": 1, "messages": [{"role": "user", "content": "zebra"}]}
        {"id": "b", "conversation": "d", "turn": 1, "messages": [{"role": "user", "content": "tag"}]}

        """
      let many = try ParlanceProcess.run(
        ["search", "--index", "bm25", "--conversations", "-", "--run", "-"], in: folder, input: turns)
      #expect(Fixture.pairs(many.output) == ["b p3"])
      #expect(many.error.contains("; 1 had no terms and found nothing"), "\(many.error)")
      let none = try Fixture.search("--index bm25 --conversations empty.jsonl --run out.trec", in: folder)
      #expect(none.code == 0 && none.error == "no queries\n")
    }
  }

  @Test("a reader that leaves early ends the program without a word")
  func brokenPipe() throws {
    try Fixture.inFolder { folder in
      let turn =
        "{\\\"id\\\":\\\"q%d\\\",\\\"conversation\\\":\\\"c\\\",\\\"turn\\\":1,\\\"messages\\\":[{\\\"role\\\":\\\"user\\\",\\\"content\\\":\\\"commit\\\"}]}\\n"
      for trap in ["", "trap '' PIPE; "] {
        let result = try ParlanceProcess.shell(
          """
          for i in $(seq 5000); do printf "\(turn)" $i; done > many.jsonl
          \(trap)$PARLANCE search --index bm25 --conversations many.jsonl --run - 2> errors | head -1
          grep -v queries errors
          """, in: folder)
        #expect(result.output == "q1 Q0 p3 1 0.2576477 conversation\n", "\(trap): \(result.output)")
        #expect(result.error.isEmpty)
      }
    }
  }
}
