import Foundation
import TestSupport
import Testing

@Suite("parlance index")
struct IndexCommandTests {
  static let files = [
    "passages.jsonl": """
    {"_id":"a","title":"Undo","text":"git reset undoes the last commit"}
    {"_id":"b","text":"branches are cheap"}

    """,
    "twice.jsonl": "{\"_id\":\"a\",\"text\":\"one\"}\n{\"_id\":\"a\",\"text\":\"two\"}\n",
    "broken.jsonl": "{\"_id\":\"a\",\"text\":\"one\"}\n{\"_id\":\"b\"",
    "bad.vectors": "not vectors at all",
    "empty.jsonl": "",
  ]

  @Test("builds, describes and verifies an index, and names what is damaged")
  func buildInfoVerify() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let built = try ParlanceProcess.run(
        ["index", "build", "--bm25", "--passages", "passages.jsonl", "--out", "index"], in: folder)
      #expect(built.code == 0, "\(built.error)")
      #expect(built.output.contains("passages         2, texts inside"))
      let info = try ParlanceProcess.run(["index", "info", "index", "--json"], in: folder)
      let json = try JSONSerialization.jsonObject(with: Data(info.output.utf8)) as? [String: Any]
      #expect(json?["passages"] as? Int == 2 && json?["weights"] as? String == "f32")
      let whole = try ParlanceProcess.run(["index", "verify", "index"], in: folder)
      #expect(whole.output == "whole\n" && whole.code == 0)

