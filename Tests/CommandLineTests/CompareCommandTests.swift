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

  @Test(
    "what is wrong is told with the exit code of its kind",
    arguments: [
      ("one.trec", 64, "two runs or more"), ("one.trec two.trec --p 1", 64, "--p lies between 0 and 1"),
      ("one.trec two.trec --depths 0", 64, "ranks of 1 or more, not '0'"),
      ("one.trec two.trec --depths ,", 64, "names no rank"), ("one.trec two.trec --least 0", 64, "--least"),
      ("one.trec one.trec", 64, "named twice"), ("one.trec other.trec", 65, "no query in common"),
      ("one.trec bad.trec", 65, "bad.trec:1"), ("one.trec none.trec", 66, "none.trec"),
    ])
  func malformed(arguments: String, code: Int32, words: String) throws {
    let result = try parlance("compare " + arguments)
    #expect(result.code == code)
    #expect(result.error.contains(words), "\(result.error)")
    #expect(result.output == "")
  }
}
