import Evaluation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Drawing without replacement with unequal probabilities: one after the other, each in proportion to the probabilities of
/// those that are left.
struct SuccessiveSampling {
  /// The probability of each element, as a logarithm.
  let logProbabilities: [Double]
  let count: Int

  /// - Parameter logits: the logarithms of the probabilities, but for a constant.
  init(logits: [Double], count: Int) {
    logProbabilities = logSoftmax(logits)
    self.count = min(count, logits.count)
  }

  /// Draws by the Gumbel top-k trick (Kool, van Hoof and Welling, ICML 2019): the elements with the largest sums of log
  /// probability and Gumbel noise.
  func draw(_ generator: inout SeededGenerator) -> [Int] {
    let keys = logProbabilities.map { $0 - log(-log(generator.uniform())) }
    return Array(keys.indices.sorted { (keys[$0], $1) > (keys[$1], $0) }.prefix(count))
  }

  /// For each element the logarithm of the probability that it is drawn, approximately.
  ///
  /// Exact probabilities would sum over all orders. The approximation is the usual one (Rosén, Annals of Mathematical
  /// Statistics 43, 1972): drawing is a race in which an element arrives after an exponential time of rate p, and the race is
  /// stopped at a fixed time, at which the expected number of arrivals is the number drawn: `1 - exp(-time p_j)`.
  func logInclusions() -> [Double] {
    guard count < logProbabilities.count else { return logProbabilities.map { _ in 0 } }
    let time = stoppingTime()
    return logProbabilities.map { logProbability in
      let expected = log(time) + logProbability
      // The probability of one of many rare elements is its expected number, even where exp would give 0.
      return expected < -30 ? expected : log(-expm1(-exp(expected)))
    }
  }

  /// The time by which `count` elements are expected. The expected number grows ever slower, so that Newton's steps from
  /// the left never pass it.
  private func stoppingTime() -> Double {
    let rates = logProbabilities.map { exp($0) }
    var time = Double(count)
    for _ in 0..<200 {
      var (missing, speed) = (Double(count), 0.0)
      for rate in rates {
        let waiting = exp(-time * rate)
        missing -= 1 - waiting
        speed += rate * waiting
      }
      let step = missing / speed
      guard step.isFinite, step > 1e-12 * time, time + step < 1e300 else { break }
      time += step
    }
    return time
  }
}
