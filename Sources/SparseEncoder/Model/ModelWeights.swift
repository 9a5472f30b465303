import Checkpoints
import Diagnostics
import TensorEngine

/// The parameters of a checkpoint as tensors on a device.
final class ModelWeights {
  let checkpoint: Checkpoint
  let engine: TensorEngine
  let device: Device
  /// What was asked for so far: all that is trained, once a model has been made.
  private(set) var loaded: [(role: ParameterRole, tensor: Tensor)] = []

  init(checkpoint: Checkpoint, engine: TensorEngine, device: Device) {
    self.checkpoint = checkpoint
    self.engine = engine
    self.device = device
  }

  func tensor(_ role: ParameterRole) throws(ParlanceError) -> Tensor {
    let tensor = try load(role)
    loaded.append((role, tensor))
    return tensor
  }

  private func load(_ role: ParameterRole) throws(ParlanceError) -> Tensor {
    let shape = checkpoint.architecture.shape(of: role)
    let stored = try checkpoint.withBytes(of: role) { bytes, type throws(ParlanceError) -> Tensor? in
      guard type == .float32 else { return nil }
      return try engine.tensor(bytes: bytes, of: .float32, shape: shape, on: device)
    }
    if let stored { return stored }
    return try engine.tensor(try checkpoint.floats(role), shape: shape, on: device)
  }

  func linear(_ weight: ParameterRole, _ bias: ParameterRole) throws(ParlanceError) -> Linear {
    Linear(weight: try tensor(weight), bias: try tensor(bias))
  }

  func layerNorm(_ weight: ParameterRole, _ bias: ParameterRole) throws(ParlanceError) -> LayerNorm {
    LayerNorm(
      weight: try tensor(weight), bias: try tensor(bias), epsilon: checkpoint.architecture.layerNormEpsilon)
  }
}

extension Architecture.Activation {
  func callAsFunction(_ x: Tensor) throws(ParlanceError) -> Tensor {
    switch self {
    case .gelu: try x.gelu()
    case .geluTanh: try x.geluTanh()
    case .relu: try x.relu()
    }
  }
}
