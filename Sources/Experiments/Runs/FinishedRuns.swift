#if Storage
  import BinaryFiles
  public import Diagnostics
  public import Distillation

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// Finished runs of other sweeps, which runs that are the same in everything need not repeat.
  public struct FinishedRuns {
    /// One that is the same as a planned run.
    public struct Found: Sendable {
      /// Its folder.
      public var path: String
      public var result: RunResult
    }

    private let sweep: Sweep
    private let folder: SweepFolder
    private let program: String
    private let device: String
    private let cores: Int
    /// By digest; `cores` is what the other sweep's file gives a run.
    private var places: [String: [(folder: SweepFolder, run: String, cores: Int)]] = [:]
    private var data = DataFingerprints()

    /// - Parameters:
    ///   - folders: of other sweeps; that of the sweep itself, which need not be there yet, is passed over.
    ///   - program: the name and version that runs are made by now.
    ///   - device: where they are trained now.
    ///   - cores: how many a run has now: latencies are those of so many.
    /// - Throws: `noInput` for a folder that is no sweep's.
    public init(
      of folders: [String], for sweep: Sweep, in folder: SweepFolder, program: String, device: String, cores: Int
    ) throws(ParlanceError) {
      (self.sweep, self.folder, self.program, self.device, self.cores) = (sweep, folder, program, device, cores)
      for path in folders where path != folder.path && !FileNames.isSameFolder(path, folder.path) {
        let other = SweepFolder(path)
        guard FileNames.exists(other.sweep), FileNames.exists(other.store) else { throw other.missing }
        let budget = try Sweep(reading: other.sweep).budget
        let planned = min(budget.coresPerRun, budget.cores ?? .max)
        for run in try RunStore(path: other.store, making: false).runs() where run.state == .finished {
          places[run.digest, default: []].append((other, run.id, planned))
        }
      }
    }

    /// The finished run of the same recipe, measured alike, over files that are the same byte for byte.
    public mutating func same(as run: PlannedRun, by recipe: Recipe) throws(ParlanceError) -> Found? {
      let digest = try run.digest(of: recipe, in: sweep)
      // What cannot be read is not the same; training says so better.
      guard let others = places[digest], let prints = try? Set(data.of(recipe, in: sweep)) else { return nil }
      for (other, id, planned) in others {
        guard let result = try? RunResult(reading: other.result(of: id)), result.digest == digest,
          result.program == program, (result.maker?.device ?? device) == device,
          (result.coresOfRun ?? min(planned, result.maker?.cores ?? .max)) == cores, Set(result.fingerprints) == prints
        else { continue }
        var files = sweep.evaluate.flatMap { [other.ranking(of: id, on: $0.name), other.queries(of: id, on: $0.name)] }
        files.append(other.metrics(of: id))
        if sweep.keepsStudents { files.append(other.folder(of: id) + "/student") }
        if files.allSatisfy(FileNames.exists) { return Found(path: other.folder(of: id), result: result) }
      }
      return nil
    }

    /// Makes the run's folder a copy of the one that was found, with a result of its own.
    ///
    /// The copy is whole before it gets its name, so that a run which was taken over in part is one that was not begun.
    ///
    /// - Returns: the result; `nil` when a process has the run.
    /// - Throws: `cannotWrite`, `noInput` when what was found is gone by now.
    public func take(_ found: Found, as run: PlannedRun) throws(ParlanceError) -> RunResult? {
      let path = folder.folder(of: run.id)
      var lock: FileLock?
      if FileNames.exists(path) {
        do throws(ParlanceError) { lock = try FileLock(path: folder.lock(of: run.id)) } catch {
          guard error.code == .tryAgain else { throw error }
          return nil
        }
      }
      defer { withExtendedLifetime(lock) {} }
      let fresh = folder.fresh(of: run.id)
      FileNames.removeTree(fresh)
      try copy(found.path, to: fresh)
      var result = found.result
      (result.run, result.arm, result.seed, result.fold) = (run.id, run.arm, run.seed, run.fold)
      result.takenFrom = result.takenFrom ?? found.path
      try result.write(to: fresh + "/result.json")
      try FileNames.replace(folder: path, by: fresh, faults: FaultLayer.current)
      return result
    }

    private func copy(_ folder: String, to copy: String) throws(ParlanceError) {
      try FileNames.makeFolder(copy)
      let names: [String]
      do { names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
        throw ParlanceError(.noInput, "expected a folder that can be read", at: .init(file: folder))
      }
      // Locks, which are hidden, are not the run's, and the result comes last. Nobody goes on from a copy.
      for name in names where !name.hasPrefix(".") && name != "result.json" && name != "training.state" {
        let file = folder + "/" + name
        guard name != "student" || sweep.keepsStudents else { continue }
        guard FileNames.isOrdinaryFile(file) else {
          try self.copy(file, to: copy + "/" + name)
          continue
        }
        let bytes = try MappedFile(path: file, access: .sequential)
        let written = try AtomicFile(path: copy + "/" + name)
        try written.write(bytes.bytes)
        try written.commit()
      }
    }
  }
#endif
