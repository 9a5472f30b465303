public import BinaryFiles
package import Checkpoints
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
  ///   - derived: where what is made of the model's files is kept, so that it opens faster the next time.
  /// - Throws: `noInput` when there is no such model, `badInput` when it is damaged or not a SPLADE model,
  ///   `unavailable` when the network, or for another device the engine or that device, is missing.
  public static func open(
    _ model: String, settings: EncoderSettings = EncoderSettings(), device: Device = .cpu, cores: Int? = nil,
    hub: ModelHub = ModelHub(), derived: DerivedFiles = .standard, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) async throws(ParlanceError) -> SparseEncoder {
    let found = try await hub.resolve(model, progress: progress, interruption: interruption)
    let checkpoint = try Checkpoint(folder: found.folder, name: found.name, derived: derived)
    let engine = device == .cpu ? nil : try TensorEngine.load()
    return try open(checkpoint, settings: settings) { part throws(ParlanceError) in
      if let engine { return try EngineForwardPass(part, engine: engine, device: device, cores: cores) }
      return try NativeForwardPass(part, cores: cores)
    }
  }

  /// Makes a checkpoint ready to encode, with the encoders that it is composed of.
  ///
  /// - Parameter forward: computes what a checkpoint's weights say.
  /// - Throws: as `init` and what `forward` throws.
  package static func open(
    _ checkpoint: Checkpoint, settings: EncoderSettings = EncoderSettings(),
    forward: (Checkpoint) throws(ParlanceError) -> any ForwardPass
  ) throws(ParlanceError) -> SparseEncoder {
    let frozen = try checkpoint.frozenPart().map { part throws(ParlanceError) in
      try open(part, settings: settings.forFrozenPart(of: checkpoint), forward: forward)
    }
    let queries = try checkpoint.queryPart().map { part throws(ParlanceError) in
      try open(part, settings: settings, forward: forward)
    }
    return try SparseEncoder(
      checkpoint: checkpoint, forward: forward(checkpoint), frozen: frozen, queries: queries, settings: settings)
  }
}
