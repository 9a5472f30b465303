public import Checkpoints
public import Diagnostics
import ModelKernels
import SparseVectors
import Synchronization
import WorkerThreads

/// The forward pass of a SPLADE checkpoint on the processor, by the package's own kernels: encoding and searching need no
/// tensor engine.
///
/// ```swift
/// let pass = try NativeForwardPass(Checkpoint(folder: "models/splade-tiny"))
/// let rows = try await pass.encode(batch, for: .throughput)
/// ```
///
/// Batches run on one thread a core; a query that somebody waits for is the work of all cores together. Vectors are those
/// of `EngineForwardPass` within 1e-5.
public final class NativeForwardPass: ForwardPass {
  public let vocabularySize: Int
  public let longestSequence: Int

  private let model: NativeModel
  private let folder: String
  /// The files that `model` reads numbers of in place.
  private let files: [SafetensorsFile]
  private let activation: SparseHead.Activation
  private let batchThreads: WorkerThreads
  /// The thread that leads the team: one query at a time.
  private let queryThread: WorkerThreads
  private let team: Team
  private let workspaces: Mutex<[NativeWorkspace]>
  private let queryWorkspace: NativeWorkspace

  /// Loads the parameters.
  ///
  /// - Parameter cores: how many cores to use; all that the process may run on when `nil`.
  /// - Throws: `badInput` for a damaged checkpoint, `tryAgain` when no thread can be started.
  public init(_ checkpoint: Checkpoint, cores: Int? = nil) throws(ParlanceError) {
    let cores = max(1, cores ?? WorkerThreads.availableCores)
    vocabularySize = checkpoint.architecture.vocabularySize
    longestSequence = checkpoint.architecture.maxPositions
    activation = checkpoint.head.activation
    folder = checkpoint.folder
    files = checkpoint.tensors.files
    model = try NativeModel(checkpoint, kernels: .standard)
    batchThreads = try WorkerThreads(count: cores)
    queryThread = try WorkerThreads(count: 1)
    team = try Team(size: cores)
    workspaces = Mutex([])
    queryWorkspace = NativeWorkspace(members: cores)
  }

  /// The kernels at work, such as `avx512`.
  public var kernels: String { model.kernels.layersName }

  public var screening: ScreeningReport? {
    let screening = model.head.screening
    return ScreeningReport(
      kernel: screening.kernel, tokens: screening.tokens, computedLogits: screening.computedLogits,
      standsDown: screening.standsDown)
  }

  public func encode(_ batch: PackedBatch, for goal: EncodingGoal) async throws(ParlanceError) -> SparseRows {
    try check(batch)
    return try await threads(for: goal).run { () throws(ParlanceError) in try self.rows(of: batch, for: goal) }
  }

  public func encode(_ batch: PackedBatch, for goal: EncodingGoal) throws(ParlanceError) -> SparseRows {
    try check(batch)
    return try threads(for: goal).run { () throws(ParlanceError) in try self.rows(of: batch, for: goal) }
  }

  private func threads(for goal: EncodingGoal) -> WorkerThreads {
    goal == .throughput ? batchThreads : queryThread
  }

  private func rows(of batch: PackedBatch, for goal: EncodingGoal) throws(ParlanceError) -> SparseRows {
    guard batch.count > 0 else { return SparseRows(starts: [0], terms: [], weights: [], positions: []) }
    if goal == .latency {
      // For a few tokens the others would come too late.
      if batch.tokens.count < 48 { return try rows(of: batch, in: queryWorkspace, by: .alone) }
      let result = team.run { crew in
        Result { () throws(ParlanceError) in try rows(of: batch, in: queryWorkspace, by: crew) }
      }
      return try result.get()
    }
    let workspace = workspaces.withLock { $0.popLast() } ?? NativeWorkspace(members: 1)
    defer { workspaces.withLock { $0.append(workspace) } }
    return try rows(of: batch, in: workspace, by: .alone)
  }

  private func rows(
    of batch: PackedBatch, in workspace: NativeWorkspace, by crew: Crew
  ) throws(ParlanceError) -> SparseRows {
    let longest = (0..<batch.count).reduce(0) { max($0, batch.length(of: $1)) }
    workspace.reserve(tokens: batch.tokens.count, longest: longest, for: model)
    model.transformed(batch.tokens, starts: batch.starts, in: workspace, by: crew)
    guard model.kernels.allFinite(workspace.attended, count: batch.tokens.count * model.width) else {
      throw ParlanceError(
        .badInput,
        "the model's hidden states hold NaN or infinity: its weights are damaged or do not fit its config",
        at: .init(file: folder))
    }
    model.head(workspace.attended, starts: batch.starts, work: workspace.head, crew: crew)
    // Known once the weight was laid out, which the first batch does.
    guard model.head.isFinite else { throw Checkpoint.damagedDecoder(in: folder) }
    for file in files { try file.checkUnwritten() }
    return SparseRows(pooling: workspace.head, sequences: batch.count, activation: activation)
  }
}
