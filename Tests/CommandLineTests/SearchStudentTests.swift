import Foundation
import TestSupport
import Testing

@Suite(
  "parlance search with a student",
  .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
struct SearchStudentTests {
  private struct Document: Decodable {
    struct Term: Decodable {
      var piece: String
      var weight: Float
      var frozen_weight: Float?
      var source: String
    }

    var terms: [Term]
  }

  private func document(_ students: TrainedStudents, _ student: String) throws -> Document {
    let search = "search --index index --model \(student) --conversations turns.jsonl --turn c2_3 --explain --json"
    return try JSONDecoder().decode(Document.self, from: Data(students.succeed(search).output.utf8))
  }

  @Test("--explain tells what of a residual student's query is of the last question, and what the student adds")
  func residual() throws {
    let students = try TrainedStudents()
    let student = try students.train("run", settings: ["student.residual.gate=scalar", "student.residual.start=0.5"])
    let declared = try String(contentsOfFile: students.folder + "/\(student)/parlance.json", encoding: .utf8)
    let gate = try #require(declared.firstMatch(of: #/"gate": ([0-9.]+)/#).flatMap { Float($0.1) })
    // c0 has one turn, c1 two, c2 three.
    let vectors = try students.queries(student + "/frozen", form: "last-turn").vectors
    let place = 5
    let terms = try document(students, student).terms
    #expect(!terms.isEmpty)
    for term in terms {
      let frozen = try #require(term.frozen_weight)
      #expect(abs(frozen - gate * (vectors[place][term.piece] ?? 0)) < 1e-4, "\(term)")
      #expect(frozen <= term.weight)
    }
    let added = terms.filter { $0.frozen_weight == 0 }, both = terms.filter { ($0.frozen_weight ?? 0) > 0 }
    #expect(!added.isEmpty && !both.isEmpty)

    let shown = try students.succeed(
      "search --index index --model \(student) --conversations turns.jsonl --turn c2_3 --explain -k 1"
    ).output
    #expect(
      shown.contains("query  \(terms.count) terms\n  a+b: a of the last question, by the frozen encoder"), "\(shown)")
    #expect(shown.contains("\n  of the last question: ") && shown.contains("\n  added from "), "\(shown)")
    let score = try #require(shown.firstMatch(of: #/\n  1  .*  ([0-9.]+)\n/#).flatMap { Double($0.1) })
    let sum = try #require(
      shown.replacing(#/\s+/#, with: " ").firstMatch(of: #/; ([0-9.]+) of the last question, ([0-9.]+) added/#))
    #expect(abs((Double(sum.1) ?? 0) + (Double(sum.2) ?? 0) - score) < 0.03, "\(shown)")

    let plain = try document(students, try students.train("plain")).terms
    #expect(plain.allSatisfy { $0.frozen_weight == nil })
  }

  @Test("turns are read as the student was trained to, which is told; the options win")
  func trainedReading() throws {
    let students = try TrainedStudents()
    let student = try students.train("run", settings: ["student.form=last-turn"])
    let search = "search --index index --model \(student) --conversations turns.jsonl"
    func run(_ options: String) throws -> (run: String, told: String) {
      let result = try students.succeed(search + " --k 5 --run - --tag x " + options)
      return (result.output, result.error)
    }
    let (own, told) = try run("")
    #expect(told.contains("the student reads as it was trained to: the form last-turn, up to 24 tokens"), "\(told)")
    #expect(try run("--form last-turn").run == own)
    let other = try run("--form conversation --max-length 24")
    #expect(other.run != own && !other.told.contains("trained to"), "\(other.told)")
    #expect(try students.succeed(search + " --k 5 --run -").output.hasSuffix(" last-turn\n"))

    let turn = try students.succeed(search + " --turn c2_3 --json -k 1")
    let document = try #require(JSONSerialization.jsonObject(with: Data(turn.output.utf8)) as? [String: Any])
    #expect(document["form"] as? String == "last-turn" && document["max_length"] as? Int == 24)
    #expect((document["query"] as? String)?.contains("[SEP]") == false)

    let encode = "encode --model \(student) --conversations turns.jsonl"
    let vectors = try students.succeed(encode)
    #expect(vectors.error.contains("the form last-turn"))
    #expect(try students.succeed(encode + " --form last-turn").output == vectors.output)
    let summary = try students.succeed(encode + " --out own.vectors --json").output
    #expect(summary.contains("\"form\" : \"last-turn\"") && summary.contains("\"max_length\" : 24"), "\(summary)")
    let doctor = try students.succeed("doctor --model \(student)").output
    #expect(
      doctor.replacing(#/\s+/#, with: " ").contains(
        "a student: reads a turn as last-turn, up to 24 tokens, for passages of bert-old-names ("), "\(doctor)")
    let bench = try students.succeed("bench encode --model \(student) --count 2 --repetitions 1")
    #expect(bench.error.contains("up to 24 tokens"), "\(bench.error)")
  }
}
