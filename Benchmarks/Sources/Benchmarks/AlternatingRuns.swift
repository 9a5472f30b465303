import Foundation

/// Runs several ways to do the same work in turn, so that whatever else the machine does hits all of them.
struct AlternatingRuns {
  struct Contender {
    var name: String
    /// One run.
    var run: () async throws -> Cost
  }

  var rounds: Int
  /// How much work a run is, and in what.
  var amount: Double
  var unit: String
  /// Whether somebody waits for one of them, so that its milliseconds are printed too.
  var showsLatency = false
  /// Whether the most memory that each contender's process has had is printed too.
  var showsMemory = false

  /// Prints each contender's median rate, by the clock and by the processor time that all cores would give in a second,
  /// which other work on the machine disturbs less; the first is compared with each of the others, round by round.
  func compare(_ contenders: [Contender]) async throws {
    let cores = Double(ProcessInfo.processInfo.activeProcessorCount)
    var costs = contenders.map { _ in [Cost]() }
    for contender in contenders { _ = try await contender.run() }
    // In an order of its own each round, so that nobody always finds in the caches what the one before left; nobody runs twice in a row.
    var last: Int?
    for _ in 0..<rounds {
      var order = Array(contenders.indices)
      repeat { order.shuffle() } while order.count > 1 && order[0] == last
      for index in order { costs[index].append(try await contenders[index].run()) }
      last = order.last
    }
    for (index, contender) in contenders.enumerated() {
      let (clock, processor) = (costs[index].map(\.seconds), costs[index].map(\.processorSeconds))
      var line =
        "  \(contender.name): \(rounded(amount / median(clock))) \(unit)/s, "
        + "\(rounded(amount * cores / median(processor))) in \(Int(cores)) processor seconds"
      if showsLatency { line += ", \(rounded(1000 * median(clock) / amount)) ms each" }
      if let peak = costs[index].compactMap(\.peakMiB).max(), showsMemory { line += ", at most \(rounded(peak)) MiB" }
      if index > 0 {
        line += "; the first is \(ratio(clock, costs[0].map(\.seconds))) as fast"
        line += ", by processor time \(ratio(processor, costs[0].map(\.processorSeconds)))"
      }
      print(line)
    }
  }

  private func ratio(_ theirs: [Double], _ ours: [Double]) -> String {
    let ratios = zip(theirs, ours).map { $0 / $1 }
    return "\(rounded(median(ratios)))x (\(rounded(ratios.min() ?? 0)) to \(rounded(ratios.max() ?? 0)))"
  }
}

/// What a run took: by the clock, and of processor time on all threads.
struct Cost {
  var seconds: Double
  var processorSeconds: Double
  /// The most resident memory that the run's process has had so far, where it has a process of its own.
  var peakMiB: Double?

  static func of(_ work: () async throws -> Void) async rethrows -> Cost {
    let (start, processor) = (ContinuousClock.now, processorTime())
    try await work()
    return Cost(seconds: (ContinuousClock.now - start) / .seconds(1), processorSeconds: processorTime() - processor)
  }

  static func ofWork(_ work: () throws -> Void) rethrows -> Cost {
    let (start, processor) = (ContinuousClock.now, processorTime())
    try work()
    return Cost(seconds: (ContinuousClock.now - start) / .seconds(1), processorSeconds: processorTime() - processor)
  }

  static func processorTime() -> Double { time(CLOCK_PROCESS_CPUTIME_ID) }

  /// Processor time of this thread alone.
  static func threadTime() -> Double { time(CLOCK_THREAD_CPUTIME_ID) }

  private static func time(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// Three digits are what such a measurement is good for.
func rounded(_ value: Double) -> String { String(format: value < 100 ? "%.3g" : "%.0f", value) }
