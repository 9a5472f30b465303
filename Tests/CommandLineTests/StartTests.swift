import Foundation
import TestSupport
import Testing

@Suite("how a search starts") struct StartTests {
  private static let model = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"

  private func search(_ cache: String, _ arguments: [String] = [], in folder: String) throws -> ParlanceResult {
    let result = try ParlanceProcess.run(
      ["search", "--index", "index", "--model", Self.model, "undo a commit"] + arguments, in: folder,
      environment: ["PARLANCE_MODEL_CACHE": cache])
    try #require(result.code == 0, "\(result.error)")
    return result
  }

  private func inFolder(_ body: (String) throws -> Void) throws {
    try ParlanceProcess.inFolder(of: SearchFixture.files) { folder in
      let built = try ParlanceProcess.run(
        ["index", "build", "--model", Self.model, "--passages", "passages.jsonl", "--out", "index"], in: folder)
      try #require(built.code == 0, "\(built.error)")
      try body(folder)
    }
  }

  @Test("the answer is the same without a cache, when it is filled, from it, and where it cannot be")
  func sameAnswer() throws {
    try inFolder { folder in
      let plain = try search("off", in: folder).output
      #expect(!plain.isEmpty)
      for round in 0..<2 {
        #expect(try search("cache", in: folder).output == plain, "round \(round)")
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder + "/cache")
        #expect(kept.contains { $0.hasPrefix("head-") } && kept.contains { $0.hasPrefix("tokenizer-") })
      }
      #expect(try search("passages.jsonl/below", in: folder).output == plain)
      #expect(!FileManager.default.fileExists(atPath: folder + "/off"))
    }
  }

  @Test("--timings tells every part in its order, and in --json in milliseconds")
  func timings() throws {
    try inFolder { folder in
      #expect(try !search("off", in: folder).error.contains("timings"))
      let told = try search("off", ["--timings"], in: folder).error
      let line = try #require(told.split(separator: "\n").first { $0.hasPrefix("timings: ") })
      let parts = line.dropFirst("timings: ".count).split(separator: ";")[0].split(separator: ", ")
      #expect(
        parts.map { $0.split(separator: " ")[0] } == [
          "start", "index", "model", "tokenise", "encode", "search", "print",
        ])
      let json = try search("off", ["--timings", "--json"], in: folder).output
      let document = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
      let milliseconds = try #require(document["timings_milliseconds"] as? [String: Double])
      #expect(Set(milliseconds.keys) == ["start", "index", "model", "tokenise", "encode", "search"])
      #expect(milliseconds.values.allSatisfy { $0 >= 0 } && milliseconds.values.contains { $0 > 0 })
    }
  }

  @Test("encode tells its parts too")
  func encodeTimings() throws {
    try ParlanceProcess.inFolder(of: SearchFixture.files) { folder in
      let arguments = ["encode", "--model", Self.model, "--passages", "passages.jsonl", "--out", "a.vectors"]
      let result = try ParlanceProcess.run(arguments + ["--timings", "--json"], in: folder)
      try #require(result.code == 0, "\(result.error)")
      #expect(result.error.contains("timings: start "))
      let document = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let milliseconds = try #require(document["timings_milliseconds"] as? [String: Double])
      #expect(Set(milliseconds.keys) == ["start", "check", "model", "encode"])
    }
  }

  @Test("a run has no timings")
  func refused() throws {
    try ParlanceProcess.inFolder(of: SearchFixture.files) { folder in
      let result = try ParlanceProcess.run(
        ["search", "--index", "index", "--conversations", "turns.jsonl", "--run", "a", "--timings"], in: folder)
      #expect(result.code == 64 && result.error.contains("--timings"))
    }
  }
}
