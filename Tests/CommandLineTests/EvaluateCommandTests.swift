import Foundation
import TestSupport
import Testing

@Suite("parlance evaluate")
struct EvaluateCommandTests {
  static let files: [String: String] = [
    "qrels.txt": """
    c1_1 0 a 1
    c1_2 0 b 2
    c1_2 0 a 0
    c2_1 0 c 1
    c2_2 0 d 1
    c3_1 0 e 0

    """,
    "one.trec": """
    c1_1 Q0 a 1 9 one
    c1_1 Q0 b 2 8 one
    c1_2 Q0 a 1 9 one
    c1_2 Q0 b 2 8 one
    c2_1 Q0 c 1 5 one
    c3_1 Q0 e 1 5 one

    """,
    "two.trec": """
    c1_1 Q0 b 1 9 two
    c1_1 Q0 a 2 8 two
    c1_2 Q0 b 1 9 two
    c2_1 Q0 c 1 5 two
    c2_2 Q0 d 1 5 two

    """,
    "twin.trec": "c1_1 Q0 a 1 9 one\n",
    "elsewhere.trec": "x Q0 a 1 9 elsewhere\n",
    "empty.trec": "",
    "twice.trec": "c1_1 Q0 a 1 9 t\nc1_1 Q0 a 2 8 t\n",
    "nan.trec": "c1_1 Q0 a 1 nan t\n",
    "columns.trec": "c1_1 Q0 a 1 9\n",
    "irrelevant.txt": "c1_1 0 a 0\n",
    "badgrade.txt": "c1_1 0 a x\n",
    "single.txt": "c1_1 0 a 1\n",
    "turns.jsonl": ["c1_1", "c1_2", "c2_1", "c2_2", "c3_1"].map(turn).joined(),
    "few.jsonl": ["c1_1", "c1_2"].map(turn).joined(),
    "broken.jsonl": turn("c1_1") + "{\"id\": \"c1_2\", \n",
  ]

  static func turn(_ id: String) -> String {
    let parts = id.split(separator: "_")
    let number = Int(parts[1]) ?? 0
    let question = "{\"role\": \"user\", \"content\": \"q\"}"
    let answer = "{\"role\": \"assistant\", \"content\": \"a\"}"
    let messages = [question] + (1..<max(number, 1)).flatMap { _ in [answer, question] }
    return
      "{\"id\": \"\(id)\", \"conversation\": \"\(parts[0])\", \"turn\": \(number), \"messages\": [\(messages.joined(separator: ", "))]}\n"
  }

