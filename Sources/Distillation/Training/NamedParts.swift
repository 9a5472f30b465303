// The parts of a loss as `metrics.jsonl` and the progress line name them.

extension LossParts {
  var named: [(name: String, value: Double)] {
    var parts: [(name: String, value: Double)] = []
    if let kld { parts.append(("kld", kld)) }
    if let marginMSE { parts.append(("margin_mse", marginMSE)) }
    if let termMSE { parts.append(("term_mse", termMSE)) }
    if let contrastive { parts.append(("contrastive", contrastive)) }
    parts.append(("queries_without_positive", Double(queriesWithoutPositive)))
    return parts
  }
}

extension RegulariserParts {
  var named: [(name: String, value: Double)] {
    var parts: [(name: String, value: Double)] = [
      ("query_\(queryPenalty.rawValue)", query), ("query_weight", queryWeight), ("passage_flops", passageFLOPS),
      ("passage_weight", passageWeight),
    ]
    if let antiZeroQueries { parts.append(("anti_zero_queries", antiZeroQueries)) }
    if let antiZeroPassages { parts.append(("anti_zero_passages", antiZeroPassages)) }
    return parts + [("empty_queries", Double(emptyQueries))]
  }
}
