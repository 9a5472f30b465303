import Checkpoints
public import Diagnostics
public import ModelHub
public import SparseEncoder
public import TensorEngine

extension SparseEncoder {
  /// Opens a model by name: finds or fetches it and makes it ready to encode.
  ///
  /// On the processor the package's own kernels compute; another device needs the tensor engine.
  ///
  /// ```swift
  /// let encoder = try await SparseEncoder.open("hf:opensearch-project/opensearch-neural-sparse-encoding-v1")
  /// ```
  ///
  /// - Parameters:
  ///   - model: a folder, or `hf:owner/name` with an optional `@revision`.
  ///   - cores: how many cores to use; all that the process may run on when `nil`.
  /// - Throws: `noInput` when there is no such model, `badInput` when it is damaged or not a SPLADE model,
  ///   `unavailable` when the network, or for another device the engine or that device, is missing.
  public static func open(
    _ model: String, settings: EncoderSettings = EncoderSettings(), device: Device = .cpu, cores: Int? = nil,
    hub: ModelHub = ModelHub(), progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) async throws(ParlanceError) -> SparseEncoder {
    let found = try await hub.resolve(model, progress: progress, interruption: interruption)
    let checkpoint = try Checkpoint(folder: found.folder, name: found.name)
    let engine = device == .cpu ? nil : try TensorEngine.load()
    func forward(_ checkpoint: Checkpoint) throws(ParlanceError) -> any ForwardPass {
      if let engine { return try EngineForwardPass(checkpoint, engine: engine, device: device, cores: cores) }
      return try NativeForwardPass(checkpoint, cores: cores)
    }
    var frozen: SparseEncoder?
    if let part = try checkpoint.frozenPart() {
      frozen = try SparseEncoder(checkpoint: part, forward: forward(part), settings: settings)
    }
    return try SparseEncoder(
      checkpoint: checkpoint, forward: forward(checkpoint), frozen: frozen, settings: settings)
  }
}
