import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@Suite("parlance teach")
struct TeachCommandTests {
  static let files: [String: String] = [
    "turns.jsonl": """
    {"id": "c_1", "conversation": "c", "turn": 1, "messages": [{"role": "user", "content": "undo a commit"}]}
    {"id": "c_2", "conversation": "c", "turn": 2, "messages": [{"role": "user", "content": "undo a commit"}, \
    {"role": "assistant", "content": "the last"}, {"role": "user", "content": "and a tag"}]}
    {"id": "c_3", "conversation": "c", "turn": 1, "messages": [{"role": "user", "content": "the"}]}

    """,
    "rewrites/llm.jsonl": "{\"id\": \"c_1\", \"text\": \"undo\"}\n{\"id\": \"c_2\", \"text\": \"how do i tag\"}\n",
    "other.jsonl": "{\"id\": \"x_1\", \"text\": \"undo\"}\n{\"id\": \"c_2\", \"text\": \"the tag\"}\n",
    "strange.jsonl": "{\"id\": \"x_1\", \"text\": \"undo\"}\n",
    "empty": "", "empty.json": "{}",
    "first.trec": "c_1 Q0 p1 1 3 t\nc_1 Q0 p3 2 3 t\nc_1 Q0 p2 3 0.5 t\nz Q0 p1 1 1 t\n",
    "second.json": "{\"c_1\": {\"p3\": 1, \"p2\": 7}, \"c_2\": {\"p1\": 2}}",
    "unknown.trec": "c_1 Q0 p1 1 3 t\nc_1 Q0 p9 2 2 t\n", "twice.trec": "c_1 Q0 p1 1 3 t\nc_1 Q0 p1 2 2 t\n",
    "nan.trec": "c_1 Q0 p1 1 nan t\n", "nan.json": "{\"c_1\": {\"p1\": NaN}}",
    "qrels.txt": "c_1 0 p2 1\nc_1 0 p9 1\nc_2 0 p1 2\n", "none.txt": "c_1 0 p2 0\n",
  ]

  static let pieces = ["a", "b", "c", "d"]

  private static func write(
    _ path: String, _ rows: [(String, [UInt32: Float])], encoder: String = "e", pieces: [String] = pieces
  ) throws {
    let description = VectorsDescription(
      encoder: EncoderIdentity(digest: String(repeating: encoder, count: 64), name: "encoder-\(encoder)"),
      vocabulary: try Vocabulary(pieces: pieces.map { ExternalID($0) }))
    try VectorsWriter.write(path, description) { (writer: VectorsWriter) throws(ParlanceError) in
      for (id, weights) in rows {
        let terms = weights.keys.sorted()
        let vector = SparseVector(exactly: terms.map { TermID($0) }, weights: terms.map { weights[$0] ?? 0 })
        try writer.append(ExternalID(id), vector ?? .empty)
      }
    }
  }

