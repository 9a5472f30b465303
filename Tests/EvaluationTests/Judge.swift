import Foundation
import TestSupport

/// The Python judges, asked through files: a script gets one JSON document and answers with another.
enum Judge {
  static let isInstalled = TestSupport.judgePython != nil

  static func ask<Question: Encodable, Answer: Decodable>(
    _ script: String, _ question: Question, as answer: Answer.Type
  ) throws -> Answer {
    guard let python = TestSupport.judgePython else { throw Failure(status: -1) }
    let folder = try TestSupport.temporaryFolder("judge")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (input, output) = (folder + "/question.json", folder + "/answer.json")
    try JSONEncoder().encode(question).write(to: URL(fileURLWithPath: input))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", preamble + script + "\njson.dump(answer, open(sys.argv[2], 'w'))\n", input, output]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
    return try JSONDecoder().decode(answer, from: Data(contentsOf: URL(fileURLWithPath: output)))
  }

  struct Failure: Error { var status: Int32 }

  private static let preamble = """
    import json, sys
    question = json.load(open(sys.argv[1]))

    """
}
