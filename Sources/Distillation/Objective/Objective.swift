/// What the student is trained to minimise, besides its vectors' size: distillation of the teacher's scores and contrast
/// with other passages (arXiv 2606.04650).
///
///     (1 - w) (kld.weight KLD + margin_mse.weight MarginMSE + term_mse.weight TermMSE) + w InfoNCE
///
/// w being `contrastive.weight`. With s_j the student's scores of the passages of a query's sample and t_j the teacher's, each
/// part is a mean over the batch's queries, InfoNCE over those with a positive, of
///
///     KLD        sum_j softmax(t)_j (log softmax(t)_j - log softmax(s)_j), both sides' scores divided by kld.temperature
///     MarginMSE  ((s_a - s_b) - (t_a - t_b))^2, mean over pairs of passages
///     TermMSE    sum_v (q_v - t_v)^2, over the terms of the query's vector and of the teacher's
///     InfoNCE    log(exp(s_p / tau) + sum_n exp(s_n / tau)) - s_p / tau, p a positive and n the negatives
///
/// A pure function of scores, so it needs no engine. The derivative goes back through ``PassageScorer``.
public struct Objective: Sendable {
  public let configuration: Configuration

  public init(_ configuration: Configuration) {
    self.configuration = configuration
  }

  /// Whether the scores of each query with every passage of the batch are needed.
  public var usesCrossScores: Bool {
    configuration.contrastive.weight > 0 && configuration.contrastive.inBatchNegatives
  }

  /// Whether the vectors that the teachers' scores come from are needed.
  public var usesTeacherVectors: Bool { configuration.termMSE.weight > 0 }

  /// The loss on one batch and its derivative by each score; TermMSE is apart, in
  /// ``termError(of:from:weights:adding:)``.
  ///
  /// - Precondition: there is a score for each slot of the batch and, where ``usesCrossScores``, one for each query and each
  ///   of the batch's distinct passages.
  public func loss(of scores: PassageScores, on batch: SampledBatch) -> (parts: LossParts, gradient: PassageScores) {
    precondition(scores.own_S.count == batch.slots.count, "one score for each slot")
    precondition(!usesCrossScores || scores.cross_BD.count == batch.count * batch.passages.count, "cross scores")
    var parts = LossParts()
    parts.queriesWithoutPositive = batch.samples.count { $0.positives == 0 }
    var gradient = PassageScores(shapedLike: scores)
    let share = 1 - configuration.contrastive.weight
    if configuration.kld.weight > 0 {
      let factor = share * configuration.kld.weight
      let value = mean(divergence, of: scores, on: batch, times: factor, into: &gradient)
      parts.kld = value
      parts.total += factor * value
    }
    if configuration.marginMSE.weight > 0 {
      let factor = share * configuration.marginMSE.weight
      let value = mean(marginError, of: scores, on: batch, times: factor, into: &gradient)
      parts.marginMSE = value
      parts.total += factor * value
    }
    if configuration.contrastive.weight > 0 {
      let factor = configuration.contrastive.weight
      let value = contrast(scores, on: batch, times: factor, into: &gradient)
      parts.contrastive = value
      parts.total += factor * value
    }
    return (parts, gradient)
  }

  /// A loss of a few scores, and its derivative by each.
  struct Differentiated {
    var value: Double
    var gradient: [Double]
  }

  /// The mean over the batch of a loss that looks at one query's sample only, each query with its weight.
  private func mean(
    _ loss: (_ student: [Double], _ sample: PassageSample) -> Differentiated, of scores: PassageScores,
    on batch: SampledBatch, times factor: Double, into gradient: inout PassageScores
  ) -> Double {
    var sum = 0.0
    for query in 0..<batch.count {
      let range = batch.range(of: query)
      let one = loss(Array(scores.own_S[range]), batch.samples[query])
      sum += batch.weights[query] * one.value
      let share = factor * batch.weights[query] / Double(batch.count)
      for (slot, slope) in zip(range, one.gradient) { gradient.own_S[slot] += share * slope }
    }
    return batch.count > 0 ? sum / Double(batch.count) : 0
  }
}
