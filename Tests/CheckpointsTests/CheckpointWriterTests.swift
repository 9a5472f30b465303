import Diagnostics
import Foundation
import TestSupport
import Testing
import WordPiece

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

  /// What the writer makes of a folder's tokenizer, in a folder inside it.
  private func rewritten(_ folder: String) throws -> (source: TokenizerFiles, copy: TokenizerFiles) {
    let source = try Checkpoint(folder: folder)
    try CheckpointWriter(like: source).write(to: folder + "/copy") { role throws(ParlanceError) in
      try source.floats(role)
    }
    return (source.tokenizer, try Checkpoint(folder: folder + "/copy").tokenizer)
  }

  @Test("the tokens that files beside tokenizer.json declare are written again")
  func declaredTokens() throws {
    let token = #"{"content": "[unused1]", "lstrip": true, "normalized": false, "single_word": true, "special": false}"#
    let whole = """
      {"tokenizer_class": "BertTokenizer", "model_max_length": 20, "bos_token": "[unused0]", "own_token": "[unused2]",
       "truncation_side": "right",
       "extra_special_tokens": {"other": "the"}, "additional_special_tokens": ["a"],
       "added_tokens_decoder": {"2": \(token), "900": {"content": "[NEW]", "special": true}}}
      """
    let older = """
      {"tokenizer_class": "BertTokenizer", "model_max_length": 20,
       "mask_token": {"__type": "AddedToken", "content": "[M]"}}
      """
    let map = #"{"cls_token": \#(token), "additional_special_tokens": ["[NEW]"]}"#
    let cases: [(configuration: String, heeded: [String])] = [
      (whole, []), (older, ["special_tokens_map.json", "added_tokens.json"]),
    ]
    for (configuration, heeded) in cases {
      let folder = try Fixtures.copy(of: "bert-sharded")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try Fixtures.write(configuration, to: folder + "/tokenizer_config.json")
      try Fixtures.write(map, to: folder + "/special_tokens_map.json")
      try Fixtures.write(#"{"[NEW]": 90}"#, to: folder + "/added_tokens.json")
      let (source, copy) = try rewritten(folder)
      #expect(copy.configuration == source.configuration)
      #expect(copy.companions == heeded.map { copy.folder + "/" + $0 })
      #expect(source.companions.count == heeded.count)
    }
  }

  @Test("a folder that names no class is written with the one that makes the same of it")
  func unnamedClass() throws {
    for (isTyped, name) in [(true, "BertTokenizer"), (false, "PreTrainedTokenizerFast")] {
      let folder = try Fixtures.copy(of: "bert-sharded")
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try Fixtures.write("{}", to: folder + "/tokenizer_config.json")
      if !isTyped {
        let config = try String(contentsOfFile: folder + "/config.json", encoding: .utf8)
        try #require(config.contains(#""model_type": "bert","#))
        try Fixtures.write(
          config.replacingOccurrences(of: #""model_type": "bert","#, with: ""), to: folder + "/config.json")
      }
      let (source, copy) = try rewritten(folder)
      #expect(source.configuration.tokenizerClass == nil && copy.configuration.tokenizerClass == name)
      #expect(copy.configuration.kind == source.configuration.kind)
      // Without one transformers reads no two texts at once.
      #expect(isTyped || copy.configuration.tokenMembers.contains { $0.key == "pad_token" })
    }
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
