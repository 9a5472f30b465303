public import Evaluation
import Identifiers

/// How alike runs are, pair by pair, as tables and as a JSON document.
public struct AgreementReport: Sendable {
  /// Two runs and how alike they are.
  public struct Pair: Sendable {
    public var first: String
    public var second: String
    public var agreement: RunAgreement

    public init(first: String, second: String, agreement: RunAgreement) {
      self.first = first
      self.second = second
      self.agreement = agreement
    }
  }

  public var pairs: [Pair]
  /// p of the rank-biased overlap.
  public var persistence: Double

  public init(pairs: [Pair], persistence: Double) {
    self.pairs = pairs
    self.persistence = persistence
  }

  private var depths: [Int] { pairs.first?.agreement.depths ?? [] }

  /// A row for each pair: overlap, rank-biased overlap, Kendall's tau, and over how many queries.
  public func table() -> Table {
    var table = Table(
      columns: [.label("run"), .label("and run")] + depths.map { .figure("overlap@\($0)") }
        + [.figure("RBO"), .figure("tau"), .figure("queries")])
    for pair in pairs {
      let agreement = pair.agreement
      var row = [Table.Cell(pair.first), Table.Cell(pair.second)]
      row += agreement.overlap.map { .figure($0) }
      row += [
        .figure(agreement.rankBiasedOverlap), agreement.kendallTau.map { .figure($0) } ?? "",
        .count(agreement.queries.count),
      ]
      table.rows.append(row)
    }
    table.notes = ["Means over the queries that both runs have. RBO: rank-biased overlap, p = \(persistence)."]
    for pair in pairs where pair.agreement.onlyInFirst + pair.agreement.onlyInSecond > 0 {
      table.notes.append(
        "Left out: \(FixedDecimal.grouped(pair.agreement.onlyInFirst)) queries that only \(pair.first) has, "
          + "\(FixedDecimal.grouped(pair.agreement.onlyInSecond)) that only \(pair.second) has.")
    }
    return table
  }

  /// For each pair the queries that agree least by rank-biased overlap, those first.
  public func leastAlike(_ count: Int) -> [Table] {
    pairs.map { pair in
      var table = Table(
        title: "Where \(pair.first) and \(pair.second) agree least",
        columns: [.label("query")] + depths.map { .figure("overlap@\($0)") } + [.figure("RBO"), .figure("tau")])
      let queries = pair.agreement.queries.sorted {
        ($0.rankBiasedOverlap, $0.id) < ($1.rankBiasedOverlap, $1.id)
      }
      table.rows = queries.prefix(count).map { query in
        [Table.Cell(query.id.string)] + query.overlap.map { .figure($0) }
          + [.figure(query.rankBiasedOverlap), query.kendallTau.map { .figure($0) } ?? ""]
      }
      return table
    }
  }

  /// `{"persistence":...,"pairs":[{"runs":[...],"queries":...,"overlap":{"10":...},"rbo":...,"tau":...}]}`.
  ///
  /// - Parameters:
  ///   - perQuery: whether each pair holds the figures of each query, under `perQuery`.
  ///   - systems: what is known of each system, under `systems`.
  public func json(perQuery: Bool, systems: [OrderedJSON] = []) -> OrderedJSON {
    [
      "persistence": .number(persistence),
      "systems": .array(systems),
      "pairs": .array(
        pairs.map { pair in
          let agreement = pair.agreement
          let figures = figures(agreement.overlap, agreement.rankBiasedOverlap, agreement.kendallTau)
          return .object(
            [
              ("runs", .array([.string(pair.first), .string(pair.second)])),
              ("queries", .integer(agreement.queries.count)), ("onlyInFirst", .integer(agreement.onlyInFirst)),
              ("onlyInSecond", .integer(agreement.onlyInSecond)),
            ] + figures + [
              (
                "perQuery",
                perQuery
                  ? .object(
                    agreement.queries.map {
                      ($0.id.string, .object(self.figures($0.overlap, $0.rankBiasedOverlap, $0.kendallTau)))
                    }) : nil
              )
            ])
        }),
    ]
  }

  private func figures(_ overlap: [Double], _ rbo: Double, _ tau: Double?) -> [(String, OrderedJSON?)] {
    [
      ("overlap", .object(zip(depths, overlap).map { ("\($0)", .number($1)) })), ("rbo", .number(rbo)),
      ("tau", tau.map { .number($0) } ?? .null),
    ]
  }
}
