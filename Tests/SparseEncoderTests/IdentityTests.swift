import Checkpoints
import Diagnostics
import Foundation
import SparseVectors
import TestSupport
import Testing

@testable import SparseEncoder

@Suite("The encoder's identity")
struct IdentityTests {
  func digest(_ folder: String, _ settings: EncoderSettings = EncoderSettings()) throws -> String {
    try EncoderIdentity(checkpoint: Checkpoint(folder: folder), settings: settings).digest
  }

  @Test("the recipe is the documented one")
  func recipe() throws {
    let checkpoint = try Checkpoint(folder: SmallCheckpoints.path("distilbert-sum"))
    let recipe = try EncoderIdentity.recipe(checkpoint: checkpoint, settings: EncoderSettings())
    let lines = recipe.split(separator: "\n").map(String.init)
    #expect(lines[0] == "parlance-encoder 2")
    #expect(lines[1].hasPrefix("weights ") && lines[1].count == "weights ".count + 64)
    #expect(
      lines[2...6] == [
        "architecture DistilBertForMaskedLM", "layers 2", "heads 2", "hidden-activation gelu",
        "layer-norm-epsilon 1e-12",
      ])
    #expect(lines[7].hasPrefix("tokenizer "))
    #expect(
      lines[8...] == [
        "lowercase true", "strip-accents unset", "split-chinese true", "split-special-tokens false",
        #"special-tokens "[UNK]" "[SEP]" "[PAD]" "[CLS]" "[MASK]""#, "pooling sum", "activation relu",
        "max-length 24", #"passage-text "{title} {text}""#, #"passage-prompt "the ""#, #"query-prompt "how ""#,
      ])
  }

  @Test("everything that changes a vector changes the identity, and a copy elsewhere does not")
  func changes() throws {
    let root = try TestSupport.temporaryFolder("identity")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let folder = root + "/other-name"
    func reset() throws {
      try? FileManager.default.removeItem(atPath: folder)
      try FileManager.default.copyItem(atPath: SmallCheckpoints.path("bert-old-names"), toPath: folder)
    }
    func edit(_ file: String, _ old: String, _ new: String) throws {
      try reset()
      let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      try #require(text.contains(old))
      try text.replacingOccurrences(of: old, with: new).write(
        toFile: folder + "/" + file, atomically: true, encoding: .utf8)
    }
    let original = try digest(SmallCheckpoints.path("bert-old-names"))
    try reset()
    #expect(try digest(folder) == original)
    try edit("README.md", "Random", "Other")
    #expect(try digest(folder) == original)
    for (file, old, new) in [
      ("config.json", #""num_attention_heads": 2"#, #""num_attention_heads": 4"#),
      ("config.json", #""num_hidden_layers": 2"#, #""num_hidden_layers": 1"#),
      ("config.json", "1e-12", "1e-6"),
      ("config.json", #""hidden_act": "gelu""#, #""hidden_act": "relu""#),
      ("1_SpladePooling/config.json", "max", "sum"),
      ("1_SpladePooling/config.json", "relu", "log1p_relu"),
      ("sentence_bert_config.json", "24", "23"),
      ("tokenizer_config.json", #""do_lower_case": true"#, #""do_lower_case": false"#),
      ("tokenizer_config.json", #""do_lower_case": true"#, #""do_lower_case": true, "split_special_tokens": true"#),
      ("tokenizer_config.json", #""mask_token": "[MASK]""#, #""mask_token": "the""#),
      ("tokenizer_config.json", #""mask_token": "[MASK]""#, #""mask_token": "[MASK]", "bos_token": "[unused0]""#),
      ("tokenizer.json", "##ing", "##ung"),
      ("config_sentence_transformers.json", #""query": """#, #""query": "q: ""#),
    ] {
      try edit(file, old, new)
      #expect(try digest(folder) != original, "\(file): \(old) -> \(new)")
    }
    try reset()
    let weights = folder + "/model.safetensors"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: weights))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(fileURLWithPath: weights))
    #expect(try digest(folder) != original)
    try edit(
      "tokenizer_config.json", #""tokenizer_class": "BertTokenizer""#, #""tokenizer_class": "TokenizersBackend""#)
    #expect(try digest(folder) == original, "another class that makes the same of the files")

    let path = SmallCheckpoints.path("bert-old-names")
    #expect(try digest(path, EncoderSettings(maxLength: 20)) != original)
    #expect(try digest(path, EncoderSettings(passageText: PassageText("{text}"))) != original)
    #expect(try digest(path, EncoderSettings(maxLength: 100)) == original, "the model's own limit is lower")
    #expect(try digest(path, EncoderSettings(batchTokens: 7)) == original)
  }

  @Test("what transformers makes otherwise of a tokenizer's files is in the recipe, behind what the files say")
  func departures() throws {
    let root = try TestSupport.temporaryFolder("identity")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let folder = root + "/model"
    try FileManager.default.copyItem(atPath: SmallCheckpoints.path("bert-old-names"), toPath: folder)
    let path = folder + "/tokenizer.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let lowercase = try #require(text.range(of: #""lowercase": *true"#, options: .regularExpression))
    try text.replacingCharacters(in: lowercase, with: #""lowercase":false"#).write(
      toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.removeItem(atPath: folder + "/tokenizer_config.json")
    try #"{"additional_special_tokens": ["[unused0]"]}"#.write(
      toFile: folder + "/special_tokens_map.json", atomically: true, encoding: .utf8)
    let recipe = try EncoderIdentity.recipe(checkpoint: Checkpoint(folder: folder), settings: EncoderSettings())
    let lines = recipe.split(separator: "\n").map(String.init)
    let place = try #require(lines.firstIndex(of: "split-special-tokens false"))
    #expect(
      lines[(place + 1)...].prefix(3) == [
        #"normalizer "clean-text" "split-chinese" "strip-accents" "lowercase""#,
        #"added-tokens "[PAD]" "special" "[UNK]" "special" "[CLS]" "special" "[SEP]" "special" "[MASK]" "special" "#
          + #""[unused0]" "special""#,
        "pooling max",
      ])
  }

  @Test("the names of special tokens count where vocab.txt leaves them open")
  func specialTokens() throws {
    let root = try TestSupport.temporaryFolder("identity")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let original = try digest(SmallCheckpoints.path("distilbert-sum"))
    for (number, name) in ["unk", "sep", "pad", "cls", "mask"].enumerated() {
      let folder = root + "/\(number)"
      try FileManager.default.copyItem(atPath: SmallCheckpoints.path("distilbert-sum"), toPath: folder)
      let path = folder + "/tokenizer_config.json"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let old = "\"\(name)_token\": \"[\(name.uppercased())]\""
      try #require(text.contains(old))
      try text.replacingOccurrences(of: old, with: "\"\(name)_token\": \"the\"").write(
        toFile: path, atomically: true, encoding: .utf8)
      #expect(try digest(folder) != original, "\(name)_token")
    }
  }

  @Test("quoted text stands in the recipe as itself, on one line")
  func quoting() throws {
    let checkpoint = try Checkpoint(folder: SmallCheckpoints.path("distilbert-sum"))
    let text = try PassageText("é \"\\\n{text}")
    let recipe = try EncoderIdentity.recipe(checkpoint: checkpoint, settings: EncoderSettings(passageText: text))
    #expect(recipe.split(separator: "\n").contains(#"passage-text "é \"\\\n{text}""#))
  }
}
