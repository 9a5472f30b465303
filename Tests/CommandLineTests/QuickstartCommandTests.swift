import Foundation
import TestSupport
import Testing

@Suite("parlance quickstart")
struct QuickstartCommandTests {
  static let files: [String: String] = [
    "docs/git.md":
      "# Git\n\nHow to undo the last commit: reset it.\n\n## Branch\n\nA branch is merged into another branch.\n",
    "file": "",
    "nothing/read.me": "",
    "judged/conversations.jsonl":
      "{\"id\":\"c_1\",\"conversation\":\"c\",\"turn\":1,\"messages\":[{\"role\":\"user\",\"content\":\"undo a commit\"}]}\n"
      + "{\"id\":\"d_1\",\"conversation\":\"d\",\"turn\":1,\"messages\":[{\"role\":\"user\",\"content\":\"merge a branch\"}]}\n",
    "judged/rewrites/handwritten.jsonl":
      "{\"id\":\"c_1\",\"text\":\"undo a commit\"}\n{\"id\":\"d_1\",\"text\":\"merge a branch\"}\n",
    "judged/qrels.txt": "c_1 0 git.md 2\nd_1 0 git.md#branch 1\n",
    "unjudged/conversations.jsonl": "", "unjudged/qrels.txt": "",
  ].merging(many) { first, _ in first }

  /// As many conversations as a student takes.
  static let many: [String: String] = {
    var turns = "", rewrites = "", qrels = ""
    for number in 0..<8 {
      let words = number.isMultiple(of: 2) ? "undo the commit" : "merge a branch"
      turns += "{\"id\":\"c\(number)_1\",\"conversation\":\"c\(number)\",\"turn\":1,"
      turns += "\"messages\":[{\"role\":\"user\",\"content\":\"\(words)\"}]}\n"
      rewrites += "{\"id\":\"c\(number)_1\",\"text\":\"\(words)\"}\n"
      qrels += "c\(number)_1 0 git.md\(number.isMultiple(of: 2) ? "" : "#branch") 1\n"
    }
    return [
      "many/conversations.jsonl": turns, "many/rewrites/handwritten.jsonl": rewrites, "many/qrels.txt": qrels,
    ]
  }()

  static let model = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"

  private func quickstart(
    _ arguments: String, in folder: String, environment: [String: String] = [:]
  ) throws -> ParlanceResult {
    try ParlanceProcess.run(
      ["quickstart", "--model", Self.model, "--documents", "docs"] + arguments.split(separator: " ").map(String.init),
      in: folder, environment: environment)
  }

