package import Checkpoints
public import Diagnostics
import Synchronization

/// A forward pass that is made when the first batch comes.
///
/// Of a model whose two sides are encoded in two ways often one is never asked for, and packing the other's matrices would be for
/// nothing. The checkpoint has been checked by then, so that what fails is the machine: too little memory, no more threads.
package final class LazyForwardPass: ForwardPass {
  package let vocabularySize: Int
  package let longestSequence: Int
  private let make: @Sendable () throws(ParlanceError) -> any ForwardPass
  private let kept = Mutex<(any ForwardPass)?>(nil)

  /// - Parameter make: makes the pass of the checkpoint; asked again after a failure.
  package init(
    of checkpoint: Checkpoint, make: @escaping @Sendable () throws(ParlanceError) -> any ForwardPass
  ) {
    vocabularySize = checkpoint.architecture.vocabularySize
    longestSequence = checkpoint.architecture.maxPositions
    self.make = make
  }

  /// The pass itself. Who asks first makes it, and the others wait.
  ///
  /// - Throws: what making it throws.
  package func pass() throws(ParlanceError) -> any ForwardPass {
    try kept.withLock { kept throws(ParlanceError) -> any ForwardPass in
      if let kept { return kept }
      let pass = try make()
      kept = pass
      return pass
    }
  }

  package var batchTokens: Int { (try? pass().batchTokens) ?? 4096 }

  package var screening: ScreeningReport? { kept.withLock { $0 }?.screening }

  package func encode(_ batch: PackedBatch, for goal: EncodingGoal) async throws(ParlanceError) -> SparseRows {
    try await pass().encode(batch, for: goal)
  }

  package func encode(_ batch: PackedBatch, for goal: EncodingGoal) throws(ParlanceError) -> SparseRows {
    try pass().encode(batch, for: goal)
  }
}

extension SparseEncoder {
  /// Makes now what encoding this side takes, so that the first text does not wait for it.
  ///
  /// There is something to make only where queries are encoded otherwise than passages, and it is made once. Whether the encoder
  /// encodes that side at all is not looked at.
  /// - Throws: as opening a model: `tryAgain` when no thread can be started, and on another device what the engine says.
  public func prepare(for side: Side) throws(ParlanceError) {
    if side == .query {
      if let queries { return try queries.encoder.prepare(for: side) }
      if staticQueries != nil { return }
      try residual?.frozen.prepare(for: side)
    }
    if let lazy = forward as? LazyForwardPass { _ = try lazy.pass() }
  }
}
