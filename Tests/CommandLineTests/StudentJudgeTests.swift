import Foundation
import TestSupport
import Testing

@Suite(
  "students in Python",
  .enabled(
    if: TestSupport.engine != nil && TestSupport.judgePython != nil,
    "the engine is not built or the Python judges are not installed (make test brings both)"))
struct StudentJudgeTests {
  private let students: TrainedStudents

  init() throws {
    students = try TrainedStudents()
  }

  private func path(_ name: String) -> String { students.folder + "/" + name }

  @Test(
    """
    transformers and sentence-transformers 5 and 6 load trained students, their parts and exported ones, with equal vectors; \
    an exported one is the same model here
    """)
  func loads() throws {
    var judge = StudentJudge()
    for (name, setting) in [
      ("plain", nil), ("short", "student.kept_terms=5"), ("important", "student.least_importance=0.4"),
      ("thin", "student.layers=1"),
      ("scalar", "student.residual.gate=scalar"), ("term", "student.residual.gate=term"),
      ("conversation", "student.residual.gate=conversation"), ("factors", "student.residual.factors.turns=100"),
    ] as [(String, String?)] {
      let student = try students.train(name, settings: [setting].compactMap(\.self))
      try checkExport(of: student, to: name + "/exported", isResidual: setting?.contains("residual") ?? false, &judge)
    }
    let plain = try students.queries("plain/student")
    for by in ["transformers", "encode", "query"] {
      judge.add(by, path("plain/student"), plain)
    }
    // Of a residual student: its own part with a gate of 0, and the frozen one, which is the model that it started from.
    let declared = path("scalar/student/parlance.json")
    let text = try String(contentsOfFile: declared, encoding: .utf8)
    try text.replacing(#/"gate": [0-9.e-]+/#, with: "\"gate\": 0")
      .write(toFile: declared, atomically: false, encoding: .utf8)
    let own = try students.queries("scalar/student")
    let frozen = try students.queries(TrainedStudents.model, form: "last-turn")
    for by in ["transformers", "encode"] {
      judge.add(by, path("scalar/student"), own)
      judge.add(by, path("scalar/student/frozen"), frozen)
    }
    #expect(own.vectors != plain.vectors)
    try judge.expectEqual()
  }

  private func checkExport(
    of student: String, to exported: String, isResidual: Bool, _ judge: inout StudentJudge
  ) throws {
    try students.succeed(
      "student export \(student) --out \(exported)" + (isResidual ? "" : " --model \(TrainedStudents.model)"))
    let queries = try students.queries(exported), passages = try students.passages(exported)
    #expect(queries.vectors == (try students.queries(student).vectors), "\(student)")
    #expect(passages.vectors == (try students.passages(TrainedStudents.model).vectors), "\(student)")
    let run = "search --index index --conversations turns.jsonl --tag t --run - --model "
    #expect(try students.succeed(run + exported).output == students.succeed(run + student).output, "\(student)")
    judge.add("query", path(exported), queries)
    judge.add("document", path(exported), passages)
  }

  @Test(
    """
    a student that sentence-transformers trained on and saved is a student's start and a model here, and so are an \
    exported one that it saved and a smaller model
    """)
  func starts() throws {
    let student = try students.train("first")
    try students.succeed("student export \(student) --out router --model \(TrainedStudents.model)")
    var python = StudentJudge()
    python.work = [
      .init(act: "train", from: path(student), to: path("further")),
      .init(act: "save", from: path("router"), to: path("saved")),
      .init(act: "smaller", from: TrainedStudents.model, to: path("small")),
    ]
    _ = try python.answer("")

    var judge = StudentJudge()
    judge.add("encode", path("further"), try students.queries("further"))
    #expect(try students.queries("further").vectors != students.queries(student).vectors)
    // A router says itself for whose passages its queries are.
    let saved = try students.queries("saved")
    #expect(saved.vectors == (try students.queries(student).vectors))
    judge.add("query", path("saved"), saved)
    for (name, start) in [("second", "further"), ("third", "saved"), ("fourth", "small")] {
      let next = try students.train(name, settings: ["student.model=\(start)"])
      judge.add("query", path(next), try students.queries(next))
      try students.succeed("search --index index --model \(next) --conversations turns.jsonl --run \(name).trec")
    }
    // A smaller student beside the frozen encoder of the passages.
    let settings = ["student.model=small", "student.residual.model=\(TrainedStudents.model)"]
    let small = try students.train("fifth", settings: settings)
    try students.succeed("student export \(small) --out fifth/exported")
    judge.add("query", path("fifth/exported"), try students.queries(small))
    // A residual student goes on beside its frozen part.
    let again = try students.train("sixth", settings: ["student.model=fifth/student", "student.residual.gate=scalar"])
    #expect(
      try students.queries(again + "/frozen", form: "last-turn").vectors
        == students.queries(TrainedStudents.model, form: "last-turn").vectors)
    try judge.expectEqual(in: ["6"])
  }
}
