#if Storage
  import BinaryFiles
  import Diagnostics
  import Distillation
  import Experiments
  import InvertedIndex

  /// Makes what the runs of a sweep share, each thing once.
  struct SweepPreparation {
    let sweep: Sweep
    let folder: SweepFolder
    private let console = Console.standard

    init(of sweep: Sweep, in folder: SweepFolder) { (self.sweep, self.folder) = (sweep, folder) }

    /// What the sweep lists; what is there is not made again.
    ///
    /// - Throws: `badInput` for what was made of something else.
    func makeListed() async throws {
      var data = DataFingerprints()
      for (place, step) in sweep.prepare.enumerated() {
        let lock = try await lock(of: step.makes)
        defer { withExtendedLifetime(lock) {} }
        let operands = ParlanceCommand.operands(of: step.command)
        let written = MadeNote.written(from: place, of: sweep, in: folder)
        if MadeNote.isMade(step.makes) {
          try MadeNote.check(step, operands: operands, without: written, &data)
        } else {
          // First, since what makes it goes on to its end when this process is killed.
          try MadeNote(of: step, operands: operands, without: written, &data).write(for: step.makes)
          try await make(step.makes, step.command.map { $0 == "{out}" ? step.makes : $0 }, holding: lock)
        }
      }
      try MadeNote.keep(sweep.prepare, in: folder)
    }

    /// Waits until no other sweep makes or checks it.
    ///
    /// - Returns: `nil` where it is there and nothing can be written beside it.
    private func lock(of made: String) async throws -> FileLock? {
      if !FileNames.exists(made) { try FileNames.makeFolder(BinaryFiles.folder(of: made)) }
      var isTold = false
      while true {
        do throws(ParlanceError) { return try FileLock(path: MadeNote.lock(for: made)) } catch {
          guard error.code == .tryAgain else {
            if FileNames.exists(made) { return nil }
            throw error
          }
        }
        if !isTold { console.note("another sweep is at \(made), which is waited for") }
        isTold = true
        try? await Task.sleep(for: .milliseconds(200))
        try console.interruption.check()
      }
    }

    /// The indexes of the recipes' vectors.
    func makeIndexes(of recipes: [Recipe]) async throws {
      var seen: Set<String> = []
      var data = DataFingerprints()
      for recipe in recipes where sweep.searchesVectors(of: recipe) && seen.insert(recipe.vectors).inserted {
        let index = folder.index(of: try data.of(recipe.vectors))
        if (try? InvertedIndex(path: index)) != nil { continue }
        // What a killed sweep began goes on to its end.
        let lock = try await lock(of: index)
        defer { withExtendedLifetime(lock) {} }
        if (try? InvertedIndex(path: index)) != nil { continue }
        try await make(
          index, ["index", "build", "--vectors", recipe.vectors, "--weights", "f32", "--out", index], holding: lock)
      }
    }

    private func make(_ what: String, _ arguments: [String], holding lock: FileLock? = nil) async throws {
      console.note("making \(what): parlance \(arguments.joined(separator: " "))")
      let log = ChildLog(folder.shared + "/log")
      let child = try ChildProcess(arguments, log: log.path, holding: lock)
      var ending = child.ending()
      var isAsked = false
      while ending == nil {
        try? await Task.sleep(for: .milliseconds(100))
        if console.interruption.isRequested, !isAsked {
          child.stop()
          isAsked = true
        }
        ending = child.ending()
      }
      try console.interruption.check()
      guard ending == .code(0), FileNames.exists(what) else {
        throw ParlanceError(
          .badInput, "\(what) could not be made: \(log.reason(ending ?? .unknown))", at: .init(file: log.path))
      }
    }
  }
#endif
