import CKernels
import WorkerThreads

/// Every bound beside its logit.
package struct BoundAudit: Sendable {
  /// Tokens by columns.
  package var pairs = 0
  /// Logits that are above their bounds; the theorem says 0 (Documentation/screened-head.md).
  package var broken = 0
  /// Bounds above 0: what screening would compute if there were no running maximum.
  package var survivors = 0
  /// Logits above 0.
  package var positive = 0
}

extension VocabularyHead {
  /// Computes every bound and every logit, for tests: it takes thousands of times as long as the product.
  ///
  /// - Returns: `nil` where every logit is computed anyway.
  package func audit(_ hidden: FloatBuffer, starts: [Int32]) -> BoundAudit? {
    let tokens = Int(starts.last ?? 0), work = HeadWork(members: 1)
    guard tokens > 0, let quantised = quantised(for: hidden, tokens: tokens) else { return nil }
    work.reserve(bytes: parlance_screen_token_bytes(Int64(tokens), Int64(starts.count - 1), Int64(width)))
    for sequence in 0..<starts.count - 1 { quantise(hidden, starts, sequence, quantised, work) }
    return unsafe withTask(hidden, starts, quantised, work) { task in
      var audit = BoundAudit()
      for sequence in 0..<starts.count - 1 {
        for token in starts[sequence]..<starts[sequence + 1] {
          for column in 0..<vocabulary {
            let bound = unsafe parlance_screen_bound(task, Int32(sequence), token - starts[sequence], Int32(column))
            let logit = unsafe parlance_screen_logit(
              task.pointee.kernel, task.pointee.hidden_TH + Int(token) * width,
              task.pointee.weight_VH + column * width, task.pointee.bias_V[column], Int64(width))
            audit.pairs += 1
            if logit > bound { audit.broken += 1 }
            if !(bound <= 0) { audit.survivors += 1 }
            if logit > 0 { audit.positive += 1 }
          }
        }
      }
      return audit
    }
  }
}
