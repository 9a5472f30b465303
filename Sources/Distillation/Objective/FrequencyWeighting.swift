import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How DF-FLOPS turns a term's activation frequency x into a weight:
/// `1 / (1 + (x^(log_alpha 2) - 1)^beta)`, which is 0 at 0, 1/2 at alpha, 1 at 1.
public struct FrequencyWeighting: Codable, Sendable, Hashable {
  /// The frequency at which a term weighs one half.
  public var alpha = 0.1
  /// How steeply the weight rises there.
  public var beta = 10.0
  /// What the running frequency keeps of itself at each step. The paper counts over its validation set every 100 steps;
  /// batches are small, so this is a running mean over about `1 / (1 - decay)` of them.
  public var decay = 0.99

  public init() {}

  enum CodingKeys: String, CodingKey, CaseIterable {
    case alpha, beta, decay
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    alpha = try container.value(.alpha, or: alpha)
    beta = try container.value(.beta, or: beta)
    decay = try container.value(.decay, or: decay)
  }

  func check() throws(ParlanceError) {
    try require("regularisation.query.alpha", alpha, alpha > 0 && alpha < 1, "between 0 and 1, both excluded")
    try require("regularisation.query.beta", beta, beta > 0, "above 0")
    try require("regularisation.query.decay", decay, decay >= 0 && decay < 1, "at least 0 and below 1")
  }
}

extension FrequencyWeighting {
  /// The weight of a term that is active in that share of the queries.
  func weight(at frequency: Double) -> Double {
    let ratio = pow(frequency, log(2) / log(alpha))
    return 1 / (1 + pow(max(0, ratio - 1), beta))
  }
}
