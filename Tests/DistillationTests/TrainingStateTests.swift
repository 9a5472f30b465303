import BinaryFiles
import Diagnostics
import Foundation
import TestSupport
import Testing

@_spi(Fuzzing) @testable import Distillation

@Suite("a training state")
struct TrainingStateTests {
  /// Writes a state with a whole file's checksums, whatever it says.
  private func inState(_ memory: String, _ body: (String) throws -> Void) throws {
    let folder = try TestSupport.temporaryFolder("state")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/training.state"
    let writer = try SectionedFileWriter(
      path: path, format: FileFormat(magic: "PRLTRAIN", name: "training state", version: FormatVersion(1, 0)))
    try writer.beginSection("memory")
    try writer.write(Array(memory.utf8))
    try writer.beginSection("tensor 0")
    try writer.write([1, 2, 3] as [Float])
    try writer.commit()
    try body(path)
  }

  private static func memory(_ changes: [String: String] = [:]) -> String {
    let whole = [
      "step": "7", "recipe": #""ab""#, "data": #""cd""#, "best": #"{"step": 4, "value": 0.5}"#,
      "validationsWithoutProgress": "1", "frequencies": #"{"sums_V": [0, 0.5, 1], "whole": 1}"#, "seconds": "3.5",
      "batchesWithoutTerms": "0",
    ].merging(changes) { $1 }
    return "{" + whole.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
  }

  @Test("what a run could have written is read")
  func plausible() throws {
    try inState(Self.memory()) { path in
      let memory = try TrainingState.memory(at: path)
      #expect(memory.step == 7 && memory.best == .init(step: 4, value: 0.5) && memory.frequencies?.vocabularySize == 3)
      #expect(throws: Never.self) { try TrainingState.check(path) }
    }
  }

  @Test(
    "what none could have written is refused, though its checksums are right",
    arguments: [
      ["step": "-1"], ["step": "1e30"], ["best": #"{"step": 8, "value": 0.5}"#],
      ["best": #"{"step": -1, "value": 0.5}"#],
      ["validationsWithoutProgress": "-1"], ["batchesWithoutTerms": "-9223372036854775808"], ["seconds": "-1"],
      ["frequencies": #"{"sums_V": [-1], "whole": 1}"#], ["frequencies": #"{"sums_V": [1], "whole": 2}"#],
      ["frequencies": "[]"], ["recipe": "5"],
    ])
  func implausible(changes: [String: String]) throws {
    try inState(Self.memory(changes)) { path in
      let error = #expect(throws: ParlanceError.self) { try TrainingState.memory(at: path) }
      #expect(error?.code == .badInput)
    }
  }
}
