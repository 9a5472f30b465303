#if Storage
  import BinaryFiles
  import Diagnostics
  import Distillation
  import Experiments
  import InvertedIndex
  import Reports

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

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
      let runs = try sweep.runs().map { run throws(ParlanceError) in (run: run, recipe: try run.recipe(of: sweep)) }
      guard !command.dryRun else { return try tell(sweep, runs) }
      try makeFolders()
      let lock = try FileLock(path: folder.lock)
      defer { withExtendedLifetime(lock) {} }
      let store = try RunStore(path: folder.store, making: true)
      let left = try collect(sweep, runs, store)
      // Only now: what was refused leaves the sweep that is there as it was.
      let recipe = try MappedFile(path: sweep.recipe)
      try AtomicFile.write(recipe.bytes.array(), to: folder.recipe)
      sweep.recipe = folder.recipe
      (sweep, yaml) = try sweep.resolved()
      try AtomicFile.write(Array(yaml.utf8), to: folder.sweep)
      let places = try SweepPlaces(sweep.budget, cores: command.cores, memory: command.memory, store.runs())
      if !left.isEmpty {
        try await prepare(sweep, runs.map(\.recipe))
        try note(left, of: runs, sweep, places, store)
        try await SweepQueue(
          sweep: sweep, digests: try sweep.digests(), folder: folder, store: store, device: command.device,
          places: places,
          seconds: seconds(runs, sweep, store, cores: places.coresPerRun)
        ).work(off: left.map(\.run), done: runs.count - left.count)
      }
      try report(sweep, store)
    }

    private func read() throws(ParlanceError) -> (Sweep, String) {
      var sweep = try Sweep(reading: command.sweep)
      if command.quick { sweep = try sweep.quickened() }
      for setting in command.settings {
        guard let sign = setting.firstIndex(of: "="), sign != setting.startIndex else {
          throw ParlanceError(.usage, "expected a setting such as optimisation.epochs=5, found \"\(setting)\"")
        }
        sweep.settings.append(
          Sweep.Setting(String(setting[..<sign]), String(setting[setting.index(after: sign)...])))
      }
      return try sweep.resolved()
    }

    private func makeFolders() throws(ParlanceError) {
      for path in [folder.path, folder.shared, folder.path + "/runs"] {
        do {
          try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
          throw ParlanceError(.cannotWrite, "the folder cannot be made", at: .init(file: path))
        }
      }
    }

    /// What earlier processes left: results that are not in the store yet go in.
    ///
    /// - Returns: the runs that are not finished.
    /// - Throws: `badInput` for a finished run of another recipe or of other data.
    private func collect(
      _ sweep: Sweep, _ runs: [(run: PlannedRun, recipe: Recipe)], _ store: RunStore
    ) throws(ParlanceError) -> [(run: PlannedRun, recipe: Recipe)] {
      let known = Dictionary(uniqueKeysWithValues: try store.runs().map { ($0.id, $0) })
      var left: [(run: PlannedRun, recipe: Recipe)] = []
      var data = DataFingerprints()
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
      }
      return left
    }

    /// Makes what the runs share, each thing once.
    private func prepare(_ sweep: Sweep, _ recipes: [Recipe]) async throws {
      for step in sweep.prepare where !FileNames.exists(step.makes) {
        try await make(step.makes, step.command.map { $0 == "{out}" ? step.makes : $0 })
      }
      var seen: Set<String> = []
      var data = DataFingerprints()
      for recipe in recipes where seen.insert(recipe.vectors).inserted {
        let searches = sweep.evaluate.contains { $0.index == nil } || recipe.validation != nil
        let index = folder.index(of: try data.of(recipe.vectors))
        if !searches || (try? InvertedIndex(path: index)) != nil { continue }
        try await make(
          index, ["index", "build", "--vectors", recipe.vectors, "--weights", "f32", "--out", index])
      }
    }

    private func make(_ what: String, _ arguments: [String]) async throws {
      console.note("making \(what): parlance \(arguments.joined(separator: " "))")
      let log = folder.shared + "/log"
      let child = try ChildProcess(arguments, log: log)
      var status = child.status()
      var isAsked = false
      while status == nil {
        try? await Task.sleep(for: .milliseconds(100))
        if console.interruption.isRequested, !isAsked {
          child.stop()
          isAsked = true
        }
        status = child.status()
      }
      try console.interruption.check()
      guard status == 0, FileNames.exists(what) else {
        throw ParlanceError(
          .badInput, "\(what) could not be made: \(SweepQueue.lastLine(of: log))", at: .init(file: log))
      }
    }

    // MARK: - Telling

    private func seconds(
      _ runs: [(run: PlannedRun, recipe: Recipe)], _ sweep: Sweep, _ store: RunStore?, cores: Int
    ) throws(ParlanceError) -> [String: Double] {
      let estimate = try SweepEstimate(runs, of: sweep)
      var known: [String: Double] = [:]
      for run in try store?.runs() ?? [] where run.state == .finished { known[run.id] = run.processorSeconds }
      return Dictionary(
        uniqueKeysWithValues: runs.map { ($0.run.id, estimate.seconds(of: $0.run.id, known: known, cores: cores)) })
    }

    private func note(
      _ left: [(run: PlannedRun, recipe: Recipe)], of runs: [(run: PlannedRun, recipe: Recipe)], _ sweep: Sweep,
      _ places: SweepPlaces, _ store: RunStore
    ) throws {
      let each = try seconds(runs, sweep, store, cores: places.coresPerRun)
      let total = left.reduce(0) { $0 + (each[$1.run.id] ?? 0) } / Double(places.count)
      console.note(
        "\(FixedDecimal.counted(left.count, "run")) of \(runs.count) to do, \(places.count) at a time: about "
          + "\(ProgressBar.time(total)) on idle cores (a rough estimate)")
    }

    private func tell(_ sweep: Sweep, _ runs: [(run: PlannedRun, recipe: Recipe)]) throws {
      let store = FileNames.exists(folder.store) ? try RunStore(path: folder.store, making: false) : nil
      let places = try SweepPlaces(sweep.budget, cores: command.cores, memory: command.memory, store?.runs() ?? [])
      let each = try seconds(runs, sweep, store, cores: places.coresPerRun)
      let digests = try sweep.digests()
      let finished = Set(try store?.runs().filter { $0.isFinished(as: digests[$0.id]) }.map(\.id) ?? [])
      var table = Table(columns: [
        .label("arm"), .figure("runs"), .figure("finished"), .figure("minutes"), .label("settings"),
      ])
      for arm in sweep.arms {
        let own = runs.filter { $0.run.arm == arm.name }
        let time = own.reduce(0) { $0 + (each[$1.run.id] ?? 0) }
        table.rows.append([
          Table.Cell(arm.name), .count(own.count), .count(own.count { finished.contains($0.run.id) }),
          .figure(time / 60, digits: 1), Table.Cell(arm.settings.map(\.text).joined(separator: "; ")),
        ])
      }
      let left = runs.filter { !finished.contains($0.run.id) }
      let total = left.reduce(0) { $0 + (each[$1.run.id] ?? 0) } / Double(places.count)
      if command.json {
        try console.print(
          json: [
            "runs": .integer(runs.count), "finished": .integer(finished.count), "atATime": .integer(places.count),
            "seconds": .number(total),
            "arms": .array(
              sweep.arms.map { arm in
                [
                  "name": .string(arm.name),
                  "settings": .object(arm.settings.map { ($0.key, .string($0.value)) }),
                ]
              }),
          ] as OrderedJSON)
        return
      }
      table.notes = [
        "\(FixedDecimal.counted(left.count, "run")) to do, \(places.count) at a time: about \(ProgressBar.time(total)) "
          + "on idle cores, "
          + (finished.isEmpty ? "by the number of turns and the size of the model." : "by what finished runs took.")
      ]
      try console.print(tables: [table])
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
