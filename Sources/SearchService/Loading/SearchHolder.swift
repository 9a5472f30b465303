package import Diagnostics
import InvertedIndex
import Retrieval
import Synchronization
import WorkerThreads

/// What is served now. A reload puts another generation in its place; nobody who is being answered notices.
package final class SearchHolder: Sendable {
  package typealias Opening = @Sendable () async throws(ParlanceError) -> OpenedSearch

  private let opening: Opening
  private let limits: ServiceLimits
  private let workers: Int
  private let metrics: ServiceMetrics
  private let loaded: Mutex<LoadedSearch>
  private let isReloading = Atomic(false)
  /// One change after the other, away from Swift's cooperative pool: each waits for the disk.
  private let writing: WorkerThreads
  /// Of changes, which wait for one another.
  private let admission: Admission

  package init(
    limits: ServiceLimits, workers: Int, metrics: ServiceMetrics, opening: @escaping Opening
  ) async throws(ParlanceError) {
    self.opening = opening
    self.limits = limits
    self.workers = workers
    self.metrics = metrics
    admission = Admission(limit: 32, metrics: metrics)
    writing = try WorkerThreads(count: 1)
    let first = try await opening()
    loaded = Mutex(try LoadedSearch(first, limits: limits, workers: workers, metrics: metrics))
  }

  /// What is searched, with every change that has been told as done.
  package var current: LoadedSearch {
    loaded.withLock { loaded in
      guard let next = loaded.successor else { return loaded }
      metrics.loaded(passages: next.searcher.index.count)
      loaded = next
      return next
    }
  }

  /// Changes the index. What `work` returned from is on the disk, and searched from then on.
  ///
  /// - Throws: `Problem` 409 where the index is not to be changed, 429 when too many changes wait, 503 past the deadline; what
  ///   `work` throws.
  func change<Result: Sendable>(
    for request: APIRequest, _ work: @escaping @Sendable (WritableIndex) throws(ParlanceError) -> Result
  ) async throws -> Result {
    try admission.enter()
    defer { admission.leave() }
    let (interruption, deadline) = (request.interruption, request.deadline)
    let result = try await writing.run { [self] () throws(ParlanceError) -> Swift.Result<Result, Problem> in
      try interruption.check()
      if deadline <= .now { return .failure(.late) }
      guard let writable = current.writable else { return .failure(.notWritable) }
      return .success(try work(writable))
    }
    return try result.get()
  }

  /// Opens index and model anew. What was served goes on to be, when that fails.
  ///
  /// - Throws: as the opening; `tryAgain` while another reload goes on.
  package func reload() async throws(ParlanceError) {
    guard isReloading.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else {
      throw ParlanceError(.tryAgain, "another reload goes on")
    }
    defer { isReloading.store(false, ordering: .releasing) }
    do throws(ParlanceError) {
      let opened = try await opening()
      // Where changes are made: what was changed while this was opened must be in it.
      try await writing.run { [self] () throws(ParlanceError) in
        var opened = opened
        if let live = opened.live {
          // Whoever merges goes on merging.
          if let own = current.writable?.live, try own.adopt(live) { opened.live = own } else { try live.refresh() }
          opened.index = opened.live?.snapshot ?? opened.index
        }
        let next = try LoadedSearch(opened, limits: limits, workers: workers, metrics: metrics)
        loaded.withLock { $0 = next }
      }
      metrics.loaded(passages: current.searcher.index.count)
      metrics.reloaded(isDone: true)
    } catch {
      metrics.reloaded(isDone: false)
      throw error
    }
  }
}
