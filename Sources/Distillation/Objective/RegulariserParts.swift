/// The value of a regulariser on one batch, part by part.
public struct RegulariserParts: Sendable, Hashable, Codable {
  /// What ``query`` is.
  public var queryPenalty: QueryPenalty.Kind
  /// The queries' penalty before its weight, grown with depth where that is asked for.
  public var query: Double
  /// lambda_q at this step.
  public var queryWeight: Double
  /// `sum_v (mean_j d_jv)^2` over the batch's distinct passages, before its weight.
  public var passageFLOPS: Double
  /// lambda_d at this step.
  public var passageWeight: Double
  /// `1 / (sum of all query weights)^2`; `nil` where it is off.
  public var antiZeroQueries: Double?
  /// `1 / (sum of all passage weights)^2`; `nil` where it is off.
  public var antiZeroPassages: Double?
  /// What is minimised. While the passage encoder is frozen the passages' parts are reported above and left out here,
  /// since nothing can lower them.
  public var total: Double
  /// How many queries, and how many passages, have no active term: nothing can be learned from these.
  public var emptyQueries: Int
  public var emptyPassages: Int

  enum CodingKeys: String, CodingKey {
    case query, total
    case queryPenalty = "query_penalty"
    case queryWeight = "query_weight"
    case passageFLOPS = "passage_flops"
    case passageWeight = "passage_weight"
    case antiZeroQueries = "anti_zero_queries"
    case antiZeroPassages = "anti_zero_passages"
    case emptyQueries = "empty_queries"
    case emptyPassages = "empty_passages"
  }
}