      let postings = URL(fileURLWithPath: folder + "/index/000001.postings")
      var bytes = try Data(contentsOf: postings)
      bytes[300] ^= 1
      try bytes.write(to: postings)
      let damaged = try ParlanceProcess.run(["index", "verify", "index"], in: folder)
      #expect(damaged.code == 65 && damaged.output.contains("000001.postings"), "\(damaged.output)")
    }
  }

  @Test(
    "what is wrong is told with the exit code of its kind, and no index is left",
    arguments: [
      ("build --out out", 64, "--vectors"), ("build --bm25 --out out", 64, "--passages"),
      ("build --model m --out out", 64, "--passages"), ("build --model m --bm25 --out out", 64, "expected one of"),
      ("build --model m --passages - --out out", 64, "read twice"),
      ("build --model m --passages passages.jsonl twice.jsonl --out out", 65, "twice.jsonl:1"),
      ("build --model m --passages broken.jsonl --out out", 65, "broken.jsonl:2"),
      ("build --model none --passages passages.jsonl --out out", 66, "none"),
      ("build --bm25 --passages - --out out", 64, "read twice"),
      ("build --bm25 --passages passages.jsonl --b 2 --out out", 64, "between 0 and 1"),
      ("build --bm25 --passages twice.jsonl --out out", 65, "given twice"),
      ("build --bm25 --passages broken.jsonl --out out", 65, "broken.jsonl:2"),
      ("build --bm25 --passages empty.jsonl --out out", 65, "empty.jsonl: expected passages"),
      ("build --model none --passages empty.jsonl --out out", 65, "empty.jsonl: expected passages"),
      ("build --bm25 --passages /dev/null --out out", 64, "read twice"),
      ("build --vectors bad.vectors --k1 2 --out out", 64, "go with --bm25"),
      ("build --bm25 --passages none.jsonl --out out", 66, "none.jsonl"),
      ("build --vectors bad.vectors --out out", 65, "bad.vectors"),
      ("build --vectors none.vectors --out out", 66, "none.vectors"),
      ("build --bm25 --passages passages.jsonl --out none/out", 73, "none/out"),
      ("build --bm25 --passages passages.jsonl --out .", 73, "choose another folder"),
      ("info none", 66, "expected an index"), ("verify none", 66, "expected an index"),
    ])
  func malformed(arguments: String, code: Int32, words: String) throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try ParlanceProcess.run(
        ["index"] + arguments.split(separator: " ").map(String.init), in: folder)
      #expect(result.code == code, "\(result.error)")
      #expect(result.error.contains(words), "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/out/manifest"))
    }
  }

  @Test("at the limit of file sizes, as on a full disk, it says so and the old index stays")
  func sizeLimit() throws {
    let text = (0..<4000).map { "{\"_id\":\"p\($0)\",\"text\":\"word\($0 * 7919 % 4001) other\($0)\"}\n" }.joined()
    try ParlanceProcess.inFolder(of: Self.files.merging(["many.jsonl": text]) { $1 }) { folder in
      let built = try ParlanceProcess.run(
        ["index", "build", "--bm25", "--passages", "passages.jsonl", "--out", "index"], in: folder)
      #expect(built.code == 0)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/index").sorted()
      let limited = try ParlanceProcess.shell(
        "ulimit -f 16; exec $PARLANCE index build --bm25 --passages many.jsonl --out index", in: folder)
      #expect(limited.code == 73 && limited.error.contains("ulimit -f"), "\(limited.error)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/index").sorted() == files)
      let whole = try ParlanceProcess.run(["index", "verify", "index"], in: folder)
      #expect(whole.output == "whole\n" && whole.code == 0)
    }
  }

  @Test(
    "without permission to write or to read it says so",
    .enabled(if: UnprivilegedUser.canRun, "no unprivileged user can run parlance here"))
  func permissions() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let built = try ParlanceProcess.run(
        ["index", "build", "--bm25", "--passages", "passages.jsonl", "--out", "index"], in: folder)
      #expect(built.code == 0)
      chmod(folder, 0o555)
      chmod(folder + "/index", 0o555)
      for command in [
        "build --bm25 --passages passages.jsonl --out new", "build --bm25 --passages passages.jsonl --out index",
      ] {
        let refused = try UnprivilegedUser.shell("$PARLANCE index " + command, in: folder)
        #expect(refused.code == 73, "\(refused.error)")
        #expect(refused.error.contains(command.hasSuffix("new") ? "new" : "index"), "\(refused.error)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/new"))
      chmod(folder + "/index/000001.postings", 0)
      let unreadable = try UnprivilegedUser.shell("$PARLANCE index info index", in: folder)
      #expect(unreadable.code == 66 && unreadable.error.contains("000001.postings"), "\(unreadable.error)")
      for path in ["", "/index"] { chmod(folder + path, 0o755) }
    }
  }

  private static let model = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"

  private func build(_ arguments: String, in folder: String) throws -> ParlanceResult {
    try ParlanceProcess.run(
      ["index", "build"] + arguments.split(separator: " ").map(String.init), in: folder)
  }

  @Test(
    "with a model it is the index of the vectors that encode gives, texts inside",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
  func withModel() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let texts = "--passages passages.jsonl"
      let atOnce = try build("--model \(Self.model) \(texts) --out once --json", in: folder)
      #expect(atOnce.code == 0, "\(atOnce.error)")
      let encoded = try ParlanceProcess.run(
        ["encode", "--model", Self.model, "--passages", "passages.jsonl", "--out", "p.vectors"], in: folder)
      #expect(encoded.code == 0, "\(encoded.error)")
      #expect(try build("--vectors p.vectors \(texts) --out apart", in: folder).code == 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/once").sorted()
      #expect(names == ["000001.passages", "000001.postings", "000001.vocabulary", "lock", "manifest"])
      for name in names {
        #expect(FileManager.default.contentsEqual(atPath: folder + "/once/" + name, andPath: folder + "/apart/" + name))
      }
      let elsewhere = try build("--model \(Self.model) \(texts) --out none/out", in: folder)
      #expect(elsewhere.code == 73 && elsewhere.error.contains("none/out"), "\(elsewhere.error)")
      let strangers = try build("--model \(Self.model) \(texts) --out .", in: folder)
      #expect(strangers.code == 73 && strangers.error.contains("choose another folder"), "\(strangers.error)")
    }
  }

  @Test(
    "with a model, SIGINT while it encodes leaves the old index, and what is encoded beside it",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
  func interrupted() throws {
    let many = (0..<60_000).map { "{\"_id\":\"p\($0)\",\"text\":\"undo the last commit\"}\n" }.joined()
    try ParlanceProcess.inFolder(of: Self.files.merging(["many.jsonl": many]) { $1 }) { folder in
      #expect(try build("--model \(Self.model) --passages passages.jsonl --out old", in: folder).code == 0)
      let before = try FileManager.default.contentsOfDirectory(atPath: folder + "/old")
      let stopped = try ParlanceProcess.shellUntilHit(
        """
        rm -rf index
        cp -r old index
        $PARLANCE index build --model \(Self.model) --passages many.jsonl --out index &
        while kill -0 $! && [ ! -e index/000002.spool.partial ]; do sleep 0.01; done
        kill -INT $!
        wait $!
        code=$?
        # With the vectors in a finished file it encoded no more.
        [ ! -e index/000002.spool ] || exit 0
        exit $code
        """, in: folder)
      #expect(stopped.code == 130, "\(stopped.error)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder + "/index").sorted()
          == (before + ["000002.build", "000002.spool.partial"]).sorted())
      #expect(try ParlanceProcess.run(["index", "verify", "index"], in: folder).output == "whole\n")
    }
  }
}
