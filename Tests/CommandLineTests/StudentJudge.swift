import Foundation
import TestSupport
import Testing

/// `Goldens/Students/judge.py` and what it answers, in sentence-transformers 6 or 5.
struct StudentJudge: Encodable {
  struct Work: Encodable {
    var act: String
    var from: String
    var to: String

    enum CodingKeys: String, CodingKey {
      case act = "do"
      case from, to
    }
  }

  struct Check: Encodable {
    var by: String
    var folder: String
    var texts: [String]
    var vectors: [[String: Float]]
  }

  struct Answer: Decodable {
    var version: String
    var differences: [Double]
  }

  var work: [Work] = []
  var checks: [Check] = []

  /// The versions of sentence-transformers that are here, each with what makes Python take it.
  static let versions: [(version: String, path: String)] =
    [("6", "")] + [TestSupport.judgePackages5].compactMap(\.self).map { ("5", $0) }

  func answer(_ path: String) throws -> Answer {
    let folder = try TestSupport.temporaryFolder("student-judge")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (input, error) = (folder + "/input.json", folder + "/error")
    try JSONEncoder().encode(self).write(to: URL(filePath: input))
    _ = FileManager.default.createFile(atPath: error, contents: nil)
    let process = Process()
    process.executableURL = URL(filePath: try #require(TestSupport.judgePython))
    process.arguments = [TestSupport.packageRoot + "/Tests/DistillationTests/Goldens/Students/judge.py"]
    process.environment = [
      "PYTHONPATH": path, "HOME": folder, "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1",
    ]
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: input))
    process.standardError = FileHandle(forWritingAtPath: error)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let said = try String(contentsOfFile: error, encoding: .utf8)
    try #require(process.terminationStatus == 0, "the judge failed: \(said.suffix(2000))")
    return try JSONDecoder().decode(Answer.self, from: answer)
  }

  /// Adds a check that the vectors of texts are the judge's.
  mutating func add(_ by: String, _ folder: String, _ expected: (texts: [String], vectors: [[String: Float]])) {
    checks.append(Check(by: by, folder: folder, texts: expected.texts, vectors: expected.vectors))
  }

  /// Expects each check's vectors to be the judge's within 1e-5.
  func expectEqual(in versions: [String] = Self.versions.map(\.version)) throws {
    for (version, path) in Self.versions where versions.contains(version) {
      let answer = try answer(path)
      #expect(answer.version.hasPrefix(version + "."), "\(answer.version)")
      try #require(answer.differences.count == checks.count)
      for (check, difference) in zip(checks, answer.differences) {
        #expect(difference < 1e-5, "\(check.by) of \(check.folder) in \(answer.version)")
      }
    }
  }
}
