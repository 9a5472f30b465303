#if Storage
  import Diagnostics
  import Distillation
  import Experiments
  import Reports

  /// A run with its recipe.
  typealias PreparedRun = (run: PlannedRun, recipe: Recipe)

  /// What a sweep is going to do, and how long that takes.
  struct SweepPlan {
    let sweep: Sweep
    let runs: [PreparedRun]
    let places: SweepPlaces
    /// Of each run by its name, on as many cores as a run has.
    let seconds: [String: Double]
    /// Files that the estimate lacks: they are still to be made.
    let uncounted: [String]

    /// - Parameters:
    ///   - known: runs from before, which have shown what they take.
    ///   - left: what is to do.
    init(
      _ sweep: Sweep, _ runs: [PreparedRun], _ places: SweepPlaces, known: [StoredRun], left: [PreparedRun],
      _ sharing: SharedTraining
    ) throws(ParlanceError) {
      (self.sweep, self.runs, self.places) = (sweep, runs, places)
      let estimate = try SweepEstimate(runs, of: sweep)
      var took: [String: Double] = [:]
      for run in known where run.state == .finished && run.stepsOf == nil { took[run.id] = run.processorSeconds }
      let training = sharing.training(of: left.map(\.run))
      let going = Set(left.map(\.run.id)).subtracting(training).union(known.filter { $0.stepsOf != nil }.map(\.id))
      var seconds: [String: Double] = [:]
      for (run, _) in runs {
        seconds[run.id] = estimate.seconds(
          of: run.id, trains: !going.contains(run.id), known: took, cores: places.coresPerRun)
      }
      self.seconds = seconds
      uncounted = estimate.uncounted
    }

    /// By the clock, with as many runs at a time as there are places.
    func total(of left: [PreparedRun]) -> Double {
      left.reduce(0) { $0 + (seconds[$1.run.id] ?? 0) } / Double(places.count)
    }

    /// What is to do, before it is begun.
    ///
    /// - Parameter chosen: how many of the sweep's runs are done now, finished ones among them.
    func line(left: [PreparedRun], of chosen: Int) -> String {
      let waiting = runs.count - chosen
      return "\(FixedDecimal.counted(left.count, "run")) of \(chosen) to do, \(places.count) at a time: about "
        + "\(ProgressBar.time(total(of: left))) on idle cores (a rough estimate)"
        + (waiting > 0 ? "; \(waiting) of other arms wait" : "")
    }

    /// - Parameters:
    ///   - left: what is to do.
    ///   - finished: runs that are finished, by name.
    ///   - taken: how many are taken over from other sweeps.
    func table(left: [PreparedRun], finished: Set<String>, taken: Int, waiting: Int) -> Table {
      var table = Table(columns: [
        .label("arm"), .figure("runs"), .figure("finished"), .figure("minutes"), .label("settings"),
      ])
      for arm in sweep.arms {
        let own = runs.filter { $0.run.arm == arm.name }
        let time = own.reduce(0) { $0 + (seconds[$1.run.id] ?? 0) }
        table.rows.append([
          Table.Cell(arm.name), .count(own.count), .count(own.count { finished.contains($0.run.id) }),
          .figure(time / 60, digits: 1), Table.Cell(arm.settings.map(\.text).joined(separator: "; ")),
        ])
      }
      table.notes = [
        "\(FixedDecimal.counted(left.count, "run")) to do, \(places.count) at a time: about "
          + "\(ProgressBar.time(total(of: left))) on idle cores, "
          + (finished.isEmpty ? "by the number of turns and the size of the model." : "by what finished runs took.")
      ]
      if !uncounted.isEmpty {
        table.notes.append(
          "It takes longer: turns of files that `prepare` is still to make are not counted, \(uncounted.joined(separator: ", "))."
        )
      }
      if taken > 0 { table.notes.append("\(FixedDecimal.counted(taken, "run")) taken over from other sweeps.") }
      if waiting > 0 { table.notes.append("\(FixedDecimal.counted(waiting, "run")) of other arms left for later.") }
      return table
    }

    func json(left: [PreparedRun], finished: Set<String>, taken: Int, waiting: Int) -> OrderedJSON {
      let missing: [OrderedJSON] = uncounted.map { .string($0) }
      return [
        "runs": .integer(runs.count), "finished": .integer(finished.count), "takenOver": .integer(taken),
        "waiting": .integer(waiting), "atATime": .integer(places.count), "seconds": .number(total(of: left)),
        "uncounted": .array(missing),
        "arms": .array(
          sweep.arms.map { arm in
            ["name": .string(arm.name), "settings": .object(arm.settings.map { ($0.key, .string($0.value)) })]
          }),
      ]
    }
  }
#endif
