import Diagnostics

/// What of a batch's query vectors is penalised.
public enum QueryPenalty: Sendable, Hashable {
  /// `mean_i sum_v q_iv`.
  case l1
  /// `sum_v (mean_i q_iv)^2` (arXiv 2004.05665).
  case flops
  /// FLOPS in which only queries with more active terms than the threshold take part (the l0 mask of arXiv 2504.14839).
  case l0FLOPS(threshold: Int)
  /// `sum_v (w_v mean_i q_iv)^2`, w_v grown from how many queries the term is active in (arXiv 2505.15070).
  case dfFLOPS(FrequencyWeighting)

  /// The recipe's name of the kind, and the penalty's in logs.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    case l1, flops
    case l0FLOPS = "l0_flops"
    case dfFLOPS = "df_flops"

    /// The recipe's keys that go with the kind, besides its name.
    var keys: [String] {
      switch self {
      case .l1, .flops: []
      case .l0FLOPS: ["threshold"]
      case .dfFLOPS: FrequencyWeighting.CodingKeys.allCases.map(\.rawValue)
      }
    }
  }

  public var kind: Kind {
    switch self {
    case .l1: .l1
    case .flops: .flops
    case .l0FLOPS: .l0FLOPS
    case .dfFLOPS: .dfFLOPS
    }
  }

  func check() throws(ParlanceError) {
    switch self {
    case .l1, .flops: break
    case .l0FLOPS(let threshold):
      try require("regularisation.query.threshold", Double(threshold), threshold >= 0, "at least 0")
    case .dfFLOPS(let weighting): try weighting.check()
    }
  }
}

extension QueryPenalty: Codable {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case kind, threshold
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.name(.kind, or: Kind.l1) {
    case .l1: self = .l1
    case .flops: self = .flops
    case .l0FLOPS: self = .l0FLOPS(threshold: try container.value(.threshold, or: 32))
    case .dfFLOPS: self = .dfFLOPS(try FrequencyWeighting(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    switch self {
    case .l1, .flops: break
    case .l0FLOPS(let threshold): try container.encode(threshold, forKey: .threshold)
    case .dfFLOPS(let weighting): try weighting.encode(to: encoder)
    }
  }
}
