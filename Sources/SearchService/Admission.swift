import Synchronization

/// Work of one kind, at which only so many requests may be, those that wait for it among them: one more is told at once to come
/// again.
final class Admission: Sendable {
  private let limit: Int
  private let metrics: ServiceMetrics
  private let inside = Atomic(0)

  init(limit: Int, metrics: ServiceMetrics) {
    self.limit = limit
    self.metrics = metrics
  }

  /// Takes a place, which `leave` gives back.
  ///
  /// - Throws: `Problem` 429 when there is none.
  func enter() throws(Problem) {
    guard inside.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
      leave()
      metrics.refused("queue")
      throw .busy(retryAfter: 1)
    }
  }

  func leave() { inside.wrappingSubtract(1, ordering: .relaxed) }
}
