import Foundation
import TestSupport
import Testing

@Suite("parlance compare")
struct CompareCommandTests {
  static let files = [
    "one.trec": "1 Q0 a 1 9 one\n1 Q0 b 2 8 one\n2 Q0 a 1 9 one\n3 Q0 a 1 9 one\n",
    "two.trec": "1 Q0 b 1 9 two\n1 Q0 a 2 8 two\n2 Q0 c 1 9 two\n4 Q0 a 1 9 two\n5 Q0 a 1 9 two\n",
    "other.trec": "9 Q0 a 1 9 other\n",
    "bad.trec": "9 Q0 a 1\n",
    "empty.trec": "",
    "c.jsonl":
      "{\"id\":\"1\",\"conversation\":\"x\",\"turn\":1,\"messages\":[{\"role\":\"user\",\"content\":\"what <is> it\"}]}\n"
      + "{\"id\":\"2\",\"conversation\":\"x\",\"turn\":2,\"messages\":[{\"role\":\"user\",\"content\":\"what <is> it\"},"
      + "{\"role\":\"assistant\",\"content\":\"tea & <b>cake</b>\"},{\"role\":\"user\",\"content\":\"is it hot\"}]}\n",
    "passages.jsonl":
      "{\"_id\":\"a\",\"title\":\"A & O\",\"text\":\"it is tea\"}\n{\"_id\":\"b\",\"text\":\"<script>alert(1)</script> hot cake\"}\n",
  ]

