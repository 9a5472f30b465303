import Checkpoints
import Diagnostics

enum CheckpointTargets {
  static let all: [FuzzTarget] = [
    .file("safetensors", suffix: ".safetensors") { path throws(ParlanceError) in
      _ = try SafetensorsFile(path: path)
    },
    FuzzTarget(name: "model-config") { bytes throws(ParlanceError) in
      _ = try Architecture(config: bytes, file: "config.json")
    },
  ]
}
