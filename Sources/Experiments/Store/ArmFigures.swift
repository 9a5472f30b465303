#if Storage
  public import Diagnostics
  public import Evaluation
  public import Identifiers

  /// An arm of a sweep on one set of turns: folds put together, seeds averaged query by query, so that a test by conversation
  /// has one value for each turn.
  public struct ArmFigures: Sendable {
    public var arm: String
    public var runs: [StoredRun]
    /// Under the arm's name.
    public var evaluation: Evaluation
    public var efforts: [ExternalID: QueryEffort]
    /// Of the student from its teacher, by turn, in each run that measured one which has a list.
    private var divergences: [ExternalID: [Double]]
    /// The turns that the runs of one seed measured, and how many of them are of conversations that these were trained on, where
    /// that was counted. A turn counts in each fold that it is measured in.
    public var turns: (measured: Int, trainedOn: Int?)

    /// Arms of which not every run is finished.
    public struct Unfinished: Sendable, Hashable {
      public var arm: String
      public var finished: Int
      public var failed: Int
      public var planned: Int
    }

    /// All arms of a sweep, those that are whole with their figures.
    ///
    /// - Parameter digests: as the sweep has them; finished runs of others are none of it.
    public static func all(
      of sweep: Sweep, digests: [String: String], on set: String, in store: RunStore
    ) throws(ParlanceError) -> (whole: [ArmFigures], unfinished: [Unfinished], places: ConversationPlaces) {
      let stored = Dictionary(uniqueKeysWithValues: try store.runs().map { ($0.id, $0) })
      var planned: [(arm: String, runs: [PlannedRun])] = []
      for run in try sweep.runs() {
        if planned.last?.arm != run.arm { planned.append((run.arm, [])) }
        planned[planned.count - 1].runs.append(run)
      }
      var whole: [ArmFigures] = []
      var unfinished: [Unfinished] = []
      var places = ConversationPlaces()
      for (arm, runs) in planned {
        let known = runs.compactMap { stored[$0.id] }
        let finished = known.filter { $0.isFinished(as: digests[$0.id]) }
        guard finished.count == runs.count else {
          unfinished.append(
            Unfinished(
              arm: arm, finished: finished.count, failed: known.count { $0.state == .failed }, planned: runs.count))
          continue
        }
        var queries: [ExternalID: [StoredQuery]] = [:]
        var turns: (measured: Int, trainedOn: Int?) = (0, 0)
        for run in finished {
          let own = try store.queries(of: run.id, on: set, measures: sweep.measures.map(\.description))
          if run.seed == finished[0].seed {
            turns.measured += own.count
            turns.trainedOn = turns.trainedOn.flatMap { sum in run.turnsTrainedOn[set].map { sum + $0 } }
          }
          for query in own {
            queries[query.id, default: []].append(query)
            places.places[query.id] = .init(conversation: query.conversation, turn: query.turn)
          }
        }
        whole.append(
          ArmFigures(arm: arm, runs: finished, queries: queries, turns: turns, measures: sweep.measures))
      }
      return (whole, unfinished, places)
    }

    private init(
      arm: String, runs: [StoredRun], queries: [ExternalID: [StoredQuery]], turns: (measured: Int, trainedOn: Int?),
      measures: [Measure]
    ) {
      self.arm = arm
      self.runs = runs
      self.turns = turns
      let ids = queries.keys.sorted()
      func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
      evaluation = Evaluation(
        name: arm, measures: measures, queries: ids,
        values: measures.indices.map { measure in
          ids.map { mean((queries[$0] ?? []).map { $0.values[measure] }) }
        })
      efforts = queries.compactMapValues { QueryEffort(meanOf: $0.map(\.effort)) }
      divergences = queries.mapValues { $0.compactMap(\.divergence) }
    }

    /// Of the student from its teacher, the mean over the turns that have a list.
    public var divergence: Double? {
      let all = evaluation.queries.flatMap { divergences[$0] ?? [] }
      return all.isEmpty ? nil : all.reduce(0, +) / Double(all.count)
    }

    /// The figures of some of the turns. Which turns are trained on is not known one by one: `turns` stay those of all.
    public func restricted(to kept: [ExternalID]) -> ArmFigures {
      let kept = Set(kept)
      var part = self
      let places = evaluation.queries.indices.filter { kept.contains(evaluation.queries[$0]) }
      part.evaluation = evaluation.restricted(to: places)
      part.efforts = efforts.filter { kept.contains($0.key) }
      return part
    }
  }
#endif
