import Diagnostics
import SparseEncoder
import Synchronization

/// The one way of queries into the model: what gathers while the model works goes through it together.
///
/// Nobody waits for a batch to fill. A query that comes alone gets all cores at once; those that come while the model works
/// are shared out among its workers, so that the cost of reading the weights is shared by many. The queue is bounded: what
/// does not fit is refused at once, with a word about when to come again. What waited past its deadline and what nobody
/// waits for any more never reaches the model.
final class EncodePool: Sendable {
  private struct State {
    var waiting: [EncodeJob] = []
    var running = 0
    /// Seconds of one worker for one query, as they were lately.
    var cost = 0.005
  }

  private let encoder: SparseEncoder
  private let limit: Int
  private let workers: Int
  private let metrics: ServiceMetrics
  private let state = Mutex(State())

  /// Tokens of a batch: more than this make no worker faster and let everyone wait longer.
  private static let tokenBudget = 4096

  init(_ encoder: SparseEncoder, workers: Int, limit: Int, metrics: ServiceMetrics) {
    self.encoder = encoder
    self.limit = limit
    self.workers = max(1, workers)
    self.metrics = metrics
  }

  /// - Throws: `Problem` 429 when the queue is full, 503 past the deadline; `cancelled` when the task is.
  func encode(_ query: ReadQuery, deadline: ContinuousClock.Instant) async throws(Problem) -> EncodeJob.Outcome {
    if query.isEncoded { return EncodeJob.Outcome(query: query, queued: .zero, batch: 1) }
    let job = EncodeJob(query, deadline: deadline)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        job.wait(continuation)
        let refusal = state.withLock { state -> Problem? in
          guard state.waiting.count < limit else {
            let seconds = state.cost * Double(state.waiting.count) / Double(workers)
            return .busy(retryAfter: min(60, max(1, Int(seconds.rounded(.up)))))
          }
          state.waiting.append(job)
          return nil
        }
        if let refusal {
          metrics.refused("queue")
          job.finish(.failure(refusal))
        } else {
          dispatch()
        }
      }
    } onCancel: {
      job.finish(.failure(.cancelled))
      state.withLock { $0.waiting.removeAll { $0 === job } }
    }
    return try result.get()
  }

  /// How many queries wait.
  var waiting: Int { state.withLock { $0.waiting.count } }

  /// Gives work to workers that have none.
  private func dispatch() {
    while true {
      let now = ContinuousClock.now
      let (batch, goal, late) = state.withLock { state -> ([EncodeJob], EncodingGoal, [EncodeJob]) in
        guard state.running < workers else { return ([], .throughput, []) }
        state.waiting.removeAll(where: \.isOver)
        let late = state.waiting.filter { $0.deadline <= now }
        if !late.isEmpty { state.waiting.removeAll { $0.deadline <= now } }
        let batch = Self.nextBatch(&state.waiting, idle: workers - state.running)
        if batch.isEmpty { return ([], .throughput, late) }
        let goal: EncodingGoal =
          batch.count == 1 && state.running == 0 && state.waiting.isEmpty ? .latency : .throughput
        state.running += 1
        return (batch, goal, late)
      }
      for job in late {
        metrics.refused("deadline")
        job.finish(.failure(.late))
      }
      if batch.isEmpty { return }
      Task { await run(batch, for: goal) }
    }
  }

  /// The share of one worker among those that have nothing to do, oldest first.
  private static func nextBatch(_ waiting: inout [EncodeJob], idle: Int) -> [EncodeJob] {
    let share = (waiting.count + idle - 1) / idle
    var tokens = 0
    var count = 0
    while count < share {
      tokens += waiting[count].query.tokenCount
      if count > 0, tokens > tokenBudget { break }
      count += 1
    }
    let batch = Array(waiting.prefix(count))
    waiting.removeFirst(count)
    return batch
  }

  private func run(_ jobs: [EncodeJob], for goal: EncodingGoal) async {
    let clock = ContinuousClock()
    let start = clock.now
    let result: Result<[ReadQuery], ParlanceError>
    do throws(ParlanceError) {
      result = .success(try await encoder.encode(jobs.map(\.query), for: goal))
    } catch {
      result = .failure(error)
    }
    let seconds = (clock.now - start).seconds
    metrics.encoded(batch: jobs.count, seconds: seconds)
    state.withLock { state in
      state.running -= 1
      state.cost += 0.1 * (seconds / Double(jobs.count) - state.cost)
    }
    dispatch()
    switch result {
    case .success(let queries):
      for (job, query) in zip(jobs, queries) {
        job.finish(.success(.init(query: query, queued: start - job.arrival, batch: jobs.count)))
      }
    case .failure(let error):
      for job in jobs { job.finish(.failure(Problem(error))) }
    }
  }
}
