#if Storage
  import Diagnostics
  import Experiments
  import WorkerThreads

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// How many runs fit into the budget at a time.
  struct SweepPlaces {
    let count: Int
    let coresPerRun: Int

    /// - Parameter known: runs from before, which have shown how much memory they take.
    /// - Throws: `usage` when not even one fits.
    init(
      _ budget: Sweep.Budget, cores: Int?, memory: Double?, _ known: [StoredRun]
    ) throws(ParlanceError) {
      let machine = Double(ProcessInfo.processInfo.physicalMemory) / 0x1p30
      let memory = memory ?? budget.memory ?? machine * 0.75
      let shown = known.map { Double($0.peakMemory) / 0x1p30 }.max() ?? 0
      let each = shown > 0 ? shown : budget.memoryPerRun
      coresPerRun = Self.coresPerRun(budget, cores: cores)
      let fitting = Int(min(memory / each, 1000))
      guard fitting >= 1 else {
        throw ParlanceError(
          .usage, "a run takes about \(Self.text(each)) GiB of memory, and the budget is \(Self.text(memory))")
      }
      count = max(1, min(Self.cores(budget, cores) / coresPerRun, fitting))
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
