import Diagnostics
import Foundation
import SparseVectors
import Synchronization

@testable import SparseEncoder

/// A forward pass whose rows tell which tokens it was given: each token id is a term, weighing how often it occurs.
final class FakeForwardPass: ForwardPass {
  let vocabularySize: Int
  let longestSequence: Int
  /// Tokens of each batch that was asked for.
  let batches = Mutex<[Int]>([])
  /// The longest time a batch takes; batches then end in any order.
  let delay: Duration
  /// Fails at the batch with this number.
  let failsAt: Int?

  init(vocabularySize: Int, longestSequence: Int = 512, delay: Duration = .zero, failsAt: Int? = nil) {
    self.vocabularySize = vocabularySize
    self.longestSequence = longestSequence
    self.delay = delay
    self.failsAt = failsAt
  }

  func encode(_ batch: PackedBatch, for goal: EncodingGoal) async throws(ParlanceError) -> SparseRows {
    if delay > .zero { try? await Task.sleep(for: delay * Double.random(in: 0...1)) }
    return try rows(batch)
  }

  func encode(_ batch: PackedBatch, for goal: EncodingGoal) throws(ParlanceError) -> SparseRows {
    try rows(batch)
  }

  private func rows(_ batch: PackedBatch) throws(ParlanceError) -> SparseRows {
    let number = batches.withLock { batches in
      batches.append(batch.tokens.count)
      return batches.count
    }
    if number == failsAt { throw ParlanceError(.internalFault, "the engine failed") }
    var rows = SparseRows(starts: [0], terms: [], weights: [], positions: [])
    for index in 0..<batch.count {
      var counts: [Int32: (count: Int, first: Int)] = [:]
      for (position, id) in batch.tokens[Int(batch.starts[index])..<Int(batch.starts[index + 1])].enumerated() {
        counts[id, default: (0, position)].count += 1
      }
      for (id, entry) in counts.sorted(by: { $0.key < $1.key }) {
        rows.terms.append(TermID(UInt32(id)))
        rows.weights.append(Float(entry.count))
        rows.positions.append(Int32(entry.first))
      }
      rows.starts.append(rows.terms.count)
    }
    return rows
  }
}
