import Checkpoints
import Diagnostics
import SparseEncoder
import SparseVectors
import Synchronization
import TestSupport

/// A forward pass that waits until it is let go; each row has the first token of its text as its one term.
final class GatedForwardPass: ForwardPass {
  struct Batch: Sendable, Equatable {
    var count: Int
    var isForLatency: Bool
  }

  let vocabularySize: Int
  let longestSequence: Int
  private let state: Mutex<State>

  private struct State {
    var isOpen: Bool
    var batches: [Batch] = []
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  init(_ checkpoint: Checkpoint, isOpen: Bool) {
    vocabularySize = checkpoint.architecture.vocabularySize
    longestSequence = checkpoint.architecture.maxPositions
    state = Mutex(State(isOpen: isOpen))
  }

  /// What has reached the model so far.
  var batches: [Batch] { state.withLock { $0.batches } }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func encode(_ batch: PackedBatch, for goal: EncodingGoal) async throws(ParlanceError) -> SparseRows {
    await withCheckedContinuation { continuation in
      let goesOn = state.withLock { state in
        state.batches.append(Batch(count: batch.count, isForLatency: goal == .latency))
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if goesOn { continuation.resume() }
    }
    return rows(batch)
  }

  func encode(_ batch: PackedBatch, for goal: EncodingGoal) throws(ParlanceError) -> SparseRows { rows(batch) }

  private func rows(_ batch: PackedBatch) -> SparseRows {
    let firsts = (0..<batch.count).map { batch.tokens[Int(batch.starts[$0]) + 1] }
    return SparseRows(
      starts: Array(0...batch.count), terms: firsts.map { TermID(UInt32($0)) }, weights: firsts.map { _ in 1 },
      positions: firsts.map { _ in 1 })
  }

  /// A model on a small committed checkpoint, whose vocabulary has the letters a to z.
  static func model(isOpen: Bool) throws -> (encoder: SparseEncoder, pass: GatedForwardPass) {
    let checkpoint = try Checkpoint(folder: TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-sharded")
    let pass = GatedForwardPass(checkpoint, isOpen: isOpen)
    return (try SparseEncoder(checkpoint: checkpoint, forward: pass), pass)
  }
}

/// Waits for what other tasks do, without a limit of its own: the test's does.
func until(_ isTrue: @Sendable () -> Bool) async {
  while !isTrue() { try? await Task.sleep(for: .milliseconds(2)) }
}
