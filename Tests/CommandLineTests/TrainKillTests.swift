import Foundation
import TestSupport
import Testing

@Suite(
  "parlance train killed",
  .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
struct TrainKillTests {
  @Test("killed a dozen times at moments that a seed chooses, a run resumes to the same bits")
  func kills() throws {
    let students = try TrainedStudents()
    let train = """
      $PARLANCE train recipe.yaml --set optimisation.epochs=8 --set validation.folds=4 --set validation.every=5 \
      --set student.residual.gate=term --set regularisation.query.kind=df_flops --set regularisation.weights=splade \
      --log-samples --save-every 0
      """
    let whole = try ParlanceProcess.shell(train + " --out whole", in: students.folder)
    try #require(whole.code == 0, "\(whole.error)")
    let steps = try lines("whole/metrics.jsonl", in: students).count
    // A kill comes once so many lines are there, and up to a few hundredths of a second later: within steps, validations,
    // exports and saves.
    let killed = try ParlanceProcess.shell(
      """
      RANDOM=20261125
      for number in $(seq 12); do
        wanted=$((1 + number * \(steps - 3) / 13 + RANDOM % 3)); after=0.0$((RANDOM % 10))$((RANDOM % 10))
        \(train) --out killed --resume 2>/dev/null &
        until [ "$(cat killed/metrics.jsonl 2>/dev/null | wc -l)" -ge $wanted ] || ! kill -0 $! 2>/dev/null; do sleep 0.002; done
        sleep $after
        kill -9 $! 2>/dev/null && echo killed at $(cat killed/metrics.jsonl | wc -l)
        wait $!
      done 2>/dev/null
      \(train) --out killed --resume
      """, in: students.folder)
    #expect(killed.code == 0, "\(killed.error)")
    let places = killed.output.split(separator: "\n")
    #expect(places.count >= 10 && Set(places).count >= 8, "\(places)")
    #expect(
      try lines("killed/metrics.jsonl", in: students) == lines("whole/metrics.jsonl", in: students), "\(places)")
    let files = try FileManager.default.subpathsOfDirectory(atPath: students.folder + "/whole")
      .filter { $0.contains(".") && !$0.hasSuffix("metrics.jsonl") && $0 != "training.state" }
    #expect(files.contains("student/model.safetensors") && files.contains("samples.jsonl"))
    for file in files {
      #expect(
        FileManager.default.contentsEqual(
          atPath: students.folder + "/whole/" + file, andPath: students.folder + "/killed/" + file), "\(file)")
    }
    #expect(
      try Set(FileManager.default.subpathsOfDirectory(atPath: students.folder + "/killed"))
        == Set(FileManager.default.subpathsOfDirectory(atPath: students.folder + "/whole")))
  }

  /// The lines without the clock.
  private func lines(_ path: String, in students: TrainedStudents) throws -> [String] {
    try String(contentsOfFile: students.folder + "/" + path, encoding: .utf8).split(separator: "\n")
      .map { String($0.replacing(#/,"seconds":[^,}]*/#, with: "")) }
  }
}
