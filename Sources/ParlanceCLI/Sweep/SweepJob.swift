#if Storage
  import BinaryFiles
  import Diagnostics
  import Distillation
  import Experiments
  import Reports

  /// The parent of a sweep's runs: starts them within the budget, collects what they leave, goes on where an earlier one
  /// stopped.
  struct SweepJob {
    let command: SweepCommand
    private let console = Console.standard
    private let folder: SweepFolder

    init(command: SweepCommand) {
      self.command = command
      folder = SweepFolder(command.out)
    }

    func run() async throws {
      var (sweep, yaml) = try read()
      for name in command.arms { try sweep.checkArm(name) }
      let runs = try sweep.runs().map { run throws(ParlanceError) in (run: run, recipe: try run.recipe(of: sweep)) }
      try sweep.check(runs)
      try tellAlike(runs)
      tellChosen(sweep, runs)
      guard !command.dryRun else { return try tell(sweep, runs) }
      var others = try others(of: sweep)
      try makeFolders()
      let lock = try FileLock(path: folder.lock)
      defer { withExtendedLifetime(lock) {} }
      let store = try RunStore(path: folder.store, making: true)
      var left = try collect(sweep, runs, store).filter(isChosen)
      // Only now: what was refused leaves the sweep that is there as it was.
      let recipe = try MappedFile(path: sweep.recipe)
      try AtomicFile.write(recipe.bytes.array(), to: folder.recipe)
      sweep.recipe = folder.recipe
      (sweep, yaml) = try sweep.resolved()
      try AtomicFile.write(Array(yaml.utf8), to: folder.sweep)
      tellOthers(than: runs, in: try store.runs())
      let places = try SweepPlaces(sweep.budget, cores: command.cores, memory: command.memory, store.runs())
      let sharing = try SharedTraining(runs, in: folder)
      sharing.removeStates(neededBy: left.map(\.run))
      if !left.isEmpty {
        let preparation = SweepPreparation(of: sweep, in: folder)
        try await preparation.makeListed()
        left = try takeOver(left, from: &others, store)
        if !left.isEmpty {
          try sweep.checkTurns(of: runs, interruption: console.interruption)
          try await preparation.makeIndexes(of: runs.map(\.recipe))
        }
      }
      if !left.isEmpty {
        let plan = try SweepPlan(sweep, runs, places, known: store.runs(), left: left, sharing)
        let chosen = runs.count(where: isChosen)
        console.note(plan.line(left: left, of: chosen))
        try await SweepQueue(
          sweep: sweep, digests: try sweep.digests(), sharing: sharing, folder: folder, store: store,
          device: command.device, places: places, seconds: plan.seconds
        ).work(off: sharing.ordered(left.map(\.run)), done: chosen - left.count)
      }
      try report(sweep, store)
    }

    /// Says of runs that the folder has from before and the sweep has not.
    private func tellOthers(than runs: [PreparedRun], in stored: [StoredRun]) {
      let planned = Set(runs.map(\.run.id))
      let others = stored.filter { !planned.contains($0.id) }
      guard let first = others.first else { return }
      console.note(
        "\(FixedDecimal.counted(others.count, "run")) in \(folder.path) such as \(first.id) are no runs of this sweep (any more); "
          + "they stay, and are in none of its figures")
    }

    /// Says of arms whose settings come to one recipe, or to one that trains alike: a slip of the hand, or one more name for it.
    private func tellAlike(_ runs: [PreparedRun]) throws(ParlanceError) {
      var alike: [String: [(arm: String, recipe: Recipe)]] = [:]
      guard let first = runs.first?.run else { return }
      for (run, recipe) in runs where run.seed == first.seed && run.fold == first.fold {
        alike[try recipe.effective.yaml(), default: []].append((run.arm, recipe))
      }
      for arms in alike.values.filter({ $0.count > 1 }).sorted(by: { $0[0].arm < $1[0].arm }) {
        let names = arms.map(\.arm).joined(separator: ", ")
        console.note(
          arms.allSatisfy { $0.recipe == arms[0].recipe }
            ? "the arms \(names) are one recipe"
            : "the arms \(names) are one training: what they differ in changes nothing beside their other keys")
      }
    }

    /// Warns of sets whose turns choose the students that are measured on them.
    private func tellChosen(_ sweep: Sweep, _ runs: [PreparedRun]) {
      for set in sweep.evaluate where runs.contains(where: { set.choosesStudent(of: $0.recipe) }) {
        console.warn(TrainedTurns.chosen(on: set.name) + "; `validation.keep: last` chooses by nothing")
      }
    }

    /// Whether the run is one of those that are done now.
    private func isChosen(_ entry: PreparedRun) -> Bool { command.arms.isEmpty || command.arms.contains(entry.run.arm) }

    private func others(of sweep: Sweep) throws(ParlanceError) -> FinishedRuns {
      try FinishedRuns(
        of: command.reuse, for: sweep, in: folder, program: "parlance \(ParlanceCommand.version)",
        device: "\(command.device)", cores: SweepPlaces.coresPerRun(sweep.budget, cores: command.cores))
    }

    /// Takes over what other sweeps have done already.
    ///
    /// - Returns: the runs that are left.
    private func takeOver(
      _ waiting: [PreparedRun], from others: inout FinishedRuns, _ store: RunStore
    ) throws(ParlanceError) -> [PreparedRun] {
      var left: [PreparedRun] = []
      var trained = TrainedTurns()
      for (run, recipe) in waiting {
        guard let found = try others.same(as: run, by: recipe), let result = try others.take(found, as: run) else {
          left.append((run, recipe))
          continue
        }
        try store.store(result, curves: TrainingCurve.all(readingFrom: folder.metrics(of: run.id)))
        console.note("taken over: \(run.id) is the same as \(found.path)")
        trained.warn(of: result)
      }
      return left
    }

    private func read() throws(ParlanceError) -> (Sweep, String) {
      var sweep = try Sweep(reading: command.sweep)
      if command.quick { sweep = try sweep.quickened() }
      for setting in command.settings { sweep.settings.append(try Sweep.Setting(parsing: setting)) }
      return try sweep.resolved()
    }

    private func makeFolders() throws(ParlanceError) {
      for path in [folder.path, folder.shared, folder.path + "/runs"] { try FileNames.makeFolder(path) }
    }

    /// What earlier processes left: results that are not in the store yet go in.
    ///
    /// - Returns: the runs that are not finished.
    /// - Throws: `badInput` for a finished run of another recipe or of other data.
    private func collect(
      _ sweep: Sweep, _ runs: [PreparedRun], _ store: RunStore
    ) throws(ParlanceError) -> [PreparedRun] {
      let known = Dictionary(uniqueKeysWithValues: try store.runs().map { ($0.id, $0) })
      var left: [PreparedRun] = []
      var data = DataFingerprints()
      var trained = TrainedTurns()
      for (run, recipe) in runs {
        guard FileNames.exists(folder.result(of: run.id)) else {
          left.append((run, recipe))
          continue
        }
        let digest = try run.digest(of: recipe, in: sweep)
        if let stored = known[run.id], stored.state == .finished, stored.digest == digest {
          try data.check(store.fingerprints(of: run.id), of: run.id)
          continue
        }
        let result = try RunResult(reading: folder.result(of: run.id))
        if let fault = result.fault(as: run, digest: digest, in: folder) { throw fault }
        try data.check(result.fingerprints, of: run.id)
        try store.store(result, curves: TrainingCurve.all(readingFrom: folder.metrics(of: run.id)))
        trained.warn(of: result)
      }
      return left
    }

    private func tell(_ sweep: Sweep, _ runs: [PreparedRun]) throws {
      let known = FileNames.exists(folder.store) ? try RunStore(path: folder.store, making: false).runs() : []
      let places = try SweepPlaces(sweep.budget, cores: command.cores, memory: command.memory, known)
      let digests = try sweep.digests()
      let finished = Set(known.filter { $0.isFinished(as: digests[$0.id]) }.map(\.id))
      let open = runs.filter { !finished.contains($0.run.id) }
      let chosen = open.filter(isChosen)
      var others = try others(of: sweep)
      let left = try chosen.filter { try others.same(as: $0.run, by: $0.recipe) == nil }
      let plan = try SweepPlan(
        sweep, runs, places, known: known, left: left, SharedTraining(runs, in: folder))
      let (taken, waiting) = (chosen.count - left.count, open.count - chosen.count)
      if command.json {
        try console.print(json: plan.json(left: left, finished: finished, taken: taken, waiting: waiting))
      } else {
        try console.print(tables: [plan.table(left: left, finished: finished, taken: taken, waiting: waiting)])
      }
    }

    private func report(_ sweep: Sweep, _ store: RunStore) throws {
      let tables = try SweepTables(sweep: sweep, store: store)
      if command.json {
        try console.print(json: tables.json)
      } else {
        try console.print(tables: tables.tables)
        console.note("parlance report \(folder.path) --out report.html draws them")
      }
    }
  }
#endif
