#if Storage
  import BinaryFiles
  import Diagnostics
  import Evaluation
  import Experiments
  import Reports

  /// A sweep's folder as `parlance runs` reads it.
  struct StoredRuns {
    let folder: SweepFolder
    private(set) var sweep: Sweep
    let store: RunStore
    private let console = Console.standard

    init(_ path: String) throws(ParlanceError) {
      folder = SweepFolder(path)
      guard FileNames.exists(folder.sweep), FileNames.exists(folder.store) else { throw folder.missing }
      sweep = try Sweep(reading: folder.sweep)
      // The path in sweep.yaml is that of the folder the sweep ran in, from where it was called.
      if FileNames.exists(folder.recipe) { sweep.recipe = folder.recipe }
      store = try RunStore(path: folder.store, making: false)
    }

    func list(json: Bool) throws {
      let known = Dictionary(uniqueKeysWithValues: try store.runs().map { ($0.id, $0) })
      let planned = try sweep.runs()
      let digests = try sweep.digests()
      var table = Table(columns: [.label("run"), .label("state")])
      table.columns += sweep.measures.map { .figure($0.description) }
      table.columns += [.figure("L0"), .figure("FLOPS"), .figure("steps"), .figure("processor s"), .figure("MiB")]
      var documents: [OrderedJSON] = []
      let set = sweep.evaluate[0].name
      var (trained, chosen): ([(name: String, words: String?)], [(name: String, words: String?)]) = ([], [])
      for run in planned {
        guard let stored = known[run.id] else {
          let state = FileNames.exists(folder.folder(of: run.id)) ? "begun" : "waits"
          table.rows.append([Table.Cell(run.id), Table.Cell(state)])
          documents.append(["run": .string(run.id), "arm": .string(run.arm), "state": .string(state)])
          continue
        }
        let isOwn = stored.isFinished(as: digests[run.id])
        let state = stored.state == .finished && !isOwn ? "outdated" : stored.state.rawValue
        var row = [Table.Cell(run.id), Table.Cell(state)]
        var members: [(String, OrderedJSON?)] = [
          ("run", .string(run.id)), ("arm", .string(run.arm)), ("state", .string(state)),
          ("fault", stored.fault.map { .string($0) }),
        ]
        if isOwn {
          let figures = try figures(of: run.id, on: set)
          let turns = stored.turnsTrainedOn[set]
          trained.append((run.id, TrainedTurns.words(turns ?? 0, of: figures.count, on: set)))
          chosen.append((run.id, try self.chosen(run, on: sweep.evaluate[0])))
          // Of a fold without a judged turn there are none.
          func cell(_ value: Double?, digits: Int) -> Table.Cell { value.map { .figure($0, digits: digits) } ?? "" }
          row += figures.means.map { cell($0, digits: 3) }
          row += [
            cell(figures.summary?.terms, digits: 1), cell(figures.summary?.flops, digits: 2), .count(stored.steps),
            .figure(stored.processorSeconds, digits: 0), .count(stored.peakMemory >> 20),
          ]
          members += [
            (
              "measures",
              .object(
                zip(sweep.measures, figures.means).map { ($0.description, $1.map { OrderedJSON.number($0) }) })
            ),
            ("effort", figures.summary?.json), ("steps", .integer(stored.steps)),
            ("processorSeconds", .number(stored.processorSeconds)), ("peakMemory", .integer(stored.peakMemory)),
          ]
          members.append(("turnsTrainedOn", turns.map { OrderedJSON.integer($0) }))
        }
        table.rows.append(row)
        documents.append(.object(members))
      }
      if sweep.evaluate.count > 1 { table.notes = ["Figures on \(set)."] }
      table.notes += TrainedTurns.notes(trained) + TrainedTurns.notes(chosen)
      if json {
        try console.print(json: ["runs": .array(documents)] as OrderedJSON)
      } else {
        try console.print(tables: [table])
      }
    }

    func show(_ name: String) throws {
      let stored = try find(name)
      var facts = Table(columns: [.label("what"), .label("of the run")])
      facts.rows = [
        ["run", Table.Cell(stored.id)], ["arm", Table.Cell(stored.arm)], ["state", Table.Cell(stored.state.rawValue)],
        ["program", Table.Cell(stored.program)],
        ["steps", .count(stored.steps)], ["turns learned from", .count(stored.examples)],
        ["training, by the clock", Table.Cell(ProgressBar.time(stored.seconds))],
        ["processor time, in all", Table.Cell(ProgressBar.time(stored.processorSeconds))],
        ["peak memory", Table.Cell("\(FixedDecimal.grouped(stored.peakMemory >> 20)) MiB")],
      ]
      facts.rows += (stored.maker?.lines ?? []).map { [Table.Cell($0.name), Table.Cell($0.text)] }
      if let other = stored.stepsOf { facts.rows.append(["steps taken by", Table.Cell(other)]) }
      if let origin = (try? RunResult(reading: folder.result(of: name)))?.takenFrom {
        facts.rows.append(["taken over from", Table.Cell(origin)])
      }
      if let fault = stored.fault { facts.rows.append(["fault", Table.Cell(fault)]) }
      var tables = [facts]
      let planned = try sweep.runs().first { $0.id == name }
      let isOwn = stored.isFinished(as: try planned.map { try $0.digest(of: $0.recipe(of: sweep), in: sweep) })
      for set in sweep.evaluate where stored.state == .finished {
        let figures = try figures(of: name, on: set.name)
        guard let summary = figures.summary else { continue }
        var table = Table(title: set.name, columns: sweep.measures.map { .figure($0.description) })
        table.rows = [figures.means.compactMap(\.self).map { .figure($0, digits: 4) }]
        let trained = TrainedTurns.words(stored.turnsTrainedOn[set.name] ?? 0, of: figures.count, on: set.name)
        table.notes = TrainedTurns.notes([(name, trained)])
        if isOwn, let planned {
          let words = try chosen(planned, on: set)
          table.notes += TrainedTurns.notes([(name, words)])
        }
        tables += [table, EffortTable([(name, summary)]).table(title: "Cost of a query", head: .label("run"))]
      }
      var data = Table(title: "Data", columns: [.label("file"), .label("SHA-256")])
      data.rows = try store.fingerprints(of: name).map { [Table.Cell($0.file), Table.Cell($0.sha256)] }
      if !data.rows.isEmpty { tables.append(data) }
      try console.print(tables: tables)
      if !stored.recipe.isEmpty {
        try console.print()
        try console.print(stored.recipe.trimmingEnd)
      }
    }

    func remove(_ names: [String]) throws(ParlanceError) {
      let lock = try FileLock(path: folder.lock)
      defer { withExtendedLifetime(lock) {} }
      let planned = Set(try sweep.runs().map(\.id))
      let known = Set(try store.runs().map(\.id))
      for name in names where !planned.contains(name) && !known.contains(name) {
        throw ParlanceError(.usage, "the sweep has no run '\(name)'", at: .init(file: folder.path))
      }
      for name in names {
        let path = folder.folder(of: name)
        // A process that is at it keeps it.
        if FileNames.exists(path) { _ = try FileLock(path: folder.lock(of: name)) }
        try store.remove(name)
        FileNames.removeTree(path)
      }
    }

    private func find(_ name: String) throws(ParlanceError) -> StoredRun {
      let runs = try store.runs()
      guard let run = runs.first(where: { $0.id == name }) else {
        throw ParlanceError(
          .usage, "no run '\(name)' is finished; parlance runs list \(folder.path) names them",
          at: .init(file: folder.path))
      }
      return run
    }

    /// Says that a run's student was chosen by turns of a set, where that is so.
    private func chosen(_ run: PlannedRun, on set: Sweep.Judged) throws(ParlanceError) -> String? {
      set.choosesStudent(of: try run.recipe(of: sweep)) ? TrainedTurns.chosen(on: set.name) : nil
    }

    /// - Returns: no means and no summary of a set of which the run measured no turn.
    private func figures(
      of run: String, on set: String
    ) throws(ParlanceError) -> (means: [Double?], summary: EffortSummary?, count: Int) {
      let queries = try store.queries(of: run, on: set, measures: sweep.measures.map(\.description))
      let means: [Double?] = sweep.measures.indices.map { place in
        queries.isEmpty ? nil : queries.reduce(0) { $0 + $1.values[place] } / Double(queries.count)
      }
      return (means, EffortSummary(queries.map(\.effort)), queries.count)
    }
  }

  extension String {
    /// Without the line ends at its end.
    fileprivate var trimmingEnd: String {
      var text = self[...]
      while text.last?.isNewline == true { text.removeLast() }
      return String(text)
    }
  }
#endif
