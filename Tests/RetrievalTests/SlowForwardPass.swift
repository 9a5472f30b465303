import Checkpoints
import Diagnostics
import SparseEncoder
import SparseVectors
import TestSupport

/// A forward pass that cannot be stopped, and waits at a gate if it has one; each row has the first token of its text as its one
/// term.
struct SlowForwardPass: ForwardPass {
  let vocabularySize: Int
  let longestSequence: Int
  var gate: Gate?
  /// Called when a batch begins.
  var onBatch: @Sendable () -> Void = {}
  /// Called when it ends.
  var atEnd: @Sendable () -> Void = {}

  func encode(_ batch: PackedBatch, for goal: EncodingGoal) async throws(ParlanceError) -> SparseRows {
    onBatch()
    await gate?.pass()
    atEnd()
    return rows(batch)
  }

  func encode(_ batch: PackedBatch, for goal: EncodingGoal) throws(ParlanceError) -> SparseRows { rows(batch) }

  private func rows(_ batch: PackedBatch) -> SparseRows {
    let firsts = (0..<batch.count).map { batch.tokens[Int(batch.starts[$0]) + 1] }
    return SparseRows(
      starts: Array(0...batch.count), terms: firsts.map { TermID(UInt32($0)) }, weights: firsts.map { _ in 1 },
      positions: firsts.map { _ in 1 })
  }

  /// An encoder on a small committed checkpoint, whose vocabulary has the letters a to z.
  static func encoder(
    gate: Gate? = nil, onBatch: @escaping @Sendable () -> Void = {}, atEnd: @escaping @Sendable () -> Void = {}
  ) throws -> SparseEncoder {
    let checkpoint = try Checkpoint(folder: TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-sharded")
    let architecture = checkpoint.architecture
    let forward = SlowForwardPass(
      vocabularySize: architecture.vocabularySize, longestSequence: architecture.maxPositions, gate: gate,
      onBatch: onBatch, atEnd: atEnd)
    return try SparseEncoder(checkpoint: checkpoint, forward: forward)
  }
}
