import Foundation
import TestSupport
import Testing

@Suite(
  "parlance train killed",
  .enabled(if: TestSupport.engine != nil, "the engine is not built (make engine brings it)"))
struct TrainKillTests {
  private static let arguments =
    "train recipe.yaml --set optimisation.epochs=30 --set validation.folds=4 --set validation.every=5 --log-samples "
    + "--set student.residual.gate=term --set regularisation.query.kind=df_flops --set regularisation.weights=splade "
    + "--save-every 0 --out "

  @Test("killed a dozen times at moments that a seed chooses, a run resumes to the same bits")
  func kills() throws {
    let students = try TrainedStudents()
    try students.succeed(Self.arguments + "whole")
    let whole = try lines("whole/metrics.jsonl", in: students)
    var generator = SeededGenerator(seed: 20_261_125)
    // Where a machine starves this process, a run ends before it was killed often enough; then another one is killed.
    var kills: [[Int]] = []
    while kills.joined().count(where: { $0 < whole.count }) < 12 {
      try #require(kills.count < 40, "runs ended before they could be killed: \(kills)")
      let run = "killed\(kills.count)"
      kills.append(try killOften(students, run, whole.count, &generator))
      try students.succeed(Self.arguments + run + " --resume")
      try compare(run, with: whole, in: students, after: kills)
    }
  }

  /// Kills a run a dozen times, or until it ended by itself.
  ///
  /// - Parameter count: the lines of a whole run's log.
  /// - Returns: how many lines its log had at each kill.
  private func killOften(
    _ students: TrainedStudents, _ run: String, _ count: Int, _ generator: inout SeededGenerator
  ) throws -> [Int] {
    // A kill comes a few lines of the log after the one before, and up to fifty milliseconds later: within steps, saves,
    // validations and exports.
    var places: [Int] = []
    while places.count < 12 {
      let wanted = (places.last ?? 0) + Int.random(in: 1...3, using: &generator)
      let delay = UInt32.random(in: 0...50_000, using: &generator)
      guard wanted <= count, let place = try kill(students, run, atLine: wanted, after: delay) else { break }
      #expect(place >= wanted && place <= count, "\(places), \(wanted), \(place)")
      places.append(place)
    }
    return places
  }

  private func compare(_ run: String, with whole: [String], in students: TrainedStudents, after kills: [[Int]]) throws {
    #expect(try lines(run + "/metrics.jsonl", in: students) == whole, "\(kills)")
    let paths = try FileManager.default.subpathsOfDirectory(atPath: students.folder + "/whole")
    let files = paths.filter { $0.contains(".") && !$0.hasSuffix("metrics.jsonl") && $0 != "training.state" }
    #expect(files.contains("student/model.safetensors") && files.contains("samples.jsonl"))
    for file in files {
      #expect(
        FileManager.default.contentsEqual(
          atPath: students.folder + "/whole/" + file, andPath: students.folder + "/" + run + "/" + file),
        "\(file), \(kills)")
    }
    #expect(try Set(FileManager.default.subpathsOfDirectory(atPath: students.folder + "/" + run)) == Set(paths))
  }

  /// Goes on with the run and kills it.
  ///
  /// - Returns: how many lines its log had then; `nil` when it ended by itself.
  private func kill(
    _ students: TrainedStudents, _ run: String, atLine wanted: Int, after delay: UInt32
  ) throws -> Int? {
    let process = Process()
    process.executableURL = URL(filePath: ParlanceProcess.executable)
    process.arguments = (Self.arguments + run + " --resume").split(separator: " ").map(String.init)
    process.currentDirectoryURL = URL(filePath: students.folder)
    process.environment = ["PATH": "/usr/bin:/bin", "PARLANCE_ENGINE": TestSupport.engine ?? ""]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning, count(run + "/metrics.jsonl", in: students) < wanted { usleep(1000) }
    usleep(delay)
    guard process.isRunning else { return nil }
    sendKill(process.processIdentifier)
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal ? count(run + "/metrics.jsonl", in: students) : nil
  }

  private func count(_ path: String, in students: TrainedStudents) -> Int {
    FileManager.default.contents(atPath: students.folder + "/" + path)?.count { $0 == UInt8(ascii: "\n") } ?? 0
  }

  /// The lines without the clock.
  private func lines(_ path: String, in students: TrainedStudents) throws -> [String] {
    try String(contentsOfFile: students.folder + "/" + path, encoding: .utf8).split(separator: "\n")
      .map { String($0.replacing(#/,"seconds":[^,}]*/#, with: "")) }
  }
}

private func sendKill(_ process: Int32) { _ = kill(process, SIGKILL) }