  @Test("without the engine there are the figures of everything but a student, and the reason")
  func withoutEngine() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try quickstart("--examples many", in: folder, environment: ["PARLANCE_ENGINE": folder + "/none.so"])
      #expect(result.code == 0, "\(result.error)")
      #expect(result.error.contains("no student: encoding needs no engine, but training does."), "\(result.error)")
      #expect(result.error.contains("none.so"), "\(result.error)")
      #expect(result.output.contains("nDCG@3") && !result.output.contains("demo/student"))
    }
  }

  @Test(
    "what is wrong is told before anything is made",
    arguments: [
      ("--documents none", 66, "none: there is no such folder"), ("--model none", 66, "none: there is no such folder"),
      ("--model nothing", 66, "config.json"), ("--workdir file", 73, "file: the folder cannot be made"),
      ("--workdir file/demo", 73, "file/demo: the folder cannot be made"),
      ("--examples none", 66, "none/conversations.jsonl: expected judged conversations"),
      ("--examples unjudged", 66, "unjudged/rewrites/handwritten.jsonl: "),
    ])
  func malformed(arguments: String, code: Int32, says: String) throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let before = try FileManager.default.contentsOfDirectory(atPath: folder)
      let result = try quickstart(arguments, in: folder)
      #expect(result.code == code, "\(result.error)")
      #expect(result.error.contains(says), "\(result.error)")
      #expect(result.output.isEmpty)
      let made = Set(try FileManager.default.contentsOfDirectory(atPath: folder)).subtracting(before)
      #expect(made.subtracting([".output", ".error"]).isEmpty, "\(made)")
    }
  }

  @Test("a folder without documents is told by the step that reads them")
  func noDocuments() throws {
    try ParlanceProcess.inFolder(of: ["docs/read.me": ""]) { folder in
      let result = try quickstart("", in: folder)
      #expect(result.code == 66 && result.error.contains("no text, Markdown or HTML document"), "\(result.error)")
    }
  }

  @Test(
    "a work folder that may not be written is told",
    .enabled(if: UnprivilegedUser.canRun, "no unprivileged user can run parlance here"))
  func unwritable() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      try FileManager.default.createDirectory(atPath: folder + "/demo", withIntermediateDirectories: false)
      chmod(folder + "/demo", 0o555)
      let command = "$PARLANCE quickstart --model \(Self.model) --documents docs"
      let result = try UnprivilegedUser.shell(command, in: folder)
      #expect(result.code == 73 && result.error.contains("demo/passages.jsonl: "), "\(result.error)")
      let new = try UnprivilegedUser.shell("\(command) --workdir demo/new", in: folder)
      #expect(new.code == 73 && new.error.contains("demo/new: the folder cannot be made"), "\(new.error)")
      chmod(folder + "/demo", 0o755)
    }
  }

  @Suite(
    "from documents on",
    .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
  struct Whole {
    private let outer = QuickstartCommandTests()

    @Test("every step is shown; with judged conversations on the documents there are figures, without there are none")
    func steps() throws {
      try ParlanceProcess.inFolder(of: QuickstartCommandTests.files) { folder in
        let plain = try outer.quickstart("", in: folder)
        #expect(plain.code == 0, "\(plain.error)")
        #expect(plain.output.contains("There are no judged conversations on these documents"))
        #expect(!plain.output.contains("nDCG@3"))
        let judged = try outer.quickstart("--examples judged", in: folder)
        #expect(judged.code == 0, "\(judged.error)")
        #expect(judged.output.contains("demo/passages.vectors is of these passages already"))
        for step in [
          "passages docs", "index build --vectors", "search --index demo/index", "evaluate --qrels",
          "report demo/bm25.trec",
        ] {
          #expect(judged.output.contains("$ parlance \(step)"), "\(judged.output)")
        }
        #expect(judged.output.contains("nDCG@3"))
        #expect(judged.output.contains("user    undo a commit"), "\(judged.output)")
        #expect(judged.output.hasSuffix("Look at it: demo/report.html, in a browser\n"), "\(judged.output)")
        let report = try String(contentsOfFile: folder + "/demo/report.html", encoding: .utf8)
        #expect(report.contains("<h1>Parlance&#39;s quickstart</h1>") && report.contains("against FLOPS"))
        #expect(judged.error.contains("no student: it takes 8 conversations"), "\(judged.error)")
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: folder + "/demo").count { $0.hasSuffix(".trec") } == 5)
      }
    }

    @Test(
      "a student is trained on each half and measured on the other, once; without one there are the figures of before")
    func student() throws {
      try ParlanceProcess.inFolder(of: QuickstartCommandTests.files) { folder in
        let first = try outer.quickstart("--examples many", in: folder)
        #expect(first.code == 0, "\(first.error)")
        for step in [
          "teach --index demo/index", "data split many/conversations.jsonl",
          "train demo/student.yaml --set data.0.conversations=demo/halves/part-1.jsonl --out demo/student-1",
          "search --index demo/index --model demo/student-1/student --conversations demo/halves/part-2.jsonl",
          "search --index demo/index --model demo/student-2/student --conversations demo/halves/part-1.jsonl",
        ] {
          #expect(first.output.contains("$ parlance \(step)"), "\(first.output)")
        }
        #expect(first.output.contains("L0  FLOPS"))
        let row = try #require(first.output.split(separator: "\n").first { $0.hasPrefix("student ") })
        #expect(row.split(separator: " ").count == 7, "\(row)")
        #expect(first.output.contains("trained on the rewrites of 4 conversations and measured on the other 4"))
        // No query of the student's run was answered by the student that was trained on it.
        for number in [1, 2] {
          let trained = try String(contentsOfFile: folder + "/demo/halves/part-\(number).jsonl", encoding: .utf8)
          let run = try String(contentsOfFile: folder + "/demo/student-\(number).trec", encoding: .utf8)
          let queries = Set(run.split(separator: "\n").compactMap { $0.split(separator: " ").first })
          #expect(!queries.isEmpty && queries.allSatisfy { !trained.contains("\"id\":\"\($0)\"") })
        }
        let second = try outer.quickstart("--examples many", in: folder)
        #expect(second.code == 0, "\(second.error)")
        #expect(second.output.contains("demo/student-2/student is trained on these conversations already"))
        #expect(!second.output.contains("$ parlance train"))
        #expect(second.output.contains(row))
        let without = try outer.quickstart("--examples many --no-student", in: folder)
        #expect(without.code == 0 && !without.output.contains("demo/student") && without.output.contains("nDCG@3"))
      }
    }

    @Test("what another version left in the work folder is made anew")
    func otherVersion() throws {
      try ParlanceProcess.inFolder(of: QuickstartCommandTests.files) { folder in
        #expect(try outer.quickstart("", in: folder).code == 0)
        let vectors = folder + "/demo/passages.vectors"
        let whole = try Data(contentsOf: URL(filePath: vectors))
        try FileVersion.set(9, ofFileAt: vectors, checksumAt: 60)
        try FileVersion.set(9, ofFileAt: folder + "/demo/index/manifest", checksumAt: 28)
        let result = try outer.quickstart("", in: folder)
        #expect(result.code == 0, "\(result.error)")
        #expect(result.error.contains("found version 9.0") && result.error.contains("encoded anew"), "\(result.error)")
        #expect(try Data(contentsOf: URL(filePath: vectors)) == whole)
        #expect(try ParlanceProcess.run(["index", "verify", "demo/index"], in: folder).output == "whole\n")
      }
    }

    @Test("at the limit of file sizes, as on a full disk, it says which file could not be written")
    func sizeLimit() throws {
      let many = (0..<3000).map { "# Part \($0)\n\nHow to undo the last commit \($0).\n\n" }.joined()
      try ParlanceProcess.inFolder(of: ["docs/many.md": many]) { folder in
        let result = try ParlanceProcess.shell(
          "ulimit -f 16; exec $PARLANCE quickstart --model \(QuickstartCommandTests.model) --documents docs", in: folder
        )
        #expect(result.code == 73 && result.error.contains("demo/passages.jsonl: "), "\(result.error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/demo").isEmpty)
      }
    }

    @Test(
      "somebody without privileges comes from documents to figures",
      .enabled(if: UnprivilegedUser.canRun, "no unprivileged user can run parlance here"))
    func unprivileged() throws {
      try ParlanceProcess.inFolder(of: QuickstartCommandTests.files) { folder in
        try UnprivilegedUser.give(folder)
        let result = try UnprivilegedUser.shell(
          "HOME=$PWD $PARLANCE quickstart --model \(QuickstartCommandTests.model) --documents docs --examples judged",
          in: folder)
        #expect(result.code == 0, "\(result.error)")
        #expect(result.output.contains("nDCG@3"))
      }
    }
  }
}
