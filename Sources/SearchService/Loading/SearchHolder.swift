package import Diagnostics
import Synchronization

/// What is served now. A reload puts another generation in its place; nobody who is being answered notices.
package final class SearchHolder: Sendable {
  package typealias Opening = @Sendable () async throws(ParlanceError) -> OpenedSearch

  private let opening: Opening
  private let limits: ServiceLimits
  private let workers: Int
  private let metrics: ServiceMetrics
  private let loaded: Mutex<LoadedSearch>
  private let isReloading = Atomic(false)

  package init(
    limits: ServiceLimits, workers: Int, metrics: ServiceMetrics, opening: @escaping Opening
  ) async throws(ParlanceError) {
    self.opening = opening
    self.limits = limits
    self.workers = workers
    self.metrics = metrics
    let first = try await opening()
    loaded = Mutex(try LoadedSearch(first, limits: limits, workers: workers, metrics: metrics))
  }

  package var current: LoadedSearch { loaded.withLock { $0 } }

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
      let next = try LoadedSearch(opened, limits: limits, workers: workers, metrics: metrics)
      loaded.withLock { $0 = next }
      metrics.reloaded(isDone: true)
    } catch {
      metrics.reloaded(isDone: false)
      throw error
    }
  }
}
