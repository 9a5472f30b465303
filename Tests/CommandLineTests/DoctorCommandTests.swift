import Foundation
import TestSupport
import Testing

@Suite("parlance doctor")
struct DoctorCommandTests {
  static let model = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"

  private func doctor(_ arguments: [String], _ environment: [String: String]) throws -> ParlanceResult {
    try ParlanceProcess.inFolder(of: ["bad/config.json": "{\"model_type\": \"gpt2\"}"]) { folder in
      try ParlanceProcess.run(["doctor"] + arguments, in: folder, environment: environment)
    }
  }

  @Test("without an engine in the usual places all is well but training, and the places are told")
  func noEngine() throws {
    let result = try ParlanceProcess.inFolder(of: [:]) { folder in
      // A copy of the program: beside the original there may be an engine.
      try FileManager.default.copyItem(atPath: ParlanceProcess.executable, toPath: folder + "/parlance")
      return try ParlanceProcess.shell("unset PARLANCE_ENGINE; HOME=$PWD ./parlance doctor", in: folder)
    }
    #expect(result.code == 0, "\(result.output) \(result.error)")
    #expect(result.output.contains("\nengine: none; only training and GPUs need it\n  "))
    #expect(result.output.contains("there is no such file"))
    #expect(
      result.output.contains("\n  `make engine` in the source folder builds it; PARLANCE_ENGINE names one that is"))
  }

  @Test("an engine that was named and is not there is told with what was tried and how to get one, and ends with 69")
  func withoutEngine() throws {
    let result = try doctor([], ["PARLANCE_ENGINE": "/nowhere/engine.so"])
    #expect(result.code == 69)
    #expect(result.error.isEmpty)
    #expect(result.output.hasPrefix("parlance 0.1.0\n  engine ABI "))
    #expect(result.output.contains("/nowhere/engine.so (PARLANCE_ENGINE): there is no such file"), "\(result.output)")
    #expect(result.output.contains("\nMissing:\n  the tensor engine, which training and GPUs need: `make"))
    #expect(result.output.split(separator: "\n").filter { $0.hasPrefix("  the tensor") }.allSatisfy { $0.count <= 80 })
  }

  @Test("--json has the same in one document")
  func document() throws {
    let result = try doctor(["--json", "--model", Self.model], ["PARLANCE_ENGINE": "/nowhere", "HF_HUB_OFFLINE": "1"])
    #expect(result.code == 69)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(Set(json.keys) == ["version", "processor", "engine", "model_cache", "offline", "models", "problems"])
    #expect((json["problems"] as? [String])?.count == 1)
    #expect(json["offline"] as? Bool == true)
    let engine = try #require(json["engine"] as? [String: Any])
    #expect((engine["tried"] as? [[String: String]])?.first?["path"] == "/nowhere")
    let models = try #require(json["models"] as? [[String: String]])
    #expect(models.first?["folder"] == Self.model)
    #expect(models.first?["shape"]?.contains("layers") == true)
    #expect(models.first?["licence"] != nil && models.first?["commercial_use"] != nil)
    #expect(models.first?["screening"]?.hasPrefix("screening: ") == true)
    let processor = try #require(json["processor"] as? [String: Any])
    #expect(Set(processor.keys) == ["name", "system", "cores", "memory_gibibytes", "crc32c", "sha256"])
  }

  @Test("models that are missing or not SPLADE models are problems, those that are told have shape and licence")
  func models() throws {
    let result = try doctor(
      ["--model", "none", "--model", "bad", "--model", Self.model], ["PARLANCE_ENGINE": "/nowhere"])
    #expect(result.code == 69)
    #expect(result.output.contains("\n  model none: "), "\(result.output)")
    #expect(result.output.contains("\n  model bad"), "\(result.output)")
    #expect(result.output.contains("\n  licence: "), "\(result.output)")
  }

  @Test("a model of the hub is looked for in the cache alone")
  func hub() throws {
    let result = try doctor(
      ["--model", "hf:owner/name"], ["PARLANCE_ENGINE": "/nowhere", "HF_HOME": "/models/here", "HF_ENDPOINT": "none"])
    #expect(result.code == 69)
    #expect(
      result.output.contains("\n  model hf:owner/name: it is not, or not whole, in the model cache"), "\(result.output)"
    )
  }

  @Test("HF_HOME moves the cache of models")
  func cache() throws {
    let result = try doctor([], ["PARLANCE_ENGINE": "/nowhere", "HF_HOME": "/models/here"])
    #expect(result.output.contains("\nmodel cache\n  /models/here/hub\n"), "\(result.output)")
    #expect(result.output.contains("\n  nothing is kept for quick starts\n"), "\(result.output)")
    let other = try doctor([], ["PARLANCE_ENGINE": "/nowhere", "PARLANCE_MODEL_CACHE": "/kept"])
    #expect(other.output.contains("\n  /kept (what was made of models, for quick starts)\n"), "\(other.output)")
  }

  @Test("with an engine all is well", .enabled(if: TestSupport.engine != nil, "the engine is not built"))
  func withEngine() throws {
    let result = try doctor(["--model", Self.model], ["PARLANCE_ENGINE": try #require(TestSupport.engine)])
    #expect(result.code == 0, "\(result.output)")
    #expect(result.output.contains("\n  devices: cpu"))
    #expect(result.output.hasSuffix("\nEverything that searching by conversation needs is here.\n"))
  }
}
