#if Storage
  import BinaryFiles
  import Diagnostics
  import Experiments
  import LineFiles
  import Reports
  import TensorEngine

  /// Runs that wait, run and end.
  struct SweepQueue {
    let sweep: Sweep
    /// What tells each run from one by another recipe.
    let digests: [String: String]
    let sharing: SharedTraining
    let folder: SweepFolder
    let store: RunStore
    let device: Device
    let places: SweepPlaces
    /// What each run is expected to take.
    let seconds: [String: Double]
    private let console = Console.standard

    init(
      sweep: Sweep, digests: [String: String], sharing: SharedTraining, folder: SweepFolder, store: RunStore,
      device: Device, places: SweepPlaces, seconds: [String: Double]
    ) {
      self.sweep = sweep
      self.digests = digests
      self.sharing = sharing
      self.folder = folder
      self.store = store
      self.device = device
      self.places = places
      self.seconds = seconds
    }

    /// A run that is under way: our child, or that of a sweep that was killed.
    private struct Running {
      var run: PlannedRun
      var child: ChildProcess?
      /// From when we knew of it.
      var log: ChildLog
    }

    /// - Parameters:
    ///   - waiting: in the order in which they are begun.
    ///   - done: how many are finished already.
    /// - Throws: `interrupted` when all children have saved where they stood; `badInput` at the end, when some failed.
    func work(off waiting: [PlannedRun], done: Int) async throws {
      var waiting = waiting
      var places = places
      var running: [Running] = []
      var (finished, failed, isAsked) = (done, 0, false)
      var trained = TrainedTurns()
      let total = done + waiting.count
      let bar = ProgressBar(console)
      defer { bar.finish() }
      while !waiting.isEmpty || !running.isEmpty {
        if console.interruption.isRequested, !isAsked {
          for entry in running { entry.child?.stop() }
          (isAsked, waiting) = (true, [])
          // What a killed sweep started goes on by itself.
          running.removeAll { $0.child == nil }
        }
        while running.count < places.count, let next = sharing.next(of: waiting, beside: running.map(\.run)) {
          let run = waiting.remove(at: next)
          running.append(try begin(run, before: waiting))
        }
        try? await Task.sleep(for: .milliseconds(200))
        var still: [Running] = []
        let atATime = running.count
        for entry in running {
          guard let ending = try ending(of: entry) else {
            still.append(entry)
            continue
          }
          bar.finish()
          if FileNames.exists(folder.result(of: entry.run.id)) {
            let result = try RunResult(reading: folder.result(of: entry.run.id))
            if let fault = result.fault(as: entry.run, digest: digests[entry.run.id], in: folder) {
              // A process of before, which has trained what the sweep no longer is.
              failed += 1
              console.warn(fault.description)
            } else {
              try store.store(result, curves: TrainingCurve.all(readingFrom: folder.metrics(of: entry.run.id)))
              finished += 1
              places.learn(peakMemory: result.peakMemory)
              console.note("\(finished) of \(total): \(line(result))")
              trained.warn(of: result)
            }
          } else if ending == .code(ParlanceError.Code.tryAgain.rawValue) {
            still.append(Running(run: entry.run, child: nil, log: ChildLog(entry.log.path)))
          } else if !isAsked {
            let fault = entry.log.reason(ending, memory: "budget.memory_per_run")
            if ending == .killed, places.lose(entry.run.id, oneOf: atATime) {
              waiting.insert(entry.run, at: 0)
              console.warn(
                "the run \(entry.run.id) is tried once more, with \(FixedDecimal.counted(places.count, "run")) at a time from "
                  + "now on: \(fault)")
              continue
            }
            failed += 1
            try store.store(failure: fault, of: entry.run)
            console.warn("the run \(entry.run.id) failed: \(fault)")
          }
        }
        // When the sweep was asked to stop, those that wait for its next call are no longer known.
        if !isAsked, still.count < running.count { sharing.removeStates(neededBy: waiting + still.map(\.run)) }
        running = still
        var progress = Progress("runs", completed: finished, total: total, unit: "runs")
        progress.detail = running.map(\.run.id).joined(separator: ", ")
        bar.handler(progress)
      }
      try console.interruption.check()
      if failed > 0 {
        throw ParlanceError(
          .badInput, "\(FixedDecimal.counted(failed, "run")) of \(total) failed; the same command tries them again",
          at: .init(file: folder.path))
      }
    }

    /// - Parameter waiting: those that are begun later.
    private func begin(_ run: PlannedRun, before waiting: [PlannedRun]) throws(ParlanceError) -> Running {
      let path = folder.folder(of: run.id)
      try FileNames.makeFolder(path)
      let log = ChildLog(folder.log(of: run.id))
      // Held: a process that a killed sweep started is at it.
      guard try !isHeld(run) else { return Running(run: run, child: nil, log: log) }
      var words = [
        "sweep", folder.sweep, "--out", folder.path, "--only-run", run.id, "--cores", "\(places.coresPerRun)",
        "--device", "\(device)",
      ]
      if let source = sharing.source(for: run) { words += ["--source", source.id] }
      if sharing.isShared(run, with: waiting) { words.append("--keep-state") }
      let child = try ChildProcess(words, log: log.path)
      return Running(run: run, child: child, log: log)
    }

    /// How it ended, or `nil` while it runs.
    private func ending(of entry: Running) throws(ParlanceError) -> ChildProcess.Ending? {
      if let child = entry.child { return child.ending() }
      // How the child of another process ended is told to that one.
      return try isHeld(entry.run) ? nil : .unknown
    }

    /// Whether a process has the run. One that cannot be asked, as in a folder that nobody may write to, is a fault and nothing
    /// to wait for.
    private func isHeld(_ run: PlannedRun) throws(ParlanceError) -> Bool {
      do throws(ParlanceError) { _ = try FileLock(path: folder.lock(of: run.id)) } catch {
        guard error.code == .tryAgain else { throw error }
        return true
      }
      return false
    }

    private func line(_ result: RunResult) -> String {
      var parts = ["\(result.run)"]
      for set in result.measured {
        guard !set.queries.isEmpty else {
          parts.append("no turn of \(set.name)")
          continue
        }
        let figures = set.measures.indices.map { place in
          let values = set.queries.map { $0.values[place] }
          let mean = values.reduce(0, +) / Double(values.count)
          return "\(set.measures[place]) \(FixedDecimal.text(mean, digits: 3))"
        }
        parts.append(figures.joined(separator: " ") + (result.measured.count > 1 ? " (\(set.name))" : ""))
      }
      parts.append(ProgressBar.time(result.processorSeconds) + " of processor time")
      return parts.joined(separator: ", ")
    }
  }
#endif