  private func parlance(
    _ arguments: String, environment: [String: String] = [:], input: String? = nil
  ) throws -> ParlanceResult {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      try ParlanceProcess.run(
        arguments.split(separator: " ").map(String.init), in: folder, environment: environment, input: input)
    }
  }

  @Test("a run without lines counts as one that found nothing, beside others, and is told")
  func emptyRun() throws {
    let result = try parlance("evaluate --qrels qrels.txt one.trec empty.trec --measures RR")
    #expect(result.code == 0, "\(result.error)")
    #expect(result.output.contains("\none    0.625\nempty  0.000\n"), "\(result.output)")
    #expect(result.error.contains("warning: empty.trec: the run is empty"), "\(result.error)")
  }

  @Test("prints a table, how many queries count, and what a run lacks")
  func table() throws {
    let result = try parlance("evaluate --qrels qrels.txt one.trec two.trec --measures nDCG@3,RR,R(rel=2)@5")
    #expect(
      result.output == """
        run  nDCG@3     RR  R(rel=2)@5
        ───  ──────  ─────  ──────────
        one   0.658  0.625       0.250
        two   0.908  0.875       0.250
        Means over 4 queries with a relevant passage; one that a run lacks counts 0.
        one lacks 1 of them.
        R(rel=2)@5: 3 of them have no passage of grade 2 and count 0.

        """)
    #expect(result.error == "")
    #expect(result.code == 0)
  }

  @Test("shows ASCII only where the locale has no more")
  func ascii() throws {
    let result = try parlance(
      "evaluate --qrels qrels.txt one.trec two.trec --baseline one --measures RR", environment: ["LC_ALL": "C"])
    #expect(
      result.output == """
        run      RR
        ----  -----
        one*  0.625
        two   0.875
        * baseline; paired randomisation test by query (4 queries), two-sided, p < 0.05
        after Holm over 1 comparison
        No difference from one is significant.
        Means over 4 queries with a relevant passage; one that a run lacks counts 0.
        one lacks 1 of them.

        Differences from one
        run  measure  difference     95 % interval       p  p (Holm)  +/-/=
        ---  -------  ----------  ----------------  ------  --------  -----
        two  RR           +0.250  -0.250 to +0.750  0.7500    0.7500  2/1/1
        Interval: percentile bootstrap by query, 10,000 resamples. +/-/=: queries where
        the run is better, worse, the same.

        """)
  }

  @Test("keeps within the columns of the screen", arguments: [40, 60, 80])
  func width(columns: Int) throws {
    let result = try parlance(
      "evaluate --qrels qrels.txt one.trec two.trec --baseline two.trec --per-query --by turn --conversations turns.jsonl --intervals",
      environment: ["COLUMNS": "\(columns)"])
    #expect(result.code == 0)
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= columns })
  }

  @Test("breaks down by turn: one table for one run, one for each measure for several")
  func byTurn() throws {
    let one = try parlance(
      "evaluate --qrels qrels.txt two.trec --measures RR --by turn --conversations turns.jsonl")
    #expect(
      one.output.hasSuffix(
        """

        two by turn
        turn  queries     RR
        ────  ───────  ─────
           1        2  0.750
           2        2  1.000

        """))
    let both = try parlance(
      "evaluate --qrels qrels.txt one.trec two.trec --measures RR --by turn --conversations turns.jsonl")
    #expect(
      both.output.hasSuffix(
        """

        RR by turn
        turn  queries    one    two
        ────  ───────  ─────  ─────
           1        2  1.000  0.750
           2        2  0.250  1.000

        """))
  }

  @Test("--json is the documented document")
  func json() throws {
    let result = try parlance("evaluate --qrels qrels.txt two.trec --measures nDCG@3 --per-query --json")
    let document = try JSONDecoder().decode(Document.self, from: Data(result.output.utf8))
    #expect(document.runs.map(\.name) == ["two"])
    #expect(document.runs[0].queries?["c2_2"] == ["nDCG@3": 1])
    #expect(document.runs[0].queries?.count == 4)
    #expect(abs((document.runs[0].measures["nDCG@3"] ?? 0) - 0.9077324383) < 1e-9)
    let plain = try parlance("evaluate --qrels qrels.txt two.trec --json")
    #expect(try JSONDecoder().decode(Document.self, from: Data(plain.output.utf8)).runs[0].queries == nil)
  }

  struct Document: Decodable {
    struct Run: Decodable {
      var name: String
      var measures: [String: Double]
      var queries: [String: [String: Double]]?
    }

    var runs: [Run]
  }

  @Test("--json says what the comparison rests on, by query and by conversation")
  func jsonSignificance() throws {
    let result = try parlance(
      "evaluate --qrels qrels.txt two.trec --baseline one.trec --conversations turns.jsonl --measures RR --json --intervals"
    )
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let runs = try #require(document["runs"] as? [[String: Any]])
    #expect(runs.map { $0["name"] as? String } == ["one", "two"])
    #expect(runs.map { $0["file"] as? String } == ["one.trec", "two.trec"])
    #expect(runs.map { $0["missing"] as? Int } == [1, 0])
    #expect(runs[0]["intervals"] is [String: [String: Double]])
    let significance = try #require(document["significance"] as? [String: Any])
    #expect(significance["unit"] as? String == "conversation")
    #expect(significance["conversations"] as? Int == 2)
    let comparison = try #require((significance["comparisons"] as? [[String: Any]])?.first)
    #expect(comparison["difference"] as? Double == 0.25)
    #expect((comparison["byQuery"] as? [String: Any])?["units"] as? Int == 4)
    #expect((comparison["byConversation"] as? [String: Any])?["units"] as? Int == 2)
  }

  @Test("runs with the same name are told apart by their files")
  func sameName() throws {
    let result = try parlance("evaluate --qrels qrels.txt one.trec twin.trec --measures RR")
    #expect(result.output.contains("one (one.trec)") && result.output.contains("one (twin.trec)"))
  }

  @Test("a run that comes through a pipe is read once, also where the baseline is not among the runs")
  func pipe() throws {
    for (arguments, input) in [
      ("- --baseline one.trec", "two.trec"), ("two.trec --baseline -", "one.trec"),
    ] {
      let options = " --qrels qrels.txt --measures RR"
      let piped = try parlance("evaluate " + arguments + options, input: Self.files[input])
      let plain = try parlance("evaluate two.trec --baseline one.trec" + options)
      #expect(piped.code == 0 && piped.output == plain.output, "\(piped.error)")
    }
  }

  @Test("options of tests are taken where there are some, those of intervals anywhere")
  func significanceOptions() throws {
    for options in [
      "--unit query --alpha 0.1 --resamples 99 --seed 3",
      "--intervals --unit query --alpha 0.1 --resamples 99 --seed 3",
      "two.trec --baseline one --test t-test --unit query --correction none --permutations 9 --resamples 9",
    ] {
      let result = try parlance("evaluate --qrels qrels.txt one.trec --measures RR " + options)
      #expect(result.code == 0, "\(result.error)")
    }
  }

  @Test(
    "what is wrong is told in one line, with the exit code of its kind, and nothing else is printed",
    arguments: [
      ("--qrels qrels.txt", 64, "Missing expected argument"),
      ("one.trec", 64, "--qrels"),
      ("--qrels qrels.txt one.trec --measures nDGC@3", 64, "did you mean nDCG?"),
      ("--qrels qrels.txt one.trec --measures R", 64, "R needs a cut-off"),
      ("--qrels qrels.txt one.trec --by turn", 64, "--by turn needs --conversations"),
      ("--qrels qrels.txt one.trec --by depth", 64, "--by"),
      ("--qrels qrels.txt one.trec one.trec", 64, "the run 'one.trec' is named twice"),
      ("--qrels qrels.txt one.trec --baseline one.trec", 64, "--baseline is the only run"),
      ("--qrels qrels.txt one.trec --baseline none.trec", 66, "none.trec"),
      ("--qrels qrels.txt one.trec two.trec --baseline one --unit conversation", 64, "--unit conversation needs"),
      ("--qrels qrels.txt one.trec two.trec --baseline one --alpha 2", 64, "--alpha lies between 0 and 1"),
      ("--qrels qrels.txt one.trec two.trec --test t-test", 64, "--test is of the tests against a baseline"),
      ("--qrels qrels.txt one.trec --correction none --intervals", 64, "--correction is of the tests"),
      ("--qrels qrels.txt one.trec --permutations 9 --intervals", 64, "--permutations is of the tests"),
      ("--qrels qrels.txt one.trec --intervals --resamples 10000001", 64, "--resamples is between 1 and 10000000"),
      ("--qrels qrels.txt one.trec two.trec --baseline one --resamples 0", 64, "--resamples is between 1 and"),
      ("--qrels qrels.txt one.trec --unit conversation", 64, "--unit conversation needs"),
      ("--qrels qrels.txt one.trec --digits 0", 64, "--digits is between 1 and 10"),
      ("--qrels none.txt one.trec", 66, "none.txt"),
      ("--qrels qrels.txt none.trec", 66, "none.trec"),
      ("--qrels qrels.txt empty.trec", 65, "empty.trec: the run is empty"),
      ("--qrels qrels.txt elsewhere.trec", 65, "elsewhere.trec: the run 'elsewhere' has no query"),
      ("--qrels qrels.txt twice.trec", 65, "twice.trec:2"),
      ("--qrels qrels.txt nan.trec", 65, "nan.trec:1"),
      ("--qrels qrels.txt columns.trec", 65, "columns.trec:1"),
      ("--qrels irrelevant.txt one.trec", 65, "irrelevant.txt: the judgments hold no passage"),
      ("--qrels badgrade.txt one.trec", 65, "badgrade.txt:1"),
      ("--qrels single.txt one.trec two.trec --baseline one", 65, "two or more"),
      ("--qrels qrels.txt one.trec --by turn --conversations few.jsonl", 65, "few.jsonl: 2 of the 4 judged queries"),
      ("--qrels qrels.txt one.trec --by turn --conversations broken.jsonl", 65, "broken.jsonl:2"),
    ])
  func malformed(arguments: String, code: Int32, words: String) throws {
    let result = try parlance("evaluate " + arguments)
    #expect(result.code == code)
    #expect(result.error.contains(words), "\(result.error)")
    #expect(result.output == "")
  }

  @Test("--help has examples that parse")
  func help() throws {
    let result = try parlance("evaluate --help")
    #expect(result.code == 0)
    #expect(result.output.contains("parlance evaluate --qrels qrels.txt bm25.trec splade.trec"))
  }
}
