import Checkpoints
import Diagnostics
import WordPiece

enum CheckpointTargets {
  static let all: [FuzzTarget] =
    [
      .file("safetensors", suffix: ".safetensors") { path throws(ParlanceError) in
        let file = try SafetensorsFile(path: path)
        for entry in file.entries where entry.elementType.isReadableAsFloat { _ = try file.floats(of: entry) }
      },
      FuzzTarget(name: "model-config") { bytes throws(ParlanceError) in
        _ = try Architecture(config: bytes, file: "config.json")
      },
      folder("model-modules", "bert-old-names", "modules.json"),
      folder("model-pooling", "bert-old-names", "1_SpladePooling/config.json"),
      folder("model-sentence", "bert-old-names", "sentence_bert_config.json"),
      folder("model-prompts", "bert-old-names", "config_sentence_transformers.json"),
      folder("model-tokenizer", "bert-old-names", "tokenizer_config.json"),
      folder("model-card", "bert-old-names", "README.md"),
      folder("model-router", "router-inference-free", "router_config.json"),
      folder("model-shards", "bert-sharded", "model.safetensors.index.json"),
      folder("student", "bert-old-names", "parlance.json"),
      folder("student-gate", "bert-old-names", "gate.safetensors", beside: ("parlance.json", residual)),
    ]

  private static let residual = """
    {"parlance_student": 1, "passage_space": {"digest": "ab", "name": "fuzz"}, "form": "conversation",
     "residual": {"gate": "gate.safetensors"}}
    """

  /// A model's folder in which one file is the input.
  private static func folder(
    _ target: String, _ model: String, _ file: String, beside other: (name: String, text: String)? = nil
  ) -> FuzzTarget {
    FuzzTarget(name: target) { bytes throws(ParlanceError) in
      let folder = ModelFolder.made(of: "Tests/CheckpointsTests/Goldens/" + model, leavingOut: file)
      if let other { ScratchFile.write(Array(other.text.utf8), to: folder + "/" + other.name) }
      ScratchFile.write(bytes, to: folder + "/" + file)
      _ = try Checkpoint(folder: folder)
      _ = try WordPieceTokenizer(folder: folder)
    }
  }
}

/// The links of the one model folder of a process.
private enum ModelFolder {
  nonisolated(unsafe) private static var folder: String?

  static func made(of model: String, leavingOut file: String) -> String {
    if let folder { return folder }
    let made = Specimen.linkedFolder(model, leavingOut: file)
    folder = made
    return made
  }
}
