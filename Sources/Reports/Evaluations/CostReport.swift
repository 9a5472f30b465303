public import Evaluation

/// What searching with sparse vectors is expected to cost, as a table and as a JSON document.
public struct CostReport: Sendable {
  public var queries: ActivationFrequencies
  public var passages: ActivationFrequencies

  public init(queries: ActivationFrequencies, passages: ActivationFrequencies) {
    self.queries = queries
    self.passages = passages
  }

  /// The expected number of terms that a query and a passage share.
  public var flops: Double { queries.flops(with: passages) }

  /// The expected number of postings that an exhaustive search touches for a query.
  public var postings: Double { flops * Double(passages.vectors) }

  /// A row for the queries and one for the passages: how many vectors, how many of them empty, their L0.
  public func table() -> Table {
    var table = Table(
      columns: [
        .label("vectors of"), .figure("count"), .figure("empty"), .figure("L0"), .figure("median"), .figure("max"),
        .figure("terms"),
      ])
    table.rows = [("queries", queries), ("passages", passages)].map { name, set in
      [
        Table.Cell(name), .count(set.vectors), .count(set.emptyVectors), .figure(set.meanLength, digits: 1),
        .count(set.length(atShare: 0.5)), .count(set.length(atShare: 1)), .count(set.activeTerms),
      ]
    }
    table.notes = [
      "FLOPS \(FixedDecimal.text(flops, digits: 3)): terms that a query and a passage are expected to share; "
        + "\(FixedDecimal.grouped(Int(postings.rounded()))) postings for a query over all passages.",
      "L0: active terms of a vector, the mean. terms: those active in any vector.",
    ]
    return table
  }

  /// `{"flops":...,"postings":...,"queries":{"count":...,"empty":...,"l0":...,"median":...,"max":...,"terms":...},...}`.
  ///
  /// - Parameter turns: the queries' cost by turn depth, under `turns` where there is any.
  public func json(turns: [(turn: Int, summary: EffortSummary)] = []) -> OrderedJSON {
    let set = { (set: ActivationFrequencies) -> OrderedJSON in
      [
        "count": .integer(set.vectors), "empty": .integer(set.emptyVectors), "l0": .number(set.meanLength),
        "median": .integer(set.length(atShare: 0.5)), "max": .integer(set.length(atShare: 1)),
        "terms": .integer(set.activeTerms),
      ]
    }
    return .object([
      ("flops", .number(flops)), ("postings", .number(postings)), ("queries", set(queries)),
      ("passages", set(passages)),
      (
        "turns",
        turns.isEmpty ? nil : .array(turns.map { ["turn": .integer($0.turn), "effort": $0.summary.json] })
      ),
    ])
  }
}
