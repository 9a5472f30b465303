#if Storage
  import Diagnostics
  import Distillation
  import Evaluation
  import Experiments
  import Identifiers
  import Reports

  /// The arms of a sweep as tables, one for each set of turns: seeds averaged turn by turn, tests by conversation.
  struct SweepTables {
    /// One set of turns, or a part of the one before it.
    struct OfSet {
      var name: String
      var isPart = false
      var arms: [ArmFigures]
      var report: EvaluationReport
      /// Of a set all of whose turns are meant, also where the figures are of a part.
      var notes: [String]

      /// With the arms' divergence from their teachers, where that was measured.
      var figures: ExperimentReport.Figures {
        let divergences = arms.compactMap { arm in arm.divergence.map { (arm.arm, $0) } }
        return ExperimentReport.Figures(
          name: name, report: report,
          extra: divergences.isEmpty ? [] : [.divergence(Dictionary(uniqueKeysWithValues: divergences))],
          notes: notes, isPart: isPart)
      }

      var json: OrderedJSON {
        let divergences: [(String, OrderedJSON?)] = arms.map { ($0.arm, $0.divergence.map { .number($0) } ?? .null) }
        // Of a part it is not known.
        let trained: [(String, OrderedJSON?)] =
          isPart ? [] : arms.map { ($0.arm, $0.turns.trainedOn.map { .integer($0) }) }
        return [
          "name": .string(name), "figures": report.json(perQuery: false), "divergence": .object(divergences),
          "turnsTrainedOn": .object(trained),
        ]
      }
    }

    /// Says how many of an arm's turns are of conversations that it is trained on.
    private static func trainedTurns(of arm: ArmFigures, on set: String) -> String? {
      let words = TrainedTurns.words(arm.turns.trainedOn ?? 0, of: arm.turns.measured, on: set)
      let isRepeated = arm.turns.measured > arm.evaluation.queries.count
      return words.map { $0 + (isRepeated ? ", each fold's turns counted" : "") }
    }

    let sweep: Sweep
    let sets: [OfSet]
    let unfinished: [ArmFigures.Unfinished]
    /// Why nothing is tested, where the baseline is not finished.
    let untested: String?

    /// - Parameters:
    ///   - wanted: the arms that are compared, in this order; all that are whole when `nil`.
    ///   - baseline: the arm that the others are compared with; the sweep's own when `nil`.
    ///   - leftOut: what the figures are told without, once more.
    ///   - configuration: of the tests.
    /// - Throws: `usage` for an arm that the sweep does not have, that is wanted and not finished, or named twice.
    init(
      sweep: Sweep, store: RunStore, arms wanted: [String]? = nil, baseline: String? = nil,
      leavingOut leftOut: LeftOutTurns? = nil,
      configuration: BaselineComparison.Configuration = Self.byConversation
    ) throws(ParlanceError) {
      self.sweep = sweep
      if let baseline { try sweep.checkArm(baseline) }
      var named: Set<String> = []
      for name in wanted ?? [] where !named.insert(name).inserted {
        throw ParlanceError(.usage, "the arm '\(name)' is named twice")
      }
      // The sweep's first arm, finished or not.
      let first = try sweep.expanded()[0].name
      let base = baseline ?? sweep.baseline ?? first
      var sets: [OfSet] = []
      var left: [ArmFigures.Unfinished] = []
      var emptied = 0
      let digests = try sweep.digests()
      var recipes: [String: Recipe] = [:]
      for run in try sweep.runs() where recipes[run.arm] == nil { recipes[run.arm] = try run.recipe(of: sweep) }
      for set in sweep.evaluate {
        let (whole, unfinished, places) = try ArmFigures.all(of: sweep, digests: digests, on: set.name, in: store)
        left = unfinished
        var arms = whole
        if let wanted {
          arms = try wanted.map { name throws(ParlanceError) in
            guard let arm = whole.first(where: { $0.arm == name }) else {
              try sweep.checkArm(name)
              throw ParlanceError(.usage, "not every run of the arm '\(name)' is finished")
            }
            return arm
          }
        }
        guard !arms.isEmpty else { continue }
        let report = try Self.report(
          arms, places, baseline: base, judgments: set.qrels, configuration)
        let isChosen = { (arm: ArmFigures) in recipes[arm.arm].map { set.choosesStudent(of: $0) } ?? false }
        let notes =
          TrainedTurns.notes(arms.map { ($0.arm, Self.trainedTurns(of: $0, on: set.name)) })
          + TrainedTurns.notes(arms.map { ($0.arm, isChosen($0) ? TrainedTurns.chosen(on: set.name) : nil) })
        sets.append(OfSet(name: set.name, arms: arms, report: report, notes: notes))
        // The others may have some left.
        if let leftOut, sweep.evaluate.count > 1, report.isEmpty(without: leftOut.ids) {
          Console.standard.note(
            "all turns of \(set.name) are left out by \(leftOut.file): it has no figures without them")
          emptied += 1
        } else if let part = try leftOut?.part(of: report, configuration) {
          let kept = part.report.evaluations[0].queries
          sets.append(
            OfSet(
              name: "\(set.name), \(part.words)", isPart: true, arms: arms.map { $0.restricted(to: kept) },
              report: part.report, notes: notes))
        }
      }
      if let leftOut, !sets.isEmpty, emptied == 0, !sets.contains(where: \.isPart) { throw leftOut.unknown }
      leftOut?.tellUnknown(in: sets.filter { !$0.isPart }.map(\.report))
      self.sets = sets
      unfinished = left
      untested =
        left.contains { $0.arm == base }
        ? "The baseline '\(base)' is not finished, so there are no tests, and nothing is compared with it." : nil
    }

    static var byConversation: BaselineComparison.Configuration {
      var configuration = BaselineComparison.Configuration()
      configuration.unit = .conversation
      return configuration
    }

    private static func report(
      _ arms: [ArmFigures], _ places: ConversationPlaces, baseline: String, judgments: String,
      _ configuration: BaselineComparison.Configuration
    ) throws(ParlanceError) -> EvaluationReport {
      var report = EvaluationReport(evaluations: arms.map(\.evaluation))
      report.places = places
      report.judgments = judgments
      for arm in arms {
        report.efforts[arm.arm] = arm.efforts
        report.costs[arm.arm] = EffortSummary(arm.efforts).flatMap { QueryCost($0) }
      }
      let queries = arms[0].evaluation.queries
      if let other = arms.first(where: { $0.evaluation.queries != queries }) {
        throw ParlanceError(
          .badInput,
          "the arms \(arms[0].arm) and \(other.arm) were measured on other turns, \(queries.count) and "
            + "\(other.evaluation.queries.count) of them; arms are compared on the same ones: `folds` in the sweep, or the same "
            + "`validation` in all arms")
      }
      let groups = places.groups(queries)
      try report.addIntervals(by: configuration, groups: groups)
      if let base = arms.first(where: { $0.arm == baseline }), arms.count > 1, groups.groups.count > 1 {
        report.comparison = try BaselineComparison(
          arms.filter { $0.arm != baseline }.map(\.evaluation), with: base.evaluation, groups: groups,
          configuration: configuration)
      }
      return report
    }

    var tables: [Table] {
      var tables: [Table] = []
      for set in sets {
        let name = sets.count > 1 ? set.name : nil
        tables.append(set.figures.measuresTable(title: name))
        tables += [set.report.comparisonTable(), set.report.ratioTable()].compactMap { $0?.titled(of: name) }
      }
      if let table = unfinishedTable(title: "Not finished") { tables.append(table) }
      return tables
    }

    /// The arms that lack runs, and what cannot be told for that; `nil` where all are whole.
    func unfinishedTable(title: String) -> Table? {
      guard !unfinished.isEmpty else { return nil }
      var table = Table(
        title: title, columns: [.label("arm"), .figure("finished"), .figure("failed"), .figure("planned")])
      table.rows = unfinished.map {
        [Table.Cell($0.arm), .count($0.finished), .count($0.failed), .count($0.planned)]
      }
      table.notes = [untested].compactMap(\.self)
      return table
    }

    /// `untested` says why nothing is compared, where that is so.
    var json: OrderedJSON {
      .object([
        (
          "sets",
          .array(sets.map(\.json))
        ),
        (
          "unfinished",
          .array(
            unfinished.map { arm in
              [
                "arm": .string(arm.arm), "finished": .integer(arm.finished), "failed": .integer(arm.failed),
                "planned": .integer(arm.planned),
              ]
            })
        ),
        ("untested", untested.map { .string($0) }),
      ])
    }
  }
#endif
