public import Diagnostics

extension Objective {
  /// What is minimised, as a recipe writes it. The defaults are the paper's, `0.99 KLD + 0.01 InfoNCE` (arXiv 2606.04650);
  /// ``Objective`` has the whole sum.
  public struct Configuration: Codable, Sendable, Hashable {
    public var kld = Divergence()
    public var marginMSE = MarginMSE()
    public var termMSE = TermMSE()
    public var contrastive = Contrastive()
    /// Multiplies the positives' share of the teacher's distribution, which is normalised afterwards: a longer list
    /// shrinks that share, this gives it back.
    public var positiveWeight = 1.0

    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
      case kld, contrastive
      case marginMSE = "margin_mse"
      case termMSE = "term_mse"
      case positiveWeight = "positive_weight"
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      kld = try container.value(.kld, or: kld)
      marginMSE = try container.value(.marginMSE, or: marginMSE)
      termMSE = try container.value(.termMSE, or: termMSE)
      contrastive = try container.value(.contrastive, or: contrastive)
      positiveWeight = try container.value(.positiveWeight, or: positiveWeight)
    }

    /// - Throws: `usage` for a value out of its range, and for an objective without any part.
    public func check() throws(ParlanceError) {
      try require("objective.kld.weight", kld.weight, kld.weight >= 0, "at least 0")
      try require("objective.kld.temperature", kld.temperature, kld.temperature > 0, "above 0")
      try require("objective.margin_mse.weight", marginMSE.weight, marginMSE.weight >= 0, "at least 0")
      try require("objective.term_mse.weight", termMSE.weight, termMSE.weight >= 0, "at least 0")
      try require(
        "objective.contrastive.weight", contrastive.weight, (0...1).contains(contrastive.weight), "between 0 and 1")
      try require("objective.contrastive.temperature", contrastive.temperature, contrastive.temperature > 0, "above 0")
      try require("objective.positive_weight", positiveWeight, positiveWeight > 0, "above 0")
      guard kld.weight > 0 || marginMSE.weight > 0 || termMSE.weight > 0 || contrastive.weight > 0 else {
        throw ParlanceError(
          .usage,
          "expected a weight above 0 for one of `objective.kld`, `objective.margin_mse`, `objective.term_mse` and "
            + "`objective.contrastive`; there is nothing to minimise")
      }
    }
  }
}

extension Objective.Configuration {
  /// KLD: `sum_j p_j (log p_j - log softmax(s)_j)`, p the softmax of the teacher's scores.
  public struct Divergence: Codable, Sendable, Hashable {
    public var weight = 1.0
    /// Divides both sides' scores.
    public var temperature = 1.0
    /// Multiplies the divergence by the square of what the scores are divided by, which keeps the size of the gradient.
    public var scaleBySquaredTemperature = false
    /// Multiplies both sides' scores by the temperature, as the paper's code does where its text divides.
    public var referenceTemperature = false

    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
      case weight, temperature
      case scaleBySquaredTemperature = "scale_by_squared_temperature"
      case referenceTemperature = "reference_temperature"
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      weight = try container.value(.weight, or: weight)
      temperature = try container.value(.temperature, or: temperature)
      scaleBySquaredTemperature = try container.value(.scaleBySquaredTemperature, or: scaleBySquaredTemperature)
      referenceTemperature = try container.value(.referenceTemperature, or: referenceTemperature)
    }
  }

  /// MarginMSE: `((s_a - s_b) - (t_a - t_b))^2`, mean over pairs.
  public struct MarginMSE: Codable, Sendable, Hashable {
    /// Which pairs of a sample's passages.
    public enum Pairs: String, Codable, Sendable, CaseIterable {
      /// A positive and a negative.
      case positive
      /// Any two of the distilled list.
      case all
    }

    public var weight = 0.0
    public var pairs = Pairs.positive

    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
      case weight, pairs
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      weight = try container.value(.weight, or: weight)
      pairs = try container.name(.pairs, or: pairs)
    }
  }

  /// `sum_v (q_v - t_v)^2`, t the vector that the teacher's scores come from.
  public struct TermMSE: Codable, Sendable, Hashable {
    public var weight = 0.0

    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
      case weight
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      weight = try container.value(.weight, or: weight)
    }
  }

  /// InfoNCE: `log(exp(s_p / tau) + sum_n exp(s_n / tau)) - s_p / tau`, the cross-entropy of a query's positive against
  /// negatives.
  public struct Contrastive: Codable, Sendable, Hashable {
    /// w: the distillation losses weigh 1 - w.
    public var weight = 0.01
    /// tau: divides the scores.
    public var temperature = 1.0
    /// Whether the negatives of the batch's other queries are negatives as well.
    public var inBatchNegatives = true
    /// Whether a passage known to be relevant to a query is left out of its negatives: turns of one conversation share
    /// passages.
    public var maskKnownPositives = true

    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
      case weight, temperature
      case inBatchNegatives = "in_batch_negatives"
      case maskKnownPositives = "mask_known_positives"
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      weight = try container.value(.weight, or: weight)
      temperature = try container.value(.temperature, or: temperature)
      inBatchNegatives = try container.value(.inBatchNegatives, or: inBatchNegatives)
      maskKnownPositives = try container.value(.maskKnownPositives, or: maskKnownPositives)
    }
  }
}

/// - Throws: `usage` that names a recipe's key, unless its value is finite and as it should be.
func require(_ key: String, _ value: Double, _ holds: Bool, _ expected: String) throws(ParlanceError) {
  guard value.isFinite, holds else {
    throw ParlanceError(.usage, "expected `\(key)` \(expected), found \(value)")
  }
}

/// - Throws: `usage` that names a recipe's key, unless its value is in the range.
func require(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws(ParlanceError) {
  guard range.contains(value) else {
    throw ParlanceError(
      .usage, "expected `\(key)` between \(range.lowerBound) and \(range.upperBound), found \(value)")
  }
}
