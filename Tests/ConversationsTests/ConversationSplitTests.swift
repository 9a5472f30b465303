import BinaryFiles
import Conversations
import Diagnostics
import Foundation
import Identifiers
import TestSupport
import Testing

@Suite("Dealing conversations into parts") struct ConversationSplitTests {
  @Test("a split that ends at any moment leaves no part beside one of another split, nor its judgments")
  func ended() throws {
    let folder = try TestSupport.temporaryFolder("split")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let turns = (0..<6).map { number in
      "{\"id\":\"t\(number)\",\"conversation\":\"c\(number)\",\"turn\":1,"
        + "\"messages\":[{\"role\":\"user\",\"content\":\"question\"}]}\n"
    }
    try turns.joined().write(toFile: folder + "/c.jsonl", atomically: false, encoding: .utf8)
    let outputs = ["/1.jsonl", "/2.jsonl.gz"].map { folder + $0 }
    let judgments = folder + "/1.qrels.txt"
    func split(seed: UInt64) throws {
      let split = try ConversationSplit(readingFrom: folder + "/c.jsonl", into: 2, seed: seed)
      _ = try split.write(folder + "/c.jsonl", to: outputs, removing: [judgments])
    }
    func parts() -> [Data?] { outputs.map { FileManager.default.contents(atPath: $0) } }
    func leaveOld() throws {
      try split(seed: 0)
      try Data("t0 0 p 1\n".utf8).write(to: URL(fileURLWithPath: judgments))
    }
    try leaveOld()
    let old = parts()
    let layer = FaultLayer()
    try FaultLayer.$current.withValue(layer) { try split(seed: 1) }
    let new = parts()
    #expect(zip(old, new).allSatisfy { $0 != nil && $1 != nil && $0 != $1 })
    #expect(!FileManager.default.fileExists(atPath: judgments))
    for operation in layer.operations.indices {
      // A disk that is full, or refuses: nothing of the old split is gone.
      switch layer.operations[operation] {
      case .write, .sync:
        try leaveOld()
        let full = FaultLayer { number, _ in number == operation ? .error(28) : nil }
        let error = #expect(throws: ParlanceError.self) {
          try FaultLayer.$current.withValue(full) { try split(seed: 1) }
        }
        #expect(error?.code == .cannotWrite)
        #expect(parts() == old, "\(layer.operations[operation])")
        #expect(FileManager.default.fileExists(atPath: judgments), "\(layer.operations[operation])")
      default: break
      }
      try leaveOld()
      let faults = FaultLayer { number, _ in number == operation ? .crash(writing: 9) : nil }
      FaultLayer.$current.withValue(faults) { try? split(seed: 1) }
      let found = parts()
      let hasNew = zip(found, new).contains { $0 == $1 }
      let hasOld = zip(found, old).contains { $0 == $1 } || FileManager.default.fileExists(atPath: judgments)
      #expect(!hasNew || !hasOld, "a crash at \(layer.operations[operation])")
    }
  }
}
