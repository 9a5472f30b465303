import Foundation
import TestSupport
import Testing

@Suite("parlance fuse")
struct FuseCommandTests {
  static let files = [
    "one.trec": "1 Q0 a 1 9 one\n1 Q0 b 2 8 one\n2 Q0 a 1 9 one\n",
    "two.trec": "1 Q0 b 1 9 two\n1 Q0 a 2 8 two\n1 Q0 c 3 7 two\n",
    "bad.trec": "1 Q0 a 1 9 bad\n1 Q0 a 2 8 bad\n",
  ]

  @Test("writes the fused run, ties kept apart by the smallest float step")
  func fused() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try ParlanceProcess.run(["fuse", "one.trec", "two.trec"], in: folder)
      #expect(
        result.output == """
          1 Q0 b 1 0.032522473 rrf
          1 Q0 a 2 0.03252247 rrf
          1 Q0 c 3 0.015873017 rrf
          2 Q0 a 1 0.016393442 rrf

          """)
      #expect(result.code == 0)
      let file = try ParlanceProcess.run(
        [
          "fuse", "one.trec", "two.trec", "--weights", "1,0.5", "--depth", "1", "--k", "0", "--run", "out.trec",
          "--name", "x",
        ],
        in: folder)
      #expect(file.output == "")
      #expect(try String(contentsOfFile: folder + "/out.trec", encoding: .utf8) == "1 Q0 a 1 1.25 x\n2 Q0 a 1 1.0 x\n")
    }
  }

  @Test("adds scores that were brought to one scale, and says in JSON what was fused")
  func scores() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try ParlanceProcess.run(
        ["fuse", "one.trec", "two.trec", "--method", "mnz", "--weights", "1,3", "--normalise", "max"], in: folder)
      #expect(
        result.output == """
          1 Q0 b 1 7.7777777 mnz
          1 Q0 a 2 7.3333335 mnz
          1 Q0 c 3 3.2222223 mnz
          2 Q0 a 1 1.0 mnz

          """)
      let summary = try ParlanceProcess.run(
        ["fuse", "one.trec", "two.trec", "--method", "sum", "--missing", "zero", "--run", "out.trec", "--json"],
        in: folder)
      #expect(
        summary.output == """
          {
            "run": "out.trec",
            "name": "sum",
            "method": "sum",
            "fused": ["one.trec", "two.trec"],
            "queries": 2,
            "passages": 4
          }

          """)
    }
  }

  @Test(
    "what is wrong is told with the exit code of its kind, and no file is left",
    arguments: [
      ("one.trec two.trec --method mnz --normalise z-score", 64, "mnz multiplies scores"),
      ("one.trec two.trec --method max --missing zero", 64, "no --missing"),
      ("one.trec", 64, "two runs or more"), ("one.trec two.trec --weights 1", 64, "one weight above 0"),
      ("one.trec two.trec --weights 1,x", 64, "not '1,x'"), ("one.trec two.trec --weights 1,0", 64, "not '1,0'"),
      ("one.trec two.trec --depth 0", 64, "the depth of a fused ranking"), ("one.trec two.trec --k -1", 64, "k"),
      ("one.trec two.trec --method x", 64, "'x' is invalid"),
      ("one.trec two.trec --normalise max", 64, "rrf looks at no scores"),
      ("one.trec two.trec --missing zero", 64, "rrf looks at no scores"),
      ("one.trec two.trec --method sum --k 3", 64, "--k belongs to"),
      ("one.trec two.trec --method sum --normalise x", 64, "'x' is invalid"),
      ("one.trec two.trec --json --run -", 64, "both write to standard output"),
      ("one.trec bad.trec", 65, "bad.trec:2"), ("one.trec none.trec", 66, "none.trec"),
      ("one.trec two.trec --run none/out.trec", 73, "none/out.trec"),
      ("one.trec two.trec --run two.trec", 64, "two.trec: the output is one of the inputs"),
    ])
  func malformed(arguments: String, code: Int32, words: String) throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let isElsewhere = arguments.contains("--run")
      let result = try ParlanceProcess.run(
        ["fuse"] + arguments.split(separator: " ").map(String.init) + (isElsewhere ? [] : ["--run", "out.trec"]),
        in: folder)
      #expect(result.code == code)
      #expect(result.error.contains(words), "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/out.trec"))
    }
  }
}
