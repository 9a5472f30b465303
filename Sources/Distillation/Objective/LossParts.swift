/// The value of an objective on one batch, part by part; a part whose weight is zero was not computed and is `nil`.
public struct LossParts: Sendable, Hashable, Codable {
  /// The divergence of the student's distribution from the teacher's, mean over the queries.
  public var kld: Double?
  /// The squared error of score differences, mean over the queries.
  public var marginMSE: Double?
  /// The squared error of the terms' weights, mean over the queries.
  public var termMSE: Double?
  /// The cross-entropy of the positives, mean over the queries that have one.
  public var contrastive: Double?
  /// `(1 - w) (kld.weight KLD + margin_mse.weight MarginMSE + term_mse.weight TermMSE) + w contrastive`.
  public var total = 0.0
  /// How many queries of the batch have no positive, and so no part in the contrastive mean.
  public var queriesWithoutPositive = 0

  public init() {}

  enum CodingKeys: String, CodingKey {
    case kld, contrastive, total
    case marginMSE = "margin_mse"
    case termMSE = "term_mse"
    case queriesWithoutPositive = "queries_without_positive"
  }
}
