public import Diagnostics

extension Sampler {
  /// How the passages of a step are chosen, as a recipe writes it: the strategy's keys beside the others, such as
  /// `{strategy: uniform, window: [11, 960], negatives: 16}`. The defaults are the paper's.
  public struct Configuration: Codable, Sendable, Hashable {
    public var strategy = SamplingStrategy.uniform(window: .reference)
    /// N. A mixture has its own numbers, a whole list has all; neither reads this.
    public var negatives = 16
    /// Whether the positives take part in KLD and in MarginMSE over all pairs; what compares them with negatives has them anyhow.
    public var goldInList = true
    /// Where the positive comes from.
    public var positiveSource = PositiveSource.gold
    /// Whether samples say how often each passage is expected in them, which the distillation loss then corrects for.
    public var correction = false
    /// Scores the positive as the paper's code does: looked up in ranks 11 to 960 only, so that a positive among the
    /// teacher's ten best counts as absent and gets the score of rank 11.
    public var referencePositiveScore = false

    public enum PositiveSource: String, Codable, Sendable, CaseIterable {
      /// A passage that people judged relevant, the teacher's best for a query without one.
      case gold
      /// The teacher's best.
      case teacher
    }

    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
      case negatives, correction
      case goldInList = "gold_in_list"
      case positiveSource = "positive_source"
      case referencePositiveScore = "reference_positive_score"
    }

    public init(from decoder: any Decoder) throws {
      strategy = try SamplingStrategy(from: decoder)
      let container = try decoder.container(keyedBy: CodingKeys.self)
      negatives = try container.value(.negatives, or: negatives)
      goldInList = try container.value(.goldInList, or: goldInList)
      positiveSource = try container.name(.positiveSource, or: positiveSource)
      correction = try container.value(.correction, or: correction)
      referencePositiveScore = try container.value(.referencePositiveScore, or: referencePositiveScore)
    }

    public func encode(to encoder: any Encoder) throws {
      try strategy.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      if strategy.kind.keys.contains(CodingKeys.negatives.rawValue) {
        try container.encode(negatives, forKey: .negatives)
      }
      try container.encode(goldInList, forKey: .goldInList)
      try container.encode(positiveSource, forKey: .positiveSource)
      try container.encode(correction, forKey: .correction)
      try container.encode(referencePositiveScore, forKey: .referencePositiveScore)
    }

    /// - Throws: `usage` for a value out of its range.
    public func check() throws(ParlanceError) {
      try require("sampling.negatives", negatives, in: 1...Recipe.mostPassages)
      try strategy.check()
    }
  }
}
