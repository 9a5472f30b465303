public import Checkpoints
public import Diagnostics
import SparseVectors
public import TensorEngine
import WorkerThreads

/// The forward pass of a SPLADE checkpoint by the tensor engine.
///
/// ```swift
/// let pass = try EngineForwardPass(Checkpoint(folder: "models/splade-tiny"), engine: .load())
/// let rows = try await pass.encode(batch, for: .throughput)
/// ```
///
/// Batches run on one thread a core, each with that core alone; a query that somebody waits for has a thread of its own
/// that uses all cores. The parameters are never written after loading, which makes sharing them between threads safe.
/// The vectors of a sequence do not depend on what else is in its batch, but for rounding (under 1e-6 of a weight).
public final class EngineForwardPass: ForwardPass, @unchecked Sendable {
  public let vocabularySize: Int
  public let longestSequence: Int
  public let batchTokens: Int

  private let model: SpladeModel
  private let batchThreads: EngineThreads
  private let queryThread: EngineThreads

  /// Loads the parameters.
  ///
  /// - Parameters:
  ///   - device: where the model runs.
  ///   - cores: how many cores to use; all that the process may run on when `nil`.
  /// - Throws: `badInput` for a damaged checkpoint, `unavailable` for a device that is not there.
  public init(
    _ checkpoint: Checkpoint, engine: TensorEngine, device: Device = .cpu, cores: Int? = nil
  ) throws(ParlanceError) {
    try engine.check(device)
    let cores = max(1, cores ?? WorkerThreads.availableCores)
    vocabularySize = checkpoint.architecture.vocabularySize
    longestSequence = checkpoint.architecture.maxPositions
    batchTokens = device == .cpu ? 4096 : 32_768
    // A CUDA device does one batch at a time, and that with all its cores.
    batchThreads = try EngineThreads(engine: engine, count: device == .cpu ? cores : 1, coresEach: 1)
    queryThread = try EngineThreads(engine: engine, count: 1, coresEach: cores)
    model = try queryThread.run { () throws(ParlanceError) in
      var model = try SpladeModel(ModelWeights(checkpoint: checkpoint, engine: engine, device: device))
      try model.projection.prepare()
      if device == .cpu { try model.projection.enableScreening() }
      return Loaded(model: model)
    }.model
  }

  /// Carries a model out of the thread that loaded it.
  private struct Loaded: @unchecked Sendable {
    let model: SpladeModel
  }

  public func encode(_ batch: PackedBatch, for goal: EncodingGoal) async throws(ParlanceError) -> SparseRows {
    try check(batch)
    return try await threads(for: goal).run { () throws(ParlanceError) in try self.rows(of: batch) }
  }

  public func encode(_ batch: PackedBatch, for goal: EncodingGoal) throws(ParlanceError) -> SparseRows {
    try check(batch)
    return try threads(for: goal).run { () throws(ParlanceError) in try self.rows(of: batch) }
  }

  public var screening: ScreeningReport? {
    model.projection.screening.map { screening in
      ScreeningReport(
        kernel: screening.kernel, tokens: screening.tokens, computedLogits: screening.computedLogits,
        standsDown: screening.standsDown)
    }
  }

  private func threads(for goal: EncodingGoal) -> EngineThreads {
    goal == .throughput ? batchThreads : queryThread
  }

  private func rows(of batch: PackedBatch) throws(ParlanceError) -> SparseRows {
    guard batch.count > 0 else { return SparseRows(starts: [0], terms: [], weights: [], positions: []) }
    let rows = try model(batch)
    return SparseRows(
      starts: rows.starts.map { Int($0) }, terms: rows.terms.map { TermID(UInt32(bitPattern: $0)) },
      weights: try rows.weights.floats(), positions: rows.positions)
  }
}
