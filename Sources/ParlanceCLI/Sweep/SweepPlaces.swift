#if Storage
  import Diagnostics
  import Experiments
  import WorkerThreads

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// How many runs fit into the budget at a time, by the memory that runs have shown to take.
  struct SweepPlaces {
    let coresPerRun: Int
    /// As many as have cores.
    private let most: Int
    /// Gibibytes in all.
    private let memory: Double
    /// Gibibytes that a run is taken to need.
    private var each: Double
    private var hasShown: Bool
    /// As many as went well, once the system ended one of more.
    private var limit = Int.max
    /// The names of runs that the system ended.
    private var lost: Set<String> = []

    /// At least one.
    var count: Int { max(1, min(most, fitting, limit)) }

    private var fitting: Int { Int(min(memory / each, 1000)) }

    /// - Parameter known: runs from before, which have shown how much memory they take.
    /// - Throws: `usage` when not even one fits.
    init(
      _ budget: Sweep.Budget, cores: Int?, memory: Double?, _ known: [StoredRun]
    ) throws(ParlanceError) {
      let machine = Double(ProcessInfo.processInfo.physicalMemory) / 0x1p30
      self.memory = memory ?? budget.memory ?? machine * 0.75
      (each, hasShown) = (budget.memoryPerRun, false)
      coresPerRun = Self.coresPerRun(budget, cores: cores)
      most = Self.cores(budget, cores) / coresPerRun
      for run in known { learn(peakMemory: run.peakMemory) }
      guard fitting >= 1 else {
        throw ParlanceError(
          .usage, "a run takes about \(Self.text(each)) GiB of memory, and the budget is \(Self.text(self.memory))")
      }
    }

    /// - Parameter peakMemory: the most bytes that a run took; 0 where that is not known.
    mutating func learn(peakMemory: Int) {
      guard peakMemory > 0 else { return }
      let shown = Double(peakMemory) / 0x1p30
      each = hasShown ? max(each, shown) : shown
      hasShown = true
    }

    /// From now on half as many, since the system ended one of so many that ran at a time, as it does where memory runs out. A run
    /// that it ends again is too big by itself, and takes no place from the others.
    ///
    /// - Returns: whether it is the run's first time.
    mutating func lose(_ run: String, oneOf running: Int) -> Bool {
      guard lost.insert(run).inserted else { return false }
      limit = min(limit, max(1, running / 2))
      return true
    }

    /// The cores that a run has: no more than there are.
    ///
    /// - Parameter cores: those that the command line gives.
    static func coresPerRun(_ budget: Sweep.Budget, cores: Int?) -> Int {
      min(budget.coresPerRun, Self.cores(budget, cores))
    }

    private static func cores(_ budget: Sweep.Budget, _ cores: Int?) -> Int {
      cores ?? budget.cores ?? WorkerThreads.availableCores
    }

    private static func text(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
  }
#endif
