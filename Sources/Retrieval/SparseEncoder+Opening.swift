public import BinaryFiles
package import Checkpoints
public import Diagnostics
public import ModelHub
public import SparseEncoder
public import TensorEngine

extension SparseEncoder {
  /// Opens a model by name: finds or fetches it and makes it ready to encode.
  ///
  /// On the processor the package's own kernels compute; another device needs the tensor engine. Of a model whose queries are encoded
  /// otherwise than its passages a side is made ready when it is first encoded, or by `prepare(for:)`.
  ///
  /// ```swift
  /// let encoder = try await SparseEncoder.open("hf:opensearch-project/opensearch-neural-sparse-encoding-v1")
  /// ```
  ///
  /// - Parameters:
  ///   - model: a folder, or `hf:owner/name` with an optional `@revision`.
  ///   - cores: how many cores to use; all that the process may run on when `nil`.
  ///   - derived: where what is made of the model's files is kept, so that it opens faster the next time.
  ///   - note: is told what the user should know of the model, a sentence each.
  /// - Throws: `noInput` when there is no such model, `badInput` when it is damaged or not a SPLADE model,
  ///   `unavailable` when the network, or for another device the engine or that device, is missing.
  public static func open(
    _ model: String, settings: EncoderSettings = EncoderSettings(), device: Device = .cpu, cores: Int? = nil,
    hub: ModelHub = ModelHub(), derived: DerivedFiles = .standard, note: (@Sendable (String) -> Void)? = nil,
    progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) async throws(ParlanceError) -> SparseEncoder {
    let found = try await hub.resolve(model, progress: progress, interruption: interruption)
    for line in found.notes { note?(line) }
    let checkpoint = try Checkpoint(folder: found.folder, name: found.name, derived: derived)
    if let line = checkpoint.note { note?(line) }
    let engine = device == .cpu ? nil : try TensorEngine.load()
    try engine?.check(device)
    return try open(checkpoint, settings: settings) { part throws(ParlanceError) in
      if let engine { return try EngineForwardPass(part, engine: engine, device: device, cores: cores) }
      return try NativeForwardPass(part, cores: cores)
    }
  }

  /// Makes a checkpoint ready to encode, with the encoders that it is composed of.
  ///
  /// - Parameter forward: computes what a checkpoint's weights say. Where queries are encoded otherwise than passages it is asked
  ///   for a side's pass when the side is encoded first, or `prepare(for:)` is called.
  /// - Throws: as `init` and what `forward` throws.
  package static func open(
    _ checkpoint: Checkpoint, settings: EncoderSettings = EncoderSettings(),
    forward: @escaping @Sendable (Checkpoint) throws(ParlanceError) -> any ForwardPass
  ) throws(ParlanceError) -> SparseEncoder {
    try open(checkpoint, settings: settings, isLazy: false, forward: forward)
  }

  private static func open(
    _ checkpoint: Checkpoint, settings: EncoderSettings, isLazy: Bool,
    forward: @escaping @Sendable (Checkpoint) throws(ParlanceError) -> any ForwardPass
  ) throws(ParlanceError) -> SparseEncoder {
    let queryPart = try checkpoint.queryPart()
    let isLazy = isLazy || queryPart != nil || checkpoint.staticQueries != nil
    let frozen = try checkpoint.frozenPart().map { part throws(ParlanceError) in
      try open(part, settings: settings.forFrozenPart(of: checkpoint), isLazy: isLazy, forward: forward)
    }
    let queries = try queryPart.map { part throws(ParlanceError) in
      try open(part, settings: settings, isLazy: isLazy, forward: forward)
    }
    let pass: any ForwardPass
    if isLazy {
      pass = LazyForwardPass(of: checkpoint) { () throws(ParlanceError) in try forward(checkpoint) }
    } else {
      pass = try forward(checkpoint)
    }
    return try SparseEncoder(
      checkpoint: checkpoint, forward: pass, frozen: frozen, queries: queries, settings: settings)
  }
}
