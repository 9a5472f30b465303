import Foundation
import TestSupport
import Testing

@testable import ParlanceCLI

@Suite("The log of a sweep's process")
struct ChildLogTests {
  static let cases: [(ending: ChildProcess.Ending, log: String, says: String)] = [
    (.code(65), "a note\nparlance: error: no such file\n", "no such file"),
    (.code(1), "", "it left no word"),
    (.signal(6), "terminate called\n  what():  out of range\n", "it was ended by signal 6:   what():  out of range"),
    (
      .signal(4), "a.swift:1: Fatal error: Index out of range\n\nThread 0 crashed:\nBacktrace took 0.1s\n",
      "it was ended by signal 4: a.swift:1: Fatal error: Index out of range"
    ),
    (.signal(7), "a note that says nothing of it\n", "it was ended by signal 7"),
    (
      .signal(9), "Fatal error: of somebody else\n",
      "it was ended by signal 9, which systems also send where memory runs out (the budget)"
    ),
  ]

  @Test("a crash is told by its signal and its own words, and nothing by those of an earlier process", arguments: cases)
  func reasons(ending: ChildProcess.Ending, log: String, says: String) throws {
    try ParlanceProcess.inFolder(of: ["log": "parlance: error: an old one\nFatal error: older still\n"]) { folder in
      let path = folder + "/log"
      let child = ChildLog(path)
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(log.utf8))
      try handle.close()
      #expect(child.reason(ending, memory: "the budget") == says)
    }
  }
}
