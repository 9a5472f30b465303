import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite("Written checkpoints")
struct CheckpointWriterTests {
  @Test("a written folder opens as the model that it was written from", arguments: CheckpointTests.all)
  func roundTrip(_ name: String) throws {
    let source = try Checkpoint(folder: Fixtures.path(name))
    let root = try TestSupport.temporaryFolder("written")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let folder = root + "/" + name
    try CheckpointWriter(like: source, modelCard: "---\nlicense: mit\n---\n").write(to: folder) {
      role throws(ParlanceError) in try source.floats(role)
    }
    let copy = try Checkpoint(folder: folder)
    #expect(copy.architecture == source.architecture)
    #expect(copy.head == source.head)
    #expect(copy.maxLength == source.maxLength)
    #expect(copy.prompts == source.prompts)
    #expect(copy.licence.name == "mit")
    for role in source.architecture.parameters { #expect(try copy.floats(role) == source.floats(role)) }
  }

  @Test("what tokenizer_config.json says of the tokenizer is written again")
  func tokenizerConfiguration() throws {
    let folder = try Fixtures.copy(of: "distilbert-sum")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Fixtures.write(
      #"""
      {"tokenizer_class": "BertTokenizer", "do_lower_case": false, "split_special_tokens": true,
       "model_max_length": 30, "mask_token": "the", "unk_token": {"content": "[unused0]"}}
      """#, to: folder + "/tokenizer_config.json")
    let source = try Checkpoint(folder: folder)
    try CheckpointWriter(like: source).write(to: folder + "/copy") { role throws(ParlanceError) in
      try source.floats(role)
    }
    let copy = try Checkpoint(folder: folder + "/copy")
    #expect(copy.tokenizer.configuration == source.tokenizer.configuration)
    #expect(copy.tokenizer.configuration.mask == "the")
  }

  @Test(
    "sentence-transformers loads written folders and encodes as with the originals",
    .enabled(if: TestSupport.judgePython != nil, "the Python judges are not installed (make test brings them)"))
  func judge() throws {
    let root = try TestSupport.temporaryFolder("judged")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(TestSupport.judgePython))
    process.arguments = [Fixtures.path("judge_checkpoint.py")]
    for name in ["bert-old-names", "distilbert-sum", "bert-untied-bf16"] {
      let source = try Checkpoint(folder: Fixtures.path(name))
      let folder = root + "/" + name
      try CheckpointWriter(like: source).write(to: folder) { role throws(ParlanceError) in try source.floats(role) }
      process.arguments? += [folder, Fixtures.path(name)]
    }
    let output = Pipe()
    process.standardError = output
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
  }
}
