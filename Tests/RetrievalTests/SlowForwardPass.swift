import Checkpoints
import Diagnostics
import Dispatch
import SparseEncoder
import SparseVectors
import TestSupport

/// A forward pass that takes its time and cannot be stopped; each row has the first token of its text as its one term.
struct SlowForwardPass: ForwardPass {
  let vocabularySize: Int
  let longestSequence: Int
  let workers = 2
  var seconds = 0.0
  /// Called when a batch begins.
  var onBatch: @Sendable () -> Void = {}
  /// Called when it ends.
  var atEnd: @Sendable () -> Void = {}

  func encode(_ batch: PackedBatch, for goal: EncodingGoal) async throws(ParlanceError) -> SparseRows {
    onBatch()
    if seconds > 0 {
      await withCheckedContinuation { continuation in
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { continuation.resume() }
      }
    }
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
    seconds: Double = 0, onBatch: @escaping @Sendable () -> Void = {}, atEnd: @escaping @Sendable () -> Void = {}
  ) throws -> SparseEncoder {
    let checkpoint = try Checkpoint(folder: TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-sharded")
    let architecture = checkpoint.architecture
    let forward = SlowForwardPass(
      vocabularySize: architecture.vocabularySize, longestSequence: architecture.maxPositions, seconds: seconds,
      onBatch: onBatch, atEnd: atEnd)
    return try SparseEncoder(checkpoint: checkpoint, forward: forward)
  }
}