  private func parlance(_ arguments: String) throws -> ParlanceResult {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      try ParlanceProcess.run(arguments.split(separator: " ").map(String.init), in: folder)
    }
  }

  @Test("prints the agreement of each two runs, and what was left out")
  func table() throws {
    let result = try parlance("compare one.trec two.trec --depths 1,10 --least 1")
    #expect(
      result.output == """
        run  and run  overlap@1  overlap@10    RBO     tau  queries
        ───  ───────  ─────────  ──────────  ─────  ──────  ───────
        one  two          0.000       0.500  0.450  -1.000        2
        Means over the queries that both runs have. RBO: rank-biased overlap, p = 0.9.
        Left out: 1 queries that only one has, 2 that only two has.

        Where one and two agree least
        query  overlap@1  overlap@10    RBO  tau
        ─────  ─────────  ──────────  ─────  ───
        2          0.000       0.000  0.000

        """)
    #expect(result.code == 0)
  }

  @Test("--json holds the same, with each query's figures on demand")
  func json() throws {
    let result = try parlance("compare one.trec two.trec --json --per-query")
    let document = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let pair = try #require((document["pairs"] as? [[String: Any]])?.first)
    #expect(pair["runs"] as? [String] == ["one", "two"])
    #expect(pair["overlap"] as? [String: Double] == ["10": 0.5, "100": 0.5])
    #expect((pair["perQuery"] as? [String: Any])?.count == 2)
  }

  @Test("--html shows the conversations that agree least, worst turn open, all text escaped, nothing fetched")
  func page() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try ParlanceProcess.run(
        [
          "compare", "one.trec", "two.trec", "--conversations", "c.jsonl", "--passages", "passages.jsonl", "--html",
          "p.html",
        ],
        in: folder)
      #expect(result.code == 0, "\(result.error)")
      let page = try String(contentsOfFile: folder + "/p.html", encoding: .utf8)
      #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("default-src 'none'"))
      #expect(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"))
      #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; hot cake"))
      #expect(page.contains("tea &amp; &lt;b&gt;cake&lt;/b&gt;") && page.contains("what &lt;is&gt; it"))
      #expect(page.contains("<strong dir=\"auto\">A &amp; O</strong>"))
      #expect(page.contains("1 of 1 conversation, least alike first"))
      // Turn 2, on which they share nothing, is open, and turn 1 is not.
      #expect(page.components(separatedBy: "<details open>").count == 2)
      #expect(page.contains("<details open>\n<summary><span dir=\"auto\">is it hot"))
      #expect(page.components(separatedBy: "class=\"shared\"").count == 5)
      // Not by colour alone.
      #expect(page.components(separatedBy: "aria-label=\"found by all\"").count == 5)
      #expect(page.contains("prefers-color-scheme: dark"))
    }
  }

  @Test("runs systems over conversations, times them, and compares them with a run")
  func systems() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let built = try ParlanceProcess.run(
        ["index", "build", "--bm25", "--passages", "passages.jsonl", "--out", "bm25"], in: folder)
      #expect(built.code == 0, "\(built.error)")
      let arguments = [
        "compare", "name=last,index=bm25,form=last-turn", "index=bm25", "one.trec", "--conversations", "c.jsonl",
      ]
      let result = try ParlanceProcess.run(arguments, in: folder)
      #expect(result.code == 0, "\(result.error)")
      #expect(result.output.contains("last          conversation"), "\(result.output)")
      #expect(result.output.contains("ms p50") && result.output.contains("From words to passages"))
      let json = try ParlanceProcess.run(arguments + ["--json", "--html", "p.html"], in: folder)
      let document = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      let systems = try #require(document["systems"] as? [[String: Any]])
      #expect(systems.map { $0["name"] as? String } == ["last", "conversation", "one"])
      #expect((systems[0]["milliseconds"] as? [String: Double])?.count == 3 && systems[2]["milliseconds"] == nil)
      #expect((document["pairs"] as? [Any])?.count == 3)
      // The texts come from the index.
      #expect(try String(contentsOfFile: folder + "/p.html", encoding: .utf8).contains("it is tea"))
      // A turn without a rewrite, which `rewrite` leaves out where it failed, ends nothing.
      try "{\"id\": \"1\", \"text\": \"what is it\"}\n"
        .write(toFile: folder + "/some.jsonl", atomically: false, encoding: .utf8)
      let some = try ParlanceProcess.run(
        ["compare", "index=bm25,form=rewrite,rewrites=some.jsonl", "one.trec", "--conversations", "c.jsonl"], in: folder
      )
      #expect(some.code == 0, "\(some.error)")
      #expect(some.output.contains("that have no rewrite.") && some.output.contains("Not in it: the rewriting itself"))
      let twice = try ParlanceProcess.run(
        ["compare", "index=bm25", "index=bm25", "--conversations", "c.jsonl"], in: folder)
      #expect(twice.code == 64 && twice.error.contains("two systems are called 'conversation'"))
    }
  }

  @Test(
    "what is wrong is told with the exit code of its kind",
    arguments: [
      ("one.trec", 64, "two systems or more"), ("one.trec two.trec --p 1", 64, "--p lies between 0 and 1"),
      ("one.trec two.trec --depths 0", 64, "ranks of 1 or more, not '0'"),
      ("one.trec two.trec --depths ,", 64, "names no rank"), ("one.trec two.trec --least 0", 64, "--least"),
      ("one.trec one.trec", 64, "named twice"), ("one.trec two.trec --html -", 64, "--html takes a file"),
      ("one.trec two.trec --html one.trec", 64, "the output is one of the inputs"),
      ("one.trec two.trec --passages p", 64, "--passages belongs to --html"),
      ("one.trec two.trec --k 0", 64, "--k is 1 or more"), ("one.trec two.trec --shown 0", 64, "--shown is 1 or more"),
      ("one.trec index=i", 64, "run over --conversations, which are missing"),
      ("one.trec index=i,colour=red", 64, "found 'colour=red'"), ("one.trec index=i,form=x", 64, "found 'x'"),
      ("one.trec index=i,index=j", 64, "index= is in the system"),
      ("one.trec index=i,form=rewrite", 64, "needs rewrites="),
      ("one.trec index=i,form=last-turn,rewrites=r", 64, "takes no rewrites="),
      ("one.trec index=none --conversations c.jsonl", 66, "none"), ("one.trec other.trec", 65, "no query in common"),
      ("one.trec empty.trec", 65, "error: empty.trec: the run is empty"), ("one.trec bad.trec", 65, "bad.trec:1"),
      ("one.trec none.trec", 66, "none.trec"),
    ])
  func malformed(arguments: String, code: Int32, words: String) throws {
    let result = try parlance("compare " + arguments)
    #expect(result.code == code)
    #expect(result.error.contains(words), "\(result.error)")
    #expect(result.output == "")
  }
}
