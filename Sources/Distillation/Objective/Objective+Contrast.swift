#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Objective {
  /// InfoNCE: the cross-entropy of each positive against its query's negatives, and against those of the other queries
  /// where the batch's count; mean over a query's positives, then, with their weights, over the queries that have one.
  ///
  /// A passage that is a negative of two queries counts twice, as it does in the paper's code.
  func contrast(
    _ scores: PassageScores, on batch: SampledBatch, times factor: Double, into gradient: inout PassageScores
  ) -> Double {
    let queries = (0..<batch.count).filter { batch.samples[$0].positives > 0 }
    var isMasked_D = [Bool](repeating: false, count: batch.passages.count)
    var sum = 0.0
    for query in queries {
      let masked = configuration.contrastive.maskKnownPositives ? batch.relevant[query] : []
      for passage in masked { isMasked_D[passage] = true }
      let weight = batch.weights[query]
      sum +=
        weight
        * contrast(
          scores, on: batch, query: query, isMasked_D, times: factor * weight / Double(queries.count), into: &gradient)
      for passage in masked { isMasked_D[passage] = false }
    }
    return queries.isEmpty ? 0 : sum / Double(queries.count)
  }

  private func contrast(
    _ scores: PassageScores, on batch: SampledBatch, query: Int, _ isMasked_D: [Bool], times factor: Double,
    into gradient: inout PassageScores
  ) -> Double {
    let temperature = configuration.contrastive.temperature
    let (own, positives) = (batch.range(of: query), batch.samples[query].positives)
    let row = query * batch.passages.count
    let negatives = negatives(of: query, in: batch, isMasked_D)
    let logits = negatives.map { slot in
      (own.contains(slot) ? scores.own_S[slot] : scores.cross_BD[row + batch.slots[slot]]) / temperature
    }
    let against = logSumExp(logits)

    let slope = factor / (temperature * Double(positives))
    var (loss, missing) = (0.0, 0.0)
    for slot in own.prefix(positives) {
      let logit = scores.own_S[slot] / temperature
      let total = logSumExp([logit, against])
      loss += (total - logit) / Double(positives)
      gradient.own_S[slot] -= slope * exp(against - total)
      missing += exp(against - total)
    }
    for (slot, logit) in zip(negatives, logits) {
      let share = slope * missing * exp(logit - against)
      if own.contains(slot) {
        gradient.own_S[slot] += share
      } else {
        gradient.cross_BD[row + batch.slots[slot]] += share
      }
    }
    return loss
  }

  /// The slots of a query's own negatives, and of every query's where the batch's count.
  private func negatives(of query: Int, in batch: SampledBatch, _ isMasked_D: [Bool]) -> [Int] {
    let samples = configuration.contrastive.inBatchNegatives ? 0..<batch.count : query..<query + 1
    return samples.flatMap { other in
      batch.range(of: other).dropFirst(batch.samples[other].positives).filter { !isMasked_D[batch.slots[$0]] }
    }
  }
}
