import Diagnostics
import WorkerThreads

/// Threads on which searches run, beside the encoder's, and others on which whatever else waits does: never on Swift's
/// cooperative pool, which the connections need.
final class SearchPool: Sendable {
  private let threads: WorkerThreads
  private let admission: Admission
  private let metrics: ServiceMetrics

  // Swift 6.3.1 ends with an ownership error where its optimiser puts this into another initialiser that may fail.
  @inline(never)
  init(threads: Int, limit: Int, metrics: ServiceMetrics) throws(ParlanceError) {
    self.threads = try WorkerThreads(count: max(1, threads))
    admission = Admission(limit: limit, metrics: metrics)
    self.metrics = metrics
  }

  /// Runs `work`, unless too much waits already or the deadline is over when its turn comes.
  ///
  /// - Throws: `Problem` 429 and 503; what `work` throws.
  func run<Result: Sendable>(
    for request: APIRequest, _ work: @escaping @Sendable (Interruption) throws(ParlanceError) -> Result
  ) async throws -> Result {
    try admission.enter()
    defer { admission.leave() }
    let (interruption, deadline) = (request.interruption, request.deadline)
    let result = try await withTaskCancellationHandler {
      try await threads.run { () throws(ParlanceError) -> Result? in
        try interruption.check()
        if deadline <= .now { return nil }
        return try work(interruption)
      }
    } onCancel: {
      interruption.request()
    }
    guard let result else {
      metrics.refused("deadline")
      throw Problem.late
    }
    return result
  }
}
