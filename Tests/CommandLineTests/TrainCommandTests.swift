import Foundation
import TestSupport
import Testing

@Suite(
  "parlance train",
  .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
struct TrainCommandTests {
  private let students: TrainedStudents

  init() throws {
    students = try TrainedStudents()
  }

  private func write(_ text: String, to name: String) throws {
    try text.write(toFile: students.folder + "/" + name, atomically: false, encoding: .utf8)
  }

  private func read(_ name: String) throws -> String {
    try String(contentsOfFile: students.folder + "/" + name, encoding: .utf8)
  }

  private func names() throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: students.folder)).subtracting([".output", ".error"])
  }

  @Test("what cannot be trained is told with its place, and no folder is made")
  func refusals() throws {
    let passages = try read("passages.jsonl").split(separator: "\n", omittingEmptySubsequences: false)
    try write(passages.dropFirst(5).joined(separator: "\n"), to: "fewer.jsonl")
    try write((passages.dropLast().reversed() + [""]).joined(separator: "\n"), to: "order.jsonl")
    for name in ["fewer", "order"] {
      try students.succeed("encode --model \(TrainedStudents.model) --passages \(name).jsonl --out \(name).vectors")
    }
    let other = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-untied-bf16"
    try students.succeed("encode --model \(other) --passages passages.jsonl --out space.vectors")
    let teacher = try Data(contentsOf: URL(filePath: students.folder + "/rewrites.teacher"))
    for (name, count) in [("short", 1000), ("shorter", 40), ("none", 0)] {
      try teacher.prefix(count).write(to: URL(filePath: students.folder + "/\(name).teacher"))
    }
    var flipped = teacher
    flipped[100] ^= 1
    try flipped.write(to: URL(filePath: students.folder + "/flipped.teacher"))
    let turns = try read("turns.jsonl")
    try write(turns.replacing(#/"id":"c/#, with: "\"id\":\"z"), to: "strangers.jsonl")
    try write("", to: "empty")
    try write("c0_1 0 p1 0\n", to: "irrelevant.txt")
    try write("student: {modle: x}\n", to: "key.yaml")
    let before = try names()
    for (arguments, code, says) in [
      ("recipe.yaml", 64, "--out"), ("none.yaml --out o", 66, "none.yaml: "),
      ("empty --out o", 65, "empty: expected a mapping"),
      ("key.yaml --out o", 65, "key.yaml:1: no recipe has the key `student.modle`; did you mean `model`?"),
      ("recipe.yaml --set optimisation.epoch=2 --out o", 65, "did you mean `epochs`?"),
      (
        "recipe.yaml --set optimisation.epochs=many --out o", 65,
        "expected a number as `optimisation.epochs`, found many"
      ),
      ("recipe.yaml --set optimisation.batch_size=2.5 --out o", 65, "expected a whole number as"),
      ("recipe.yaml --set data=5 --out o", 65, "expected a list as `data`, found 5"),
      ("recipe.yaml --set student.form=last_turn --out o", 65, "expected one of last-turn, user-turns"),
      ("recipe.yaml --set student.residual.gate=x --out o", 65, "expected one of scalar, term, conversation, found x"),
      ("recipe.yaml --set epochs --out o", 64, "expected a setting such as"),
      ("recipe.yaml --set student.model=none --out o", 66, "none: there is no such model folder"),
      ("recipe.yaml --set vectors=none.vectors --out o", 66, "none.vectors: "),
      (
        "recipe.yaml --set vectors=fewer.vectors --out o", 65,
        "rewrites.teacher: expected the vectors of the 25 passages that were ranked"
      ),
      ("recipe.yaml --set vectors=order.vectors --out o", 65, "order.vectors has 25 others"),
      ("recipe.yaml --set vectors=space.vectors --out o", 65, "expected passages encoded by bert-old-names"),
      ("recipe.yaml --set data.0.teacher=none.vectors --out o", 66, "none.vectors: "),
      ("recipe.yaml --set data.0.teacher=passages.vectors --out o", 65, "passages.vectors: expected a .teacher file"),
      ("recipe.yaml --set data.0.teacher=none.teacher --out o", 65, "none.teacher: expected a .teacher file"),
      (
        "recipe.yaml --set data.0.teacher=shorter.teacher --out o", 65,
        "shorter.teacher: the .teacher file is cut short"
      ),
      ("recipe.yaml --set data.0.teacher=short.teacher --out o", 65, "short.teacher: the .teacher file is cut short"),
      ("recipe.yaml --set data.0.teacher=flipped.teacher --out o", 65, "flipped.teacher (section lists, block 0)"),
      ("recipe.yaml --set data.0.conversations=empty --out o", 65, "empty: expected turns, there are none"),
      (
        "recipe.yaml --set data.0.conversations=passages.jsonl --out o", 65, "passages.jsonl:1: expected the key \"id\""
      ),
      (
        "recipe.yaml --set data.0.conversations=strangers.jsonl --out o", 65,
        "strangers.jsonl: none of the 19 turns that are trained on has a list with passages in rewrites.teacher"
      ),
      ("recipe.yaml --set data.0.qrels=empty --out o", 65, "empty: expected judgments, none has a grade above 0"),
      ("recipe.yaml --set data.0.qrels=irrelevant.txt --out o", 65, "irrelevant.txt: expected judgments"),
      ("recipe.yaml --set data.0.qrels=turns.jsonl --out o", 65, "turns.jsonl:1: expected a"),
      (
        "recipe.yaml --set sampling.window=[30,40] --out o", 65,
        "no list reaches rank 30"
      ),
      ("recipe.yaml --set validation.conversations=empty --out o", 65, "empty: expected turns to validate on"),
      ("recipe.yaml --set validation.folds=2 --set data.0.qrels=null --out o", 65, "has a relevant passage"),
      ("recipe.yaml --set data.0.share=0 --out o", 65, "nothing to train on"),
      ("recipe.yaml --save-every -1 --out o", 64, "--save-every"),
      ("recipe.yaml --save-every 1e300 --out o", 64, "--save-every of 0 to 1000000000 seconds, found 1e+300"),
      ("recipe.yaml --save-every nan --out o", 64, "--save-every"),
      ("recipe.yaml --out recipe.yaml/o", 73, "recipe.yaml/o: the folder cannot be made"),
    ] as [(String, Int32, String)] {
      let result = try students.parlance("train " + arguments)
      #expect(result.code == code && result.error.contains(says), "\(arguments): \(result.error)")
      #expect(result.output.isEmpty)
      #expect(try names() == before, "\(arguments)")
    }
  }

  @Test("what is left out of training, and what is no fault but should be known, is counted in the summary")
  func omissions() throws {
    let turns = try read("turns.jsonl")
    let first = try #require(turns.split(separator: "\n").first)
    try write(turns + first.replacing("c0", with: "x") + "\n", to: "more.jsonl")
    try write(try read("qrels.txt").replacing(" p3 ", with: " nowhere "), to: "gold.txt")
    try write("{\"id\":\"c0_1\",\"text\":\"undo the commit\"}\n", to: "few.jsonl")
    let result = try students.succeed(
      "train recipe.yaml --out run --resume --json --set data.0.conversations=more.jsonl --set data.0.qrels=gold.txt "
        + "--set data.0.rewrites=few.jsonl --set data.0.rewrite_share=0.5 --set validation.conversations=turns.jsonl "
        + "--set validation.every=3")
    for line in [
      "there is no run in run yet; it begins", "1 turns have no teacher's list and are not trained on",
      "1 relevant passages are not in the collection",
      "1 turns have no relevant passage; the teacher's best stands in", "18 turns have no rewrite to be shown",
      "19 turns of validation are of conversations that are trained on",
      "queries were cut at the student's maximum length", "the student is in run/student",
    ] {
      #expect(result.error.contains(line), "\(line): \(result.error)")
    }
    let document = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let omissions = try #require(document["omissions"] as? [String: Int])
    #expect(omissions["turns_without_list"] == 1 && omissions["gold_outside_collection"] == 1)
    #expect(document["examples"] as? Int == 19)
  }

  @Test("passages without a term can be gold and in no list; queries without one find nothing, which is told")
  func withoutTerms() throws {
    try students.succeed("vectors export passages.vectors --to jsonl --out all.jsonl")
    let lines = try read("all.jsonl").split(separator: "\n").enumerated().map { place, line in
      place.isMultiple(of: 2) ? String(line) : String(line.replacing(#/"vector":.*/#, with: "\"vector\":{}}"))
    }
    try write(lines.joined(separator: "\n") + "\n", to: "some.jsonl")
    try write(
      lines.map { $0.replacing(#/"vector":.*/#, with: "\"vector\":{}}") }.joined(separator: "\n"), to: "no.jsonl")
    for name in ["some", "no"] {
      try students.succeed("vectors import \(name).jsonl --like passages.vectors --out \(name).vectors")
      try students.succeed("index build --vectors \(name).vectors --out index-\(name)")
    }
    func teach(_ name: String) -> String {
      "teach --index index-\(name) --vectors \(name).vectors --model \(TrainedStudents.model) --conversations turns.jsonl "
        + "--rewrites rewrites.jsonl --out \(name).teacher"
    }
    let none = try students.parlance(teach("no"))
    #expect(none.code == 65 && none.error.contains("the teachers found no passage for any of the 19 queries"))
    #expect(try names().filter { $0.hasPrefix("no.teacher") }.isEmpty)
    try students.succeed(teach("some"))
    let result = try students.succeed(
      "train recipe.yaml --out run --set vectors=some.vectors --set data.0.teacher=some.teacher")
    #expect(result.error.contains("5 relevant passages have no term in their vector; no query finds them"))

    let ids = try read("rewrites.jsonl").split(separator: "\n").enumerated().map { place, line in
      "\(line.prefix { $0 != "," }),\"vector\":" + (place.isMultiple(of: 2) ? "{\"a\":1}" : "{}") + "}"
    }
    try write(ids.joined(separator: "\n"), to: "queries.jsonl")
    try students.succeed("vectors import queries.jsonl --like passages.vectors --out queries.vectors")
    let half = try students.succeed(
      "teach --index index --vectors passages.vectors --queries queries.vectors --out half.teacher")
    #expect(half.error.contains("warning: 9 queries have no term in their vectors and find nothing"), "\(half.error)")
    let trained = try students.succeed("train recipe.yaml --out half --set data.0.teacher=half.teacher")
    #expect(trained.error.contains("9 turns have an empty list and are not trained on"), "\(trained.error)")
  }
}
