public import Diagnostics
import WorkerThreads

/// Threads that call the engine, and nobody else does.
///
/// libtorch gives each thread that calls it a team of helpers, so calls must come from few threads that stay: never from
/// Swift's cooperative pool. A batch job has one thread a core with `coresEach: 1`; a single query one thread that has all
/// cores. The threads end when the last reference is gone and the work is done.
public final class EngineThreads: Sendable {
  private let threads: WorkerThreads

  /// - Parameters:
  ///   - count: the number of threads.
  ///   - coresEach: how many cores an operation of one of them may use.
  ///   - recordsGradients: whether operations are recorded for `backward`; off, since most work is inference.
  public init(
    engine: TensorEngine, count: Int, coresEach: Int, recordsGradients: Bool = false
  ) throws(ParlanceError) {
    precondition(count > 0 && coresEach > 0, "at least one thread with one core")
    threads = try WorkerThreads(count: count) { () throws(ParlanceError) in
      try engine.setThreads(coresEach)
      try engine.setRecording(recordsGradients)
    }
  }

  /// Runs `work` on one of the threads while the calling thread waits.
  public func run<Result: Sendable>(
    _ work: @escaping @Sendable () throws(ParlanceError) -> Result
  ) throws(ParlanceError) -> Result {
    try threads.run(work)
  }

  /// Runs `work` on one of the threads while the calling task is suspended.
  public func run<Result: Sendable>(
    _ work: @escaping @Sendable () throws(ParlanceError) -> Result
  ) async throws(ParlanceError) -> Result {
    try await threads.run(work)
  }
}
