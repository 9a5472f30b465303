import Foundation
import TestSupport
import Testing

@Suite(
  "parlance student export",
  .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
struct StudentExportCommandTests {
  private let students: TrainedStudents

  init() throws {
    students = try TrainedStudents()
  }

  @Test("what cannot be exported is told, and nothing is left; a student encodes no passages")
  func malformed() throws {
    let plain = try students.train("plain")
    let residual = try students.train("residual", settings: ["student.residual.gate=scalar"])
    let model = TrainedStudents.model
    let other = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-untied-bf16"
    let before = try names()
    for (arguments, code, says) in [
      ("student export \(plain)", 64, "--out"), ("student export none --out o", 66, "none: there is no such model"),
      ("student export \(model) --out o", 65, "expected a student, a folder with parlance.json"),
      ("student export \(plain) --out o", 64, "expected --model with bert-old-names"),
      ("student export \(plain) --model \(other) --out o", 65, "found bert-untied-bf16"),
      ("student export \(plain) --model \(model) --max-length 9 --out o", 65, "another --max-length"),
      ("student export \(residual) --max-length 9 --out o", 64, "it is not in the student's folder"),
      ("student export \(residual) --out plain", 73, "plain: expected a new folder"),
      ("student export \(residual) --out recipe.yaml/o", 73, "recipe.yaml/o"),
      ("encode --model \(plain) --passages passages.jsonl --out o", 65, "is a student, which encodes queries alone"),
      ("index build --model \(residual) --passages passages.jsonl --out o", 65, "encode passages with bert-old-names"),
    ] as [(String, Int32, String)] {
      let result = try students.parlance(arguments)
      #expect(result.code == code && result.error.contains(says), "\(arguments): \(result.error)")
      #expect(try names() == before, "\(arguments)")
    }
  }

  private func names() throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: students.folder)).subtracting([".output", ".error"])
  }

  @Test("a folder is exported under its name, also with slashes behind it, and nothing is beside it")
  func slashes() throws {
    let student = try students.train("plain")
    for out in ["dir/out", "dir/other//"] {
      try students.succeed("student export \(student) --model \(TrainedStudents.model) --out \(out)")
    }
    let files = FileManager.default
    #expect(Set(try files.contentsOfDirectory(atPath: students.folder + "/dir")) == ["out", "other"])
    let (one, other) = (students.folder + "/dir/out", students.folder + "/dir/other")
    #expect(try Set(files.subpathsOfDirectory(atPath: one)) == Set(files.subpathsOfDirectory(atPath: other)))
    #expect(try students.queries("dir/other").vectors.contains { !$0.isEmpty })
  }

  @Test(
    "a student's card has recipe, data with their licence, and figures; an exported one's says how to load it"
  )
  func cards() throws {
    let student = try students.train(
      "run", settings: ["validation.folds=3", "validation.every=2", "student.residual.gate=scalar"])
    let card = try String(contentsOfFile: students.folder + "/" + student + "/README.md", encoding: .utf8)
    for part in [
      "license: cc-by-nc-sa-4.0", "base_model: bert-old-names",
      "| turns.jsonl | rewrites.teacher | made for this test |",
      "| nDCG@3 |", "gate: scalar", "learning_rate: 0.003", "bert-old-names",
    ] {
      #expect(card.contains(part), "\(part) is not in \(card)")
    }
    try students.succeed("student export \(student) --out exported")
    let exported = try String(contentsOfFile: students.folder + "/exported/README.md", encoding: .utf8)
    #expect(exported.hasPrefix("---\nlicense: cc-by-nc-sa-4.0\n"))
    #expect(exported.contains("SparseEncoder(\"FOLDER\", trust_remote_code=True)"))
    #expect(exported.contains("| nDCG@3 |"))
  }
}
