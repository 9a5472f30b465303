import Evaluation
import Identifiers

extension EvaluationReport {
  /// What `parlance evaluate --json` prints.
  ///
  /// `{"runs":[{"name":...,"measures":{"nDCG@3":...},"queries":{"ID":{"nDCG@3":...}}}]}`, and beside these keys what
  /// the figures rest on: `judgments`, `counted` (queries the means are over), in a run `file`, `missing`, `ignored`,
  /// `intervals`, `turns`, `cost` (of `queries`, `counted` of them among those the means are over), `effort`, `effortTurns`,
  /// and beside the runs `significance` and `ratios` (to the baseline: `fewerFLOPS`, and `measures` as parts of the
  /// baseline's).
  ///
  /// - Parameter perQuery: whether it holds each query's values.
  public func json(perQuery: Bool) -> OrderedJSON {
    .object([
      ("judgments", judgments.map { .string($0) }), ("counted", .integer(evaluations.first?.queries.count ?? 0)),
      ("runs", .array(evaluations.indices.map { run($0, perQuery: perQuery) })),
      ("significance", comparison?.json), ("ratios", ratios().map { .array($0.map(ratios)) }),
    ])
  }

  private func ratios(_ run: Ratios) -> OrderedJSON {
    .object([
      ("run", .string(run.run)), ("fewerFLOPS", run.fewerFLOPS?.json),
      (
        "measures",
        .object(zip(evaluations.first?.measures ?? [], run.measures).map { ($0.description, $1?.json) })
      ),
    ])
  }

  private func run(_ index: Int, perQuery: Bool) -> OrderedJSON {
    let evaluation = evaluations[index]
    return .object([
      ("name", .string(evaluation.name)), ("file", files.map { .string($0[index]) }),
      ("measures", evaluation.named(evaluation.means)),
      (
        "intervals",
        intervals.map { .object(zip(evaluation.measures, $0[index]).map { ($0.description, $1?.json) }) }
      ),
      ("cost", cost(of: evaluation)),
      ("effort", efforts[evaluation.name].flatMap { EffortSummary($0) }?.json),
      ("effortTurns", effortTurns(evaluation.name)),
      ("missing", .integer(evaluation.missing.count)), ("ignored", .integer(evaluation.ignoredQueries)),
      ("turns", places.map { .array(evaluation.byTurn($0).map(turn)) }),
      ("queries", perQuery ? queries(evaluation) : nil),
    ])
  }

  private func cost(of evaluation: Evaluation) -> OrderedJSON? {
    guard let cost = costs[evaluation.name] else { return nil }
    let known = costed(evaluation.name)
    let counted = evaluation.queries.count { known.contains($0) }
    return .object([
      ("l0", .number(cost.meanLength)), ("flops", .number(cost.flops)), ("postings", .number(cost.postings)),
      ("queries", .integer(known.count)), ("counted", .integer(counted)),
    ])
  }

  private func effortTurns(_ run: String) -> OrderedJSON? {
    guard let places, let efforts = efforts[run] else { return nil }
    return .array(
      EffortSummary.byTurn(efforts, places: places).map { turn, summary in
        ["turn": .integer(turn), "effort": summary.json]
      })
  }

  private func turn(_ turn: Int, _ evaluation: Evaluation) -> OrderedJSON {
    [
      "turn": .integer(turn), "queries": .integer(evaluation.queries.count),
      "measures": evaluation.named(evaluation.means),
    ]
  }

  private func queries(_ evaluation: Evaluation) -> OrderedJSON {
    .object(
      evaluation.queries.enumerated().map { position, query in
        (query.string, evaluation.named(evaluation.values.map { $0[position] }))
      })
  }
}

extension Evaluation {
  fileprivate func named(_ values: [Double]) -> OrderedJSON {
    .object(zip(measures, values).map { ($0.description, .number($1)) })
  }
}

extension BaselineComparison {
  fileprivate var json: OrderedJSON {
    .object([
      ("baseline", .string(baseline)), ("test", .string(configuration.test.rawValue)),
      ("unit", .string(configuration.unit.rawValue)), ("correction", .string(configuration.correction.rawValue)),
      ("alpha", .number(configuration.alpha)), ("permutations", .integer(configuration.permutations)),
      ("resamples", .integer(configuration.resamples)),
      ("seed", Int(exactly: configuration.seed).map { .integer($0) } ?? .string("\(configuration.seed)")),
      ("queries", .integer(queries)), ("conversations", conversations.map { .integer($0) }),
      ("comparisons", .array(entries.map(\.json))),
    ])
  }
}

extension BaselineComparison.Entry {
  fileprivate var json: OrderedJSON {
    .object([
      ("run", .string(run)), ("measure", .string(measure.description)), ("difference", .number(difference)),
      ("tested", .number(tested)),
      ("p", .number(p)), ("adjusted", .number(adjusted)), ("significant", .bool(isSignificant)),
      ("better", .integer(byQuery.wins)), ("worse", .integer(byQuery.losses)), ("same", .integer(byQuery.ties)),
      ("byQuery", byQuery.json), ("byConversation", byConversation?.json),
    ])
  }
}

extension PairedComparison {
  /// The keys of `randomisation` say how p was found: `sampled` assignments, or all of them where the key is absent.
  fileprivate var json: OrderedJSON {
    var sampled: OrderedJSON?
    if case .sampled(let count) = randomisation.method { sampled = .integer(count) }
    return .object([
      ("units", .integer(units)),
      ("randomisation", .object([("p", .number(randomisation.p)), ("sampled", sampled)])),
      (
        "tTest",
        tTest.map { test in
          ["t": .number(test.t), "degreesOfFreedom": .integer(test.degreesOfFreedom), "p": .number(test.p)]
        }
      ),
      ("interval", interval?.json),
    ])
  }
}

extension EvaluationReport.Ratios.Ratio {
  fileprivate var json: OrderedJSON { .object([("ratio", .number(value)), ("interval", interval?.json)]) }
}

extension Bootstrap.Interval {
  fileprivate var json: OrderedJSON { ["low": .number(low), "high": .number(high)] }
}