  /// A folder with the files, vectors of three passages, an index of them, and query vectors.
  private static func inFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    try ParlanceProcess.inFolder(of: files) { folder in
      let passages: [(String, [UInt32: Float])] = [("p1", [0: 1, 1: 2]), ("p2", [1: 1]), ("p3", [2: 3])]
      try write(folder + "/passages.vectors", passages)
      try write(folder + "/space.vectors", passages, encoder: "f")
      try write(folder + "/order.vectors", passages.reversed())
      try write(folder + "/none.vectors", [])
      try write(folder + "/q1.vectors", [("c_1", [0: 2]), ("c_2", [2: 1])])
      try write(folder + "/q2.vectors", [("c_1", [1: 1]), ("x", [0: 1])])
      try write(folder + "/foreign.vectors", [("c_1", [0: 2])], encoder: "f")
      let built = try ParlanceProcess.run(
        ["index", "build", "--vectors", "passages.vectors", "--out", "index"], in: folder)
      try #require(built.code == 0, "\(built.error)")
      return try body(folder)
    }
  }

  private static func teach(_ arguments: String, in folder: String) throws -> ParlanceResult {
    let engine = TestSupport.engine.map { ["PARLANCE_ENGINE": $0] } ?? [:]
    return try ParlanceProcess.run(
      ["teach"] + arguments.split(separator: " ").map(String.init), in: folder, environment: engine)
  }

  private static func names(_ folder: String) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: folder)).subtracting([".output", ".error"])
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    var arguments: String
    var code: Int32
    var says: String
    init(_ arguments: String, _ code: Int32, _ says: String) {
      (self.arguments, self.code, self.says) = (arguments, code, says)
    }
    var testDescription: String { arguments }
  }

  @Test(
    "what is wrong is told with the exit code of its kind before a model is opened, and no file is left",
    arguments: [
      Bad("--out o.teacher --run first.trec", 64, "--vectors"),
      Bad("--vectors passages.vectors --run first.trec", 64, "either --out for a new teacher or --teacher"),
      Bad("--vectors passages.vectors --out o.teacher", 64, "expected a teacher"),
      Bad("--vectors passages.vectors --out o.teacher --conversations turns.jsonl", 64, "expected a teacher"),
      Bad("--vectors passages.vectors --out - --run first.trec", 64, "cannot go to standard output"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec first.trec", 64, "named twice"),
      Bad(
        "--vectors passages.vectors --out o.teacher --run first.trec --depth 0", 64, "--depth of at least 1, found 0"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec second.json", 64, "--combine mean, min or max"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --combine rescore", 64, "no rescoring"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --combine best", 64, "rescore"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --weights 1,2", 64, "expected 1 --weights"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --weights 0", 64, "numbers above 0"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --weights nan", 64, "numbers above 0"),
      Bad(
        "--vectors passages.vectors --out o.teacher --run first.trec second.json --combine max --weights 1,2", 64,
        "go with --combine rescore or mean"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --model m", 64, "--model encodes rewrites"),
      Bad("--vectors passages.vectors --out o.teacher --queries q1.vectors", 64, "need --index"),
      Bad("--vectors passages.vectors --out o.teacher --rewrites other.jsonl --model m", 64, "need --conversations"),
      Bad(
        "--vectors passages.vectors --out o.teacher --rewrites other.jsonl --conversations turns.jsonl", 64,
        "need --model"),
      Bad(
        "--vectors passages.vectors --out o.teacher --rewrites other.jsonl --conversations turns.jsonl --model m", 64,
        "need --index"),
      Bad(
        "--vectors passages.vectors --out o.teacher --form rewrite --conversations turns.jsonl", 64, "expected a teach"),
      Bad("--vectors passages.vectors --out o.teacher --form rewrite --run first.trec", 64, "needs --rewrites"),
      Bad(
        "--vectors passages.vectors --out o.teacher --form last-turn --rewrites other.jsonl", 64, "takes no --rewrites"),
      Bad("--vectors passages.vectors --teacher t.teacher", 64, "--teacher goes with --export-run"),
      Bad("--vectors passages.vectors --teacher t.teacher --export-run - --run first.trec", 64, "--teacher takes"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --filter worse-turns", 64, "--baseline FILE"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --filter worst", 64, "worse-rewrites"),
      Bad(
        "--vectors passages.vectors --out o.teacher --run first.trec --baseline second.json", 64, "goes with --report"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --least-agreement 0.5", 64, "--filter disagree"),
      Bad(
        "--vectors passages.vectors --out o.teacher --run first.trec --filtered-weight 0.5", 64, "goes with --filter"),
      Bad(
        "--vectors passages.vectors --out o.teacher --run first.trec --filter disagreement --filtered-weight 2", 64,
        "to 1, found 2"),
      Bad(
        "--vectors passages.vectors --out o.teacher --run first.trec --filter disagreement --filtered-weight 1e-46", 64,
        "to 1, found 1e-46"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --filter disagreement", 64, "several teachers"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --consensus turns", 64, "several teachers"),
      Bad(
        "--vectors passages.vectors --out o.teacher --run first.trec second.json --combine max --consensus teachers",
        64,
        "--consensus teachers goes with --combine rescore or mean"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --report -", 64, "--report writes a file"),
      Bad("--vectors passages.vectors --teacher t.teacher --export-run - --report r", 64, "--teacher takes"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --report first.trec", 64, "one of the inputs"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --report none/r", 73, "none/r: "),
      Bad(
        "--vectors passages.vectors --out o.teacher --run first.trec --report r --baseline lost.trec", 66, "lost.trec"),
      Bad("--vectors lost.vectors --out o.teacher --run first.trec", 66, "lost.vectors"),
      Bad("--vectors passages.vectors --out o.teacher --run lost.trec", 66, "lost.trec"),
      Bad("--vectors passages.vectors --out o.teacher --run lost.json", 66, "lost.json"),
      Bad("--vectors passages.vectors --index lost --out o.teacher --queries q1.vectors", 66, "lost"),
      Bad("--vectors passages.vectors --teacher lost.teacher --export-run -", 66, "lost.teacher"),
      Bad("--vectors none.vectors --out o.teacher --run first.trec", 65, "expected passages, there are none"),
      Bad("--vectors turns.jsonl --out o.teacher --run first.trec", 65, "expected a .vectors file"),
      Bad("--vectors passages.vectors --teacher turns.jsonl --export-run -", 65, "expected a .teacher file"),
      Bad("--vectors space.vectors --index index --out o.teacher --queries q1.vectors", 65, "of vectors by encoder-f"),
      Bad("--vectors order.vectors --index index --out o.teacher --queries q1.vectors", 65, "number 0 is \"p1\", not"),
      Bad(
        "--vectors passages.vectors --index index --out o.teacher --queries foreign.vectors", 65, "foreign.vectors: "),
      Bad("--vectors passages.vectors --index index --out o.teacher --queries none.vectors", 65, "none.vectors: "),
      Bad("--vectors passages.vectors --out o.teacher --run unknown.trec", 65, "unknown.trec:2: expected passages of"),
      Bad("--vectors passages.vectors --out o.teacher --run twice.trec", 65, "twice.trec:2: "),
      Bad("--vectors passages.vectors --out o.teacher --run nan.trec", 65, "nan.trec:1: "),
      Bad("--vectors passages.vectors --out o.teacher --run nan.json", 65, "nan.json:1: "),
      Bad("--vectors passages.vectors --out o.teacher --run empty", 65, "empty: the run is empty"),
      Bad("--vectors passages.vectors --out o.teacher --run empty.json", 65, "empty.json: the run is empty"),
      Bad(
        "--vectors passages.vectors --out o.teacher --run first.trec --conversations empty", 65, "empty: expected turns"
      ),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --qrels none.txt", 65, "none.txt: "),
      Bad(
        "--vectors passages.vectors --index index --out o.teacher --model m --conversations turns.jsonl "
          + "--rewrites strange.jsonl", 65, "strange.jsonl: expected rewrites"),
      Bad(
        "--vectors passages.vectors --index index --out o.teacher --model m --conversations turns.jsonl --rewrites empty",
        65, "none of 0 is for one of them"),
      Bad("--vectors passages.vectors --out none/o.teacher --run first.trec", 73, "none/o.teacher: "),
      Bad("--vectors passages.vectors --out index --run first.trec", 73, "this is a folder"),
      Bad("--vectors passages.vectors --out o.teacher --run first.trec --export-run none/x", 73, "none/x: "),
    ])
  func malformed(bad: Bad) throws {
    try Self.inFolder { folder in
      let before = try Self.names(folder)
      let result = try Self.teach(bad.arguments, in: folder)
      #expect(result.code == bad.code, "\(result.error)")
      #expect(result.error.contains(bad.says), "\(result.error)")
      #expect(result.output.isEmpty)
      #expect(try Self.names(folder).subtracting(before).isEmpty)
    }
  }

  @Test("query vectors teach without a model; the run of the teacher says what was learnt")
  func queryVectors() throws {
    try Self.inFolder { folder in
      let result = try Self.teach(
        "--vectors passages.vectors --index index --queries q1.vectors q2.vectors --weights 3,1 --out o.teacher "
          + "--conversations turns.jsonl --qrels qrels.txt --export-run -", in: folder)
      #expect(result.code == 0, "\(result.error)")
      #expect(
        result.output == """
          c_1 Q0 p1 1 2.0 q1+q2
          c_1 Q0 p2 2 0.25 q1+q2
          c_2 Q0 p3 1 3.0 q1+q2

          """)
      #expect(
        result.error == """
          2 queries taught, 1.5 passages each; 2 lists have fewer than 1000
          parlance: warning: 1 queries have no teacher and are left out
          q1: 2 of 3 queries
          q2: 1 of 3 queries; 1 others were not asked for
          gold: 3 relevant passages of 2 queries, 1 in the lists (33.3 %), 0 in the top 1, 1 in the top 10, \
          1 in the top 100, 1 in the top 1000; 1 are not in the collection

          """)
    }
  }

  @Test("runs teach without an index; exported and read back they are the same teacher")
  func runs() throws {
    try Self.inFolder { folder in
      let made = try Self.teach(
        "--vectors passages.vectors --run first.trec second.json --combine mean --out o.teacher --depth 2", in: folder)
      #expect(made.code == 0, "\(made.error)")
      #expect(made.error.hasPrefix("3 queries taught, 1.3 passages each; 2 lists have fewer than 2\n"), "\(made.error)")
      let exported = try Self.teach("--teacher o.teacher --vectors passages.vectors --export-run x.trec", in: folder)
      #expect(exported.code == 0, "\(exported.error)")
      let run = try String(contentsOfFile: folder + "/x.trec", encoding: .utf8)
      #expect(
        run == """
          c_1 Q0 p2 1 7.0 first+second
          c_1 Q0 p1 2 3.0 first+second
          z Q0 p1 1 1.0 first+second
          c_2 Q0 p1 1 2.0 first+second

          """)
      let again = try Self.teach("--vectors passages.vectors --run x.trec --out again.teacher --depth 2", in: folder)
      #expect(again.code == 0, "\(again.error)")
      let back = try Self.teach("--teacher again.teacher --vectors passages.vectors --export-run -", in: folder)
      #expect(back.output == run.replacingOccurrences(of: "first+second", with: "x"))
      let other = try Self.teach("--teacher o.teacher --vectors order.vectors --export-run y.trec", in: folder)
      #expect(other.code == 65 && other.error.contains("o.teacher: expected the vectors of the 3 passages"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/y.trec"))
    }
  }

  @Test("--report compares the teachers with each other and with a baseline, in a table and turn by turn in JSON")
  func agreement() throws {
    try Self.inFolder { folder in
      try "c_1 Q0 p2 1 3 t\nc_1 Q0 p1 2 1 t\nc_2 Q0 p1 1 3 t\n"
        .write(toFile: folder + "/base.trec", atomically: false, encoding: .utf8)
      try "c_1 Q0 p1 1 3 t\nc_2 Q0 p1 1 1 t\n".write(toFile: folder + "/a.trec", atomically: false, encoding: .utf8)
      let common = "--vectors passages.vectors --run first.trec second.json a.trec --combine mean --qrels qrels.txt"
      let result = try Self.teach(
        common + " --baseline base.trec --report r.json --filter worse-rewrites --out o.teacher --export-run o.trec",
        in: folder)
      #expect(result.code == 0, "\(result.error)")
      let rows = result.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
      for row in [
        "first 2 0.500 0.667 0.500 1 of 1", "second 2 0.667 0.750 1.000 0 of 2", "a 2 0.583 0.750 0.500 1 of 2",
        "first second 0.667 1", "first a 0.333 1", "second a 0.500 2", "c_1 0.333 3 a", "c_2 1.000 2 second",
      ] { #expect(rows.contains(row), "\(row) in \(result.output)") }
      let text = try String(contentsOfFile: folder + "/r.json", encoding: .utf8)
      let report = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(report["depth"] as? Int == 100 && report["baseline"] as? String == "baseline")
      let turns = try #require(report["turns"] as? [[String: Any]])
      #expect(turns.map { $0["id"] as? String } == ["c_1", "z", "c_2"])
      // p2 is what is relevant to c_1: the baseline has it first, as second.json has; the others last or not.
      #expect(turns[0]["worse"] as? [String] == ["first", "a"])
      #expect(turns[1]["worse"] as? [String] == [] && turns[1]["agreement"] is NSNull)
      let run = try String(contentsOfFile: folder + "/o.trec", encoding: .utf8)
      #expect(
        run == """
          c_1 Q0 p2 1 7.0 first+second+a
          c_1 Q0 p3 2 1.0 first+second+a
          z Q0 p1 1 1.0 first+second+a
          c_2 Q0 p1 1 1.5 first+second+a

          """)

      let loudest = try Self.teach(
        common.replacing("mean", with: "max") + " --consensus turns --out l.teacher", in: folder)
      #expect(loudest.code == 0, "\(loudest.error)")

      let fewer = try Self.teach(
        common + " --filter disagreement --least-agreement 0.9 --out d.teacher", in: folder)
      #expect(fewer.code == 0 && fewer.output.isEmpty, "\(fewer.error)")
      #expect(fewer.error.contains("2 queries taught") && fewer.error.contains("1 turn left out by --filter"))
      let weighed = try Self.teach(
        common + " --filter disagreement --least-agreement 0.9 --filtered-weight 0.5 --out w.teacher --json", in: folder
      )
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(weighed.output.utf8)) as? [String: Any], "\(weighed.error)")
      #expect(document["weighed_down"] as? Int == 1 && document["left_out"] as? Int == 0)
    }
  }

  @Test("--json holds what is told")
  func json() throws {
    try Self.inFolder { folder in
      let result = try Self.teach(
        "--vectors passages.vectors --run first.trec --qrels qrels.txt --out o.teacher --json", in: folder)
      let document = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      #expect(
        document["queries"] as? Int == 2 && document["short"] as? Int == 2
          && document["combination"] as? String == "mean")
      #expect(document["query_vectors"] as? Bool == false)
      let gold = try #require(document["gold"] as? [String: Any])
      #expect(gold["found"] as? Int == 1 && gold["unknown"] as? Int == 1 && gold["passages"] as? Int == 2)
      #expect((gold["found_within"] as? [String: Int]) == ["1": 0, "10": 1, "100": 1, "1000": 1])
      let teachers = try #require(document["teachers"] as? [[String: Any]])
      #expect(teachers.count == 1 && teachers[0]["name"] as? String == "first" && teachers[0]["queries"] as? Int == 2)
    }
  }

  @Test(
    "rewrites and conversations are encoded and searched; nothing but the teacher is left",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
  func rewrites() throws {
    let model = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"
    try ParlanceProcess.inFolder(of: Self.files.merging(EncodeCommandTests.files) { $1 }) { folder in
      try Self.files["turns.jsonl"]?.write(toFile: folder + "/turns.jsonl", atomically: false, encoding: .utf8)
      func parlance(_ arguments: String) throws -> ParlanceResult {
        try ParlanceProcess.run(
          arguments.split(separator: " ").map(String.init), in: folder,
          environment: TestSupport.engine.map { ["PARLANCE_ENGINE": $0] } ?? [:])
      }
      for step in [
        "encode --model \(model) --passages passages.jsonl --out passages.vectors",
        "index build --vectors passages.vectors --out index",
        "encode --model \(model) --conversations turns.jsonl --form last-turn --out queries.vectors",
      ] {
        let result = try parlance(step)
        try #require(result.code == 0, "\(step): \(result.error)")
      }
      let common = "teach --vectors passages.vectors --index index --model \(model) --conversations turns.jsonl"
      let before = try Self.names(folder)
      let llms = try parlance(common + " --rewrites rewrites/llm.jsonl other.jsonl --out llms.teacher")
      #expect(llms.code == 0, "\(llms.error)")
      #expect(llms.error.contains("2 queries taught"), "\(llms.error)")
      #expect(llms.error.contains("1 queries have no teacher"), "\(llms.error)")
      #expect(llms.error.contains("other: 1 of 3 queries; 1 others were not asked for"), "\(llms.error)")
      #expect(try Self.names(folder).subtracting(before) == ["llms.teacher"])

      // The conversations themselves teach what their vectors do.
      let own = try parlance(common + " --form last-turn --out own.teacher --export-run own.trec")
      #expect(own.code == 0, "\(own.error)")
      let same = try parlance(
        "teach --vectors passages.vectors --index index --queries queries.vectors --out same.teacher --export-run same.trec"
      )
      #expect(same.code == 0, "\(same.error)")
      let runs = try ["own", "same"].map { name in
        try String(contentsOfFile: folder + "/\(name).trec", encoding: .utf8).split(separator: "\n").map {
          $0.split(separator: " ").dropLast().joined(separator: " ")
        }
      }
      #expect(!runs[0].isEmpty && runs[0] == runs[1])
      // The last turn is what the rewrites should be better than.
      let compared = try parlance(
        common + " --rewrites rewrites/llm.jsonl other.jsonl --report r.json --consensus turns --out weighed.teacher")
      #expect(compared.code == 0 && compared.output.contains("with baseline"), "\(compared.error)")
      #expect(try Self.names(folder).subtracting(before).filter { $0.contains("weighed") } == ["weighed.teacher"])
      let longer = try parlance(common + " --rewrites other.jsonl --max-length 9 --out long.teacher")
      #expect(longer.code == 65 && longer.error.contains("--trust-model"), "\(longer.error)")
    }
  }

  @Test(
    "SIGINT ends with 130, keeps what is encoded, and the same command goes on from there",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
  func interrupted() throws {
    let model = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"
    var lines = ""
    for number in 0..<5_000 {
      lines += "{\"id\": \"q\(number)\", \"conversation\": \"c\", \"turn\": 1, "
      lines += "\"messages\": [{\"role\": \"user\", \"content\": \"undo a commit or tag a branch\"}]}\n"
    }
    try ParlanceProcess.inFolder(of: EncodeCommandTests.files.merging(["many.jsonl": lines]) { $1 }) { folder in
      let script = """
        export PARLANCE_ENGINE=\(TestSupport.engine ?? "")
        teach="$PARLANCE teach --vectors p.vectors --index index --model \(model) --conversations many.jsonl \
        --form last-turn --out o.teacher"
        """
      let prepared = try ParlanceProcess.shell(
        """
        $PARLANCE encode --model \(model) --passages passages.jsonl --out p.vectors &&
        $PARLANCE index build --vectors p.vectors --out index
        """, in: folder)
      #expect(prepared.code == 0, "\(prepared.error)")
      let result = try ParlanceProcess.shellUntilHit(
        script + """

          rm -f o.teacher o.teacher.*
          $teach &
          while kill -0 $! 2>/dev/null && [ "$(cat *.partial 2>/dev/null | wc -c)" -lt 20000 ]; do sleep 0.01; done
          kill -INT $!
          wait $!
          """, in: folder)
      #expect(result.code == 130, "\(result.error)")
      #expect(result.error.contains("what is encoded is kept"), "\(result.error)")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("o.teacher") }
      #expect(left.count == 1 && left[0].hasPrefix("o.teacher.last-turn-"), "\(left)")
      let again = try ParlanceProcess.shell(script + "\n$teach", in: folder)
      #expect(again.code == 0 && again.error.contains("5,000 queries taught"), "\(again.error)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("o.teacher") } == ["o.teacher"]
      )
    }
  }
}
